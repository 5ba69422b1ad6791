// SPDX-License-Identifier: Apache-2.0
// Whatever stands in a journal file: reading it never crashes, and finds only usable ids.
#include "proxy/store/journal_lines.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& left : todoku::store::read_journal(text)) {
    if (!todoku::store::is_journal_id(left.id)) std::abort();
  }
  // A true line after a newline is found, whatever stands before it.
  const auto line = todoku::store::leaving_line("M1", {}, {});
  const auto found = todoku::store::read_journal(text + "\n" + line);
  if (found.empty()) std::abort();
  return 0;
}
