# Installation: headers, a package config with components, and a .pc file. Everything goes below share/, for a header-only
# library belongs to no architecture.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/triptych)

foreach(target triptych triptych_xtensor triptych_learn)
    get_target_property(name ${target} EXPORT_NAME)
    if(CMAKE_VERSION VERSION_LESS 3.24)
        install(TARGETS ${target} EXPORT triptych-${name})
    else()
        install(TARGETS ${target} EXPORT triptych-${name} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
    install(EXPORT triptych-${name} NAMESPACE triptych:: FILE triptych-${name}-targets.cmake DESTINATION ${package_dir})
endforeach()
if(CMAKE_VERSION VERSION_LESS 3.24)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
endif()

configure_package_config_file(cmake/triptych-config.cmake.in ${PROJECT_BINARY_DIR}/triptych-config.cmake
                              INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may break; SameMinorVersion says so to find_package.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/triptych-config-version.cmake COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/triptych-config.cmake ${PROJECT_BINARY_DIR}/triptych-config-version.cmake
        DESTINATION ${package_dir})

# Relative to the .pc file, so that an installed tree may be moved.
set(pc_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH pc_to_prefix /prefix/${pc_dir} /prefix)
configure_file(cmake/triptych.pc.in ${PROJECT_BINARY_DIR}/triptych.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/triptych.pc DESTINATION ${pc_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
