# SPDX-License-Identifier: Apache-2.0
# Writes OUT: a table of the FILES (their path below ROOT, their content).
set(rows "")
foreach(file IN LISTS FILES)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  # One literal for each line of the file: compilers limit the length of a single one.
  string(REPLACE "\\x0a" "\\x0a\"\n\"" bytes "${bytes}")
  file(SIZE "${file}" size)
  file(RELATIVE_PATH name "${ROOT}" "${file}")
  string(APPEND rows "    {\"${name}\", std::string_view(\n\"${bytes}\", ${size})},\n")
endforeach()
file(WRITE "${OUT}" "// Generated from config/ by config/write_embedded.cmake.
#include \"config/embedded.hpp\"
#include <array>
#include <utility>
namespace todoku::config {
namespace {
constexpr std::pair<std::string_view, std::string_view> files[] = {
${rows}    {\"\", \"\"}};
}
std::string_view embedded(std::string_view path) {
  for (const auto& [name, content] : files)
    if (name == path) return content;
  return {};
}
}
")
