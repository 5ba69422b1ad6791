# SPDX-License-Identifier: Apache-2.0
# Writes OUT: a table of the FILES (their path below ROOT, their content).
set(rows "")
foreach(file IN LISTS FILES)
  file(READ "${file}" hex HEX)
  # Short pieces: compilers limit the length of one literal.
  string(REGEX REPLACE "(................................................................)" "\\1\n" lines "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${lines}")
  string(REGEX REPLACE "([^\n]+)" "\"\\1\"" bytes "${bytes}")
  file(SIZE "${file}" size)
  file(RELATIVE_PATH name "${ROOT}" "${file}")
  string(APPEND rows "    {\"${name}\", std::string_view(\n\"\"\n${bytes}, ${size})},\n")
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
