# What tests, benchmarks and examples share: libraries, warnings, ccache.
find_package(Threads REQUIRED)
find_package(Eigen3 3.3 REQUIRED NO_MODULE)
find_package(xtensor REQUIRED)
find_package(nlohmann_json REQUIRED)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

find_program(TRIPTYCH_CCACHE ccache)
if(TRIPTYCH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Sloppiness: what ccache asks for to serve precompiled headers. Another clone in another folder is served, too.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1
                                    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${TRIPTYCH_CCACHE})
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
# For all that is compiled from here on, each header alone included. Other people's headers are system headers.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${TRIPTYCH_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees overlapping, overlong and misplaced copies in "a" + std::string (GCC bug 105651), and vectors of a loop's
    # body used after their end, as inlining has it.
    add_compile_options(-Wno-restrict -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=use-after-free)
endif()
