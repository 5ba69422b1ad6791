# SPDX-License-Identifier: Apache-2.0
# Warnings are errors for those who work on the code; another compiler's new warning must not keep a user from building.
option(TODOKU_WERROR "Warnings are errors" ${TODOKU_TESTS})
function(todoku_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # gcc 12 at -O2 takes std::string::assign("literal") for an overlap (gcc bug 105651).
    # It also takes the two halves of a coroutine frame's allocator for strangers once they are inlined apart.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-mismatched-new-delete)
  endif()
  if(TODOKU_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
