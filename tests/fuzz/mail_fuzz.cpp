// SPDX-License-Identifier: Apache-2.0
// MIME of any bytes: bounded parts and depth, views inside the input, whole UTF-8.
#include "classifier/mail/charset.hpp"
#include "classifier/mail/encoded_word.hpp"
#include "classifier/mail/html_text.hpp"
#include "classifier/mail/line_ends.hpp"
#include "classifier/mail/mime.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace todoku::mail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string storage;
  const auto text =
      with_line_feeds(std::string_view(reinterpret_cast<const char*>(data), size), storage);
  if (text.size() > size || text.find('\r') != text.npos) std::abort();
  const MimeLimits limits;
  const auto message = read_message(text, limits);
  if (message.parts.empty() || message.parts.size() > limits.parts) std::abort();
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const auto& part = message.parts[i];
    if (part.depth > limits.depth || (i > 0 && part.parent >= i)) std::abort();
    std::string of_part;
    const auto words = text_of(part, of_part);
    if (!is_valid_utf8(words)) std::abort();
    if (!is_valid_utf8(text_from_html(words, 1000))) std::abort();
    if (!is_valid_utf8(part.header.text("Subject"))) std::abort();
  }
  return 0;
}
