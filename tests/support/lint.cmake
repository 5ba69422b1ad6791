# SPDX-License-Identifier: Apache-2.0
# cmake --build --preset dev --target format | lint
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_target(format
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/architecture/check_format.py --fix ${PROJECT_SOURCE_DIR}
  COMMENT "clang-format" VERBATIM)

find_program(TODOKU_RUN_CLANG_TIDY NAMES run-clang-tidy-14 run-clang-tidy)
if(TODOKU_RUN_CLANG_TIDY)
  # Only our own sources: generated and third-party files have other habits. gcc's precompiled headers
  # are of no use to clang, hence a folder of its own without them.
  add_custom_target(lint
    COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${PROJECT_BINARY_DIR}/lint -G Ninja
            -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
            -DTODOKU_TESTS=OFF -DTODOKU_BENCH=OFF
    COMMAND ${TODOKU_RUN_CLANG_TIDY} -quiet -p ${PROJECT_BINARY_DIR}/lint
            "${PROJECT_SOURCE_DIR}/(proxy|classifier)/.*\\.cpp"
    COMMENT "clang-tidy" USES_TERMINAL VERBATIM)
endif()
