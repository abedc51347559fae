# cmake -DCOMPILER=… -DFLAGS=a,b -DINCLUDE=… -DOUT=… [-DEMULATOR=…] [-DREFERENCE=…] -P variant.cmake
# Builds decode.cpp and the decoders of the registry one way, runs it on the golden streams, and compares what it prints with the reference.
cmake_minimum_required(VERSION 3.24)
string(REPLACE "," ";" FLAGS "${FLAGS}")
file(GLOB parts ${CMAKE_CURRENT_LIST_DIR}/../golden/decode_*.cpp)
execute_process(COMMAND ${COMPILER} -std=c++20 ${FLAGS} -I${INCLUDE} ${CMAKE_CURRENT_LIST_DIR}/decode.cpp ${parts} -o ${OUT}
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB streams ${CMAKE_CURRENT_LIST_DIR}/../golden/*.tpc)
list(SORT streams)
execute_process(COMMAND ${EMULATOR} ${OUT} ${streams} OUTPUT_FILE ${OUT}.txt COMMAND_ERROR_IS_FATAL ANY)
if(REFERENCE)
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT}.txt ${REFERENCE}.txt RESULT_VARIABLE differs)
    if(differs)
        message(FATAL_ERROR "${OUT}.txt differs from ${REFERENCE}.txt")
    endif()
endif()
file(SHA256 ${OUT}.txt sum)
message(STATUS "${sum}")
