// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/line_ends.hpp"

#include <cstddef>

namespace todoku::mail {

std::string_view with_line_feeds(std::string_view text, std::string& storage) {
  auto carriage_return = text.find('\r');
  if (carriage_return == std::string_view::npos) return text;
  storage.clear();
  storage.reserve(text.size());
  std::size_t begin = 0;
  while (carriage_return != std::string_view::npos) {
    storage.append(text, begin, carriage_return - begin);
    begin = carriage_return + 1;
    std::size_t behind = begin;
    while (behind < text.size() && text[behind] == '\r') ++behind;
    if (behind < text.size() && text[behind] == '\n') {
      begin = behind;  // CRLF or CR CR LF: the line feed is copied with what follows
    } else {
      storage.append(behind - carriage_return, '\n');
      begin = behind;  // the run was looked at once
    }
    carriage_return = text.find('\r', begin);
  }
  storage.append(text, begin);
  return storage;
}

std::string with_crlf(std::string_view text) {
  std::string mail;
  mail.reserve(text.size() + text.size() / 32);
  for (const char c : text) {
    if (c == '\n') mail += '\r';
    mail += c;
  }
  return mail;
}

}  // namespace todoku::mail
