# cmake -D CMAKE=… -D SOURCE=… -D BINARY=… -D GENERATOR=… -D MAKE=… -P build_and_run.cmake -- <options>
# Configures a project from nothing with the given CMake, builds it, runs its program `consumer`.
cmake_minimum_required(VERSION 3.24)
set(options)
set(after FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(k RANGE ${last})
    if(after)
        list(APPEND options ${CMAKE_ARGV${k}})
    elseif(CMAKE_ARGV${k} STREQUAL "--")
        set(after TRUE)
    endif()
endforeach()

file(REMOVE_RECURSE ${BINARY})
execute_process(COMMAND ${CMAKE} -S ${SOURCE} -B ${BINARY} -G ${GENERATOR} -DCMAKE_MAKE_PROGRAM=${MAKE} ${options}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE} --build ${BINARY} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${BINARY}/consumer COMMAND_ERROR_IS_FATAL ANY)
