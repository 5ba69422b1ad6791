// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/encoded_word.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/transfer_encoding.hpp"

#include <algorithm>
#include <optional>

namespace todoku::mail {

namespace {

constexpr std::size_t max_word = 4096;  // the RFC allows 75; senders do not care

struct Word {
  std::string_view charset;
  std::string octets;
  std::size_t size = 0;  // of the encoded form
};

std::optional<Word> read_word(std::string_view text) {
  const auto charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 3 > text.size() ||
      text[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const auto end = text.substr(0, max_word).find("?=", charset_end + 3);
  if (end == std::string_view::npos) return std::nullopt;
  Word word;
  word.charset = text.substr(2, charset_end - 2);
  word.charset = word.charset.substr(0, word.charset.find('*'));  // RFC 2231: a language behind it
  word.size = end + 2;
  const auto code = text.substr(charset_end + 3, end - charset_end - 3);
  const char encoding = lower(text[charset_end + 1]);
  if (encoding == 'b') {
    word.octets = decode_base64(code, max_word);
  } else if (encoding == 'q') {
    std::string spaced(code);
    std::ranges::replace(spaced, '_', ' ');
    word.octets = decode_quoted_printable(spaced, max_word);
  } else {
    return std::nullopt;
  }
  return word;
}

}  // namespace

std::string decode_words(std::string_view value) {
  std::string out;
  std::string octets;  // of words in one charset, glued: a character may be cut between two
  std::string_view charset;
  const auto flush = [&] {
    if (!octets.empty()) out += to_utf8(octets, charset);
    octets.clear();
  };
  while (!value.empty()) {
    const auto begin = value.find("=?");
    const auto plain = value.substr(0, begin);
    const bool is_gap = !octets.empty() && trim(plain).empty() && begin != std::string_view::npos;
    if (!plain.empty() && !is_gap) {
      flush();
      out += to_utf8(plain, "");
    }
    if (begin == std::string_view::npos) break;
    value.remove_prefix(begin);
    if (auto word = read_word(value)) {
      if (!same_word(word->charset, charset)) flush();
      charset = word->charset;
      octets += word->octets;
      value.remove_prefix(word->size);
    } else {
      flush();
      out += "=?";
      value.remove_prefix(2);
    }
  }
  flush();
  return out;
}

}  // namespace todoku::mail
