# cmake -DEXPORT=program -DFOLDER=… -DCOMPILER=… -DINCLUDE=… -P exported.cmake
# Each header that the program writes compiles in the program that its comment spells out, without a word more.
cmake_minimum_required(VERSION 3.24)
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${EXPORT} ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB headers ${FOLDER}/*.hpp)
list(LENGTH headers count)
if(count LESS 5)
    message(FATAL_ERROR "only ${count} headers were written")
endif()
foreach(header IN LISTS headers)
    file(READ ${header} text)
    string(REGEX REPLACE "#pragma once.*" "" text "${text}")
    string(REPLACE "\n//     " "\n" text "${text}")
    # The arrays' values are no model's, which a constant would refuse.
    string(REPLACE "\nconstexpr " "\nstatic const " text "${text}")
    file(WRITE ${header}.cpp "${text}")
    execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -Wno-unused -Werror -I${INCLUDE} ${header}.cpp
                    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
