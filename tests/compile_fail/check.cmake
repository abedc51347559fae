# cmake -DCOMPILER=… -DINCLUDE=… -DPROGRAM=….cpp -P check.cmake
# The compiler must refuse the program, and the first line that says "error" must hold the sentence of the program's first line,
# "// error: …". For "// error: none" it must compile.
cmake_minimum_required(VERSION 3.24)
file(STRINGS ${PROGRAM} first LIMIT_COUNT 1)
string(REGEX REPLACE "^// error: " "" sentence "${first}")
execute_process(
    COMMAND ${COMPILER} -std=c++20 -fsyntax-only -fdiagnostics-color=never -I${INCLUDE} ${PROGRAM}
    RESULT_VARIABLE failed
    OUTPUT_VARIABLE text
    ERROR_VARIABLE text)
if(sentence STREQUAL "none")
    if(failed)
        message(FATAL_ERROR "it must compile:\n${text}")
    endif()
    return()
endif()
if(NOT failed)
    message(FATAL_ERROR "it compiles, but must not: ${sentence}")
endif()
string(REPLACE ";" "," text "${text}")
string(REPLACE "\n" ";" lines "${text}")
foreach(line IN LISTS lines)
    if(line MATCHES "error: ")
        string(FIND "${line}" "${sentence}" at)
        if(at EQUAL -1)
            message(FATAL_ERROR "the first error is not \"${sentence}\" but\n${line}")
        endif()
        message(STATUS "${line}")
        return()
    endif()
endforeach()
message(FATAL_ERROR "no line says error:\n${text}")
