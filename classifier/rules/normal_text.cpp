// SPDX-License-Identifier: Apache-2.0
#include "classifier/rules/normal_text.hpp"

#include "classifier/rules/letters.hpp"

#include <algorithm>
#include <cctype>

namespace todoku::rules {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_plain_space(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_host(char c) {
  return is_alnum(c) || c == '.' || c == '-' || c == '_';
}
bool is_local_part(char c) {
  return is_alnum(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

// Length of "5.7.26" at that place; 0 = there is none.
std::size_t status_at(std::string_view text, std::size_t at) {
  if (at + 4 >= text.size() || std::string_view("245").find(text[at]) == std::string_view::npos)
    return 0;
  std::size_t length = 1;
  for (int part = 0; part < 2; ++part) {
    if (at + length >= text.size() || text[at + length] != '.') return 0;
    const auto digits = digits_at(text, at + length + 1);
    if (digits == 0 || digits > 3) return 0;
    length += 1 + digits;
  }
  const bool goes_on = at + length < text.size() &&
                       (is_alnum(text[at + length]) ||
                        (text[at + length] == '.' && digits_at(text, at + length + 1) > 0));
  return goes_on ? 0 : length;
}

bool is_reply_at(std::string_view text, std::size_t at) {
  return at + 3 <= text.size() && text[at] >= '2' && text[at] <= '5' && digits_at(text, at) == 3;
}

// Length of an IPv4 address at that place; 0 = there is none.
std::size_t ipv4_at(std::string_view text, std::size_t at) {
  std::size_t length = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (at + length >= text.size() || text[at + length] != '.') return 0;
      ++length;
    }
    const auto digits = digits_at(text, at + length);
    if (digits == 0 || digits > 3) return 0;
    length += digits;
  }
  return at + length < text.size() && is_alnum(text[at + length]) ? 0 : length;
}

// Length of "[2001:db8::1]" or "[IPv6:...]" at that place; 0 = there is none.
std::size_t bracketed_ipv6_at(std::string_view text, std::size_t at) {
  if (text[at] != '[') return 0;
  const auto close = text.find(']', at);
  if (close == std::string_view::npos || close - at > 48) return 0;
  const auto inner = text.substr(at + 1, close - at - 1);
  const bool fits = std::all_of(inner.begin(), inner.end(), [](char c) {
    return std::string_view("0123456789abcdefABCDEF:.IPVipv").find(c) != std::string_view::npos;
  });
  return fits && std::count(inner.begin(), inner.end(), ':') >= 2 ? close - at + 1 : 0;
}

}  // namespace

LeadingCodes leading_codes(std::string_view text) {
  LeadingCodes codes;
  std::size_t at = 0;
  const auto skip = [&] {
    while (at < text.size() && (is_plain_space(text[at]) || text[at] == '-' || text[at] == '#' ||
                                text[at] == '(' || text[at] == ':' || text[at] == '<'))
      ++at;
  };
  skip();
  if (is_reply_at(text, at) && status_at(text, at) == 0) {
    codes.reply = text.substr(at, 3);
    at += 3;
    skip();
  }
  if (const auto length = status_at(text, at); length > 0) codes.status = text.substr(at, length);
  return codes;
}

// Reads the original from left to right; knows whether it stands at the beginning of a word.
class NormalText::Writer {
 public:
  Writer(NormalText& into, std::string_view original)
      : into_(into), original_(original), codes_(leading_codes(original)) {
    const auto shortest = std::min(original.size(), longest_head + longest_tail);
    into_.text_.reserve(shortest);
    into_.places_.reserve(shortest);
  }

  void write(std::size_t from, std::size_t to) {
    at_ = from;
    while (at_ < to) {
      if (at_word_start() && skip_repeated_codes()) continue;
      if (write_marker()) continue;
      write_letter();
    }
    put(' ', at_, 0);
  }

 private:
  NormalText& into_;
  std::string_view original_;
  LeadingCodes codes_;
  std::size_t at_ = 0;

  bool at_word_start() const { return into_.text_.empty() || into_.text_.back() == ' '; }

  void put(char c, std::size_t origin, std::size_t length) {
    if (c == ' ' && at_word_start()) return;
    into_.text_.push_back(c);
    into_.places_.push_back(
        {static_cast<std::uint32_t>(origin), static_cast<std::uint32_t>(origin + length)});
  }
  void put(std::string_view marker, std::size_t origin, std::size_t length) {
    for (const char c : marker) put(c, origin, length);
  }

  // "550-5.7.26 " and the closing "550 5.7.26 " in the middle of the text.
  bool skip_repeated_codes() {
    if (at_ == 0 || into_.text_.empty() || codes_.reply.empty()) return false;
    if (original_.substr(at_, 3) != codes_.reply || at_ + 3 >= original_.size()) return false;
    const char after = original_[at_ + 3];
    if (after != '-' && after != ' ') return false;
    auto end = at_ + 4;
    const auto length = status_at(original_, end);
    if (length > 0) {
      if (original_.substr(end, length) != codes_.status && after == ' ') return false;
      end += length;
    } else if (after == ' ' || (end < original_.size() && is_digit(original_[end]))) {
      return false;
    }
    at_ = end;
    return true;
  }

  bool write_marker() {
    const char c = original_[at_];
    if (is_digit(c) && (at_ == 0 || !is_host(original_[at_ - 1]))) {
      if (const auto length = ipv4_at(original_, at_); length > 0) return take("ip", length);
    }
    if (c == '[') {
      if (const auto length = bracketed_ipv6_at(original_, at_); length > 0)
        return take("[ip]", length);
    }
    if (c != '@' || at_ + 1 >= original_.size() || !is_host(original_[at_ + 1])) return false;
    drop_local_part();
    std::size_t length = 1;
    while (at_ + length < original_.size() && is_host(original_[at_ + length])) ++length;
    while (length > 1 && original_[at_ + length - 1] == '.')
      --length;  // the full stop of a sentence
    return take("@", length);
  }
  bool take(std::string_view marker, std::size_t length) {
    put(marker, at_, length);
    at_ += length;
    return true;
  }

  void drop_local_part() {
    auto& text = into_.text_;
    while (!text.empty() && is_local_part(text.back())) {
      text.pop_back();
      into_.places_.pop_back();
    }
  }

  void write_letter() {
    const auto first = static_cast<unsigned char>(original_[at_]);
    if (first < 0x80) {
      put(plain_ascii(first), at_, 1);
      ++at_;
      return;
    }
    const auto letter = letter_at(original_, at_);
    put(letter.text(), at_, letter.taken);
    at_ += letter.taken;
  }
};

NormalText::NormalText(std::string_view original) {
  Writer writer(*this, original);
  if (original.size() <= longest_head + longest_tail) {
    writer.write(0, original.size());
  } else {
    writer.write(0, longest_head);
    writer.write(original.size() - longest_tail, original.size());
  }
  if (!text_.empty() && text_.back() == ' ') {
    text_.pop_back();
    places_.pop_back();
  }
}

std::pair<std::size_t, std::size_t> NormalText::origin(std::size_t begin, std::size_t end) const {
  while (begin < end && text_[begin] == ' ') ++begin;
  while (end > begin && text_[end - 1] == ' ') --end;
  if (begin >= end || end > places_.size()) return {0, 0};
  return {places_[begin].begin, places_[end - 1].end};
}

}  // namespace todoku::rules
