# The targets. All headers lie in one tree; what differs is which other libraries a header includes:
#   triptych::triptych   the codecs; needs nothing
#   triptych::xtensor    xtensor.hpp: containers and expressions of xtensor in and out
#   triptych::learn      learn.hpp, learn/: training; Eigen

# CONFIGURE_DEPENDS: a new header is met without editing this file.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/triptych/*.hpp)
set(xtensor_headers ${headers})
list(FILTER xtensor_headers INCLUDE REGEX "/include/triptych/(xtensor|detail/xtensor[a-z_]*)\\.hpp$")
set(learn_headers ${headers})
list(FILTER learn_headers INCLUDE REGEX "/include/triptych/(learn|joint)(\\.hpp|/.*)$")
set(core_headers ${headers})
if(xtensor_headers OR learn_headers)
    list(REMOVE_ITEM core_headers ${xtensor_headers} ${learn_headers})
endif()

# A component keeps its headers in a file set where CMake has them (3.23), which installs them and compiles each alone.
function(triptych_component target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXPORT_NAME" "HEADERS;LINKS")
    add_library(${target} INTERFACE)
    add_library(triptych::${arg_EXPORT_NAME} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_EXPORT_NAME})
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                   $<INSTALL_INTERFACE:include>)
    if(arg_LINKS)
        target_link_libraries(${target} INTERFACE ${arg_LINKS})
    endif()
    if(NOT CMAKE_VERSION VERSION_LESS 3.24)
        target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include
                                                    FILES ${arg_HEADERS})
        set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ${TRIPTYCH_TESTS})
    endif()
endfunction()

triptych_component(triptych EXPORT_NAME triptych HEADERS ${core_headers})
triptych_component(triptych_xtensor EXPORT_NAME xtensor HEADERS ${xtensor_headers} LINKS triptych xtensor)
triptych_component(triptych_learn EXPORT_NAME learn HEADERS ${learn_headers} LINKS triptych Eigen3::Eigen)
