# cmake -DPROGRAM=… -DEXPECTED=….output -P compare.cmake: the program must succeed and print just that.
cmake_minimum_required(VERSION 3.24)
execute_process(COMMAND ${PROGRAM} RESULT_VARIABLE failed OUTPUT_VARIABLE printed)
file(READ ${EXPECTED} expected)
if(failed OR NOT printed STREQUAL expected)
    message(FATAL_ERROR "it ended with ${failed} and printed\n${printed}\ninstead of\n${expected}")
endif()
