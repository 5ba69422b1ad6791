# SPDX-License-Identifier: Apache-2.0
# Puts the files of config/ into the program, so that one binary is enough: todoku::config::embedded("messages/ja.toml").
file(GLOB_RECURSE TODOKU_CONFIG_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/config/*.toml
     ${PROJECT_SOURCE_DIR}/config/*.txt)
set(generated ${PROJECT_BINARY_DIR}/generated/config)
add_custom_command(
  OUTPUT ${generated}/embedded.cpp
  COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR}/config -DOUT=${generated}/embedded.cpp
          "-DFILES=${TODOKU_CONFIG_FILES}" -P ${PROJECT_SOURCE_DIR}/config/write_embedded.cmake
  DEPENDS ${TODOKU_CONFIG_FILES} ${PROJECT_SOURCE_DIR}/config/write_embedded.cmake
  VERBATIM)
add_library(todoku_config STATIC ${generated}/embedded.cpp)
target_include_directories(todoku_config PUBLIC ${PROJECT_SOURCE_DIR})
