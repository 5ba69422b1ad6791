// SPDX-License-Identifier: Apache-2.0
// A body after DATA: whole and in pieces give the same; the output has no bare newline.
#include "proxy/smtp/data_scanner.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  todoku::smtp::DataScanner whole;
  todoku::smtp::DataScanner pieces;
  std::string out_whole;
  std::string out_pieces;
  const std::size_t consumed = whole.feed(input, out_whole);
  const std::size_t step =
      size == 0 ? 1 : 1 + data[0] % 99U;  // less and more than is looked at in one go
  std::size_t at = 0;
  while (at < size && !pieces.is_done()) at += pieces.feed(input.substr(at, step), out_pieces);
  if (out_whole != out_pieces || at != consumed || whole.is_done() != pieces.is_done())
    std::abort();
  for (std::size_t i = 0; i < out_whole.size(); ++i) {
    if (out_whole[i] == '\n' && (i == 0 || out_whole[i - 1] != '\r')) std::abort();
    if (out_whole[i] == '\r' && (i + 1 == out_whole.size() || out_whole[i + 1] != '\n'))
      std::abort();
  }
  return 0;
}
