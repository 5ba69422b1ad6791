// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/charset.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/iso_2022_jp.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace todoku::mail {

namespace {

constexpr std::string_view lost = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view shift_jis = "CP932";    // with the vendors' characters that mails use

// An iconv descriptor. Opening one loads a module in glibc (about 50 µs), so each thread keeps the
// few that it used last; the conversion itself starts from the initial state each time.
class Converter {
 public:
  explicit Converter(const std::string& charset)
      : handle_(iconv_open("UTF-8", charset.c_str())), is_shift_jis_(charset == shift_jis) {}
  Converter(Converter&& other) noexcept
      : handle_(std::exchange(other.handle_, none())), is_shift_jis_(other.is_shift_jis_) {}
  Converter& operator=(Converter&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(is_shift_jis_, other.is_shift_jis_);
    return *this;
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (is_known()) iconv_close(handle_);
  }
  [[nodiscard]] bool is_known() const { return handle_ != none(); }

  // Appends text to out. max_faults: as many bytes may be unreadable; false when there are more.
  bool convert(std::string_view text, std::size_t max_faults, std::string& out) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    std::array<char, 4096> piece;
    char* in = const_cast<char*>(text.data());  // iconv's interface; it does not write there
    std::size_t left = text.size();
    std::size_t faults = 0;
    while (left > 0) {
      char* to = piece.data();
      std::size_t room = piece.size();
      const auto result = iconv(handle_, &in, &left, &to, &room);
      out.append(piece.data(), piece.size() - room);
      if (result != static_cast<std::size_t>(-1) || errno == E2BIG) continue;
      if (++faults > max_faults) return false;
      out += lost;
      const auto size = is_shift_jis_ ? broken_shift_jis_size({in, left}) : 1;
      in += size;
      left -= size;
    }
    return true;
  }

 private:
  static iconv_t none() { return reinterpret_cast<iconv_t>(-1); }
  iconv_t handle_;
  bool is_shift_jis_;  // whose broken characters may be of two octets
};

Converter& converter_for(std::string_view charset) {
  constexpr std::size_t kept = 8;
  struct Known {
    std::string charset;
    Converter converter;
  };
  thread_local std::array<std::optional<Known>, kept> known;
  thread_local std::size_t next = 0;
  for (auto& one : known) {
    if (one && one->charset == charset) return one->converter;
  }
  auto& place = known[next++ % kept];
  std::string name(charset);
  Converter made(name);
  place.emplace(Known{std::move(name), std::move(made)});
  return place->converter;
}

bool has_japanese_escape(std::string_view text) {
  for (auto at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at + 1)) {
    const auto next = text.substr(at + 1, 1);
    if (next == "$" || next == "(") return true;
  }
  return false;
}

// The names under which iconv knows what mails declare.
std::string iconv_name(std::string_view charset) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> names{{
      {"unicode-1-1-utf-7", "UTF-7"},
      {"x-sjis", shift_jis},
      {"shift_jis", shift_jis},
      {"shift-jis", shift_jis},
      {"sjis", shift_jis},
      {"windows-31j", shift_jis},
      {"cp932", shift_jis},
      {"x-euc-jp", "EUC-JP-MS"},
      {"euc-jp", "EUC-JP-MS"},
      {"iso-2022-jp", "ISO-2022-JP-3"},
      {"iso-2022-jp-1", "ISO-2022-JP-2"},
      {"gb2312", "GB18030"},
      {"gbk", "GB18030"},
  }};
  for (const auto& [declared, known] : names) {
    if (same_word(charset, declared)) return std::string(known);
  }
  std::string name;
  for (const char c : charset.substr(0, 40)) {
    // "//" would switch on iconv's own options
    if (is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.' || c == ':') name += c;
  }
  return name;
}

bool is_utf8_name(std::string_view charset) {
  return same_word(charset, "utf-8") || same_word(charset, "utf8");
}

bool is_ascii_name(std::string_view charset) {
  return charset.empty() || same_word(charset, "us-ascii") || same_word(charset, "ascii");
}

// Seven bits that are more than they seem.
bool is_seven_bit_code(std::string_view charset) {
  return begins_with(charset, "iso-2022-") || has_word(charset, "utf-7") ||
         begins_with(charset, "hz-") || begins_with(charset, "utf-16") ||
         begins_with(charset, "utf-32");
}

// Octets of the UTF-8 character at the beginning; 0 = it is none.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || size > text.size()) return 0;
  std::uint32_t point = lead & (0x7fU >> size);
  for (std::size_t k = 1; k < size; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if ((next & 0xc0) != 0x80) return 0;
    point = (point << 6) | (next & 0x3fU);
  }
  const bool is_wrong = (size == 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) ||
                        (size == 4 && (point < 0x10000 || point > 0x10ffff));
  return is_wrong ? 0 : size;
}

std::uint64_t eight_octets(const char* at) {
  std::uint64_t octets = 0;
  std::memcpy(&octets, at, sizeof(octets));
  return octets;
}

// Octets at the beginning that are pairs of characters of three octets each: Japanese text is
// little else. Those that begin with 0xe0 or 0xed may be overlong or half a pair, and end it.
std::size_t pairs_of_three(std::string_view text) {
  const auto mask = eight_octets("\xf0\xc0\xc0\xf0\xc0\xc0\0\0");
  const auto form = eight_octets("\xe0\x80\x80\xe0\x80\x80\0\0");
  const auto is_doubtful = [](char lead) { return lead == '\xe0' || lead == '\xed'; };
  std::size_t at = 0;
  for (; at + sizeof(mask) <= text.size(); at += 6) {
    if ((eight_octets(text.data() + at) & mask) != form || is_doubtful(text[at]) ||
        is_doubtful(text[at + 3]))
      break;
  }
  return at;
}

// What is UTF-8 but for a few octets: cut off, or spoilt on the way. Nothing = it is not. Other
// charsets rarely show a character of three octets; those of two are little proof.
std::optional<std::string> damaged_utf8(std::string_view text, bool is_declared) {
  std::string out;
  std::size_t of_two = 0, longer = 0, faults = 0;
  while (!text.empty()) {
    const auto whole = text.substr(0, valid_utf8_prefix(text));
    for (const char c : whole) {
      const auto octet = static_cast<unsigned char>(c);
      if (octet >= 0xe0) ++longer;
      if (octet >= 0xc0 && octet < 0xe0) ++of_two;
    }
    out += whole;
    text.remove_prefix(whole.size());
    if (text.empty()) break;
    std::size_t broken = 1;
    while (broken < std::min<std::size_t>(text.size(), 3) && is_continuation(text[broken]))
      ++broken;
    text.remove_prefix(broken);
    out += lost;
    ++faults;
  }
  const bool is_utf8 = (longer > 0 && longer >= faults) || (is_declared && of_two > 2 * faults);
  return is_utf8 ? std::optional(std::move(out)) : std::nullopt;
}

// The text in charset when there is not one fault in it.
std::optional<std::string> faultless(std::string_view text, std::string_view charset) {
  auto& converter = converter_for(charset);
  std::string out;
  const bool is_read = converter.is_known() && converter.convert(text, 0, out);
  return is_read && is_valid_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::string guessed(std::string_view text, std::string_view declared) {
  if (auto euc = faultless(text, "EUC-JP-MS")) return *std::move(euc);
  // Before CP932, which takes nearly any octets of UTF-8 for characters of its own.
  if (auto utf8 = damaged_utf8(text, is_utf8_name(declared))) return *std::move(utf8);
  if (auto japanese = faultless(text, shift_jis)) return *std::move(japanese);
  std::string out;
  auto& western = converter_for("ISO-8859-1");
  if (western.is_known()) western.convert(text, text.size(), out);
  return out;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto rest = text.substr(at);
    auto size = ascii_prefix(rest);
    if (size == 0) size = pairs_of_three(rest);
    if (size == 0) size = character_size(rest);
    if (size == 0) break;
    at += size;
  }
  return at;
}

bool is_valid_utf8(std::string_view text) {
  return valid_utf8_prefix(text) == text.size();
}

std::string_view view_as_utf8(std::string_view text, std::string_view charset,
                              std::string& storage) {
  const bool is_ascii = is_plain_ascii(text);
  if (has_japanese_escape(text) && !begins_with(charset, "iso-2022-")) {
    charset = "iso-2022-jp";  // raw escapes outside any declared part are common in Japan
  } else if (is_ascii && !is_seven_bit_code(charset)) {
    return text;
  } else if ((is_utf8_name(charset) || is_ascii_name(charset)) && is_valid_utf8(text)) {
    return text;
  }
  storage.clear();
  if (!is_utf8_name(charset) && !is_ascii_name(charset)) {
    const auto jis = begins_with(charset, "iso-2022-jp") ? shift_jis_of(text) : std::nullopt;
    auto& converter = converter_for(jis ? std::string(shift_jis) : iconv_name(charset));
    // A charset that lies shows many faults; one that is only damaged shows few.
    const auto max_faults = text.size() / 16 + 2;
    // glibc lets five-octet sequences through that are no UTF-8.
    const bool is_read =
        converter.is_known() && converter.convert(jis ? *jis : text, max_faults, storage);
    if (is_read && is_valid_utf8(storage)) return storage;
    storage.clear();
  }
  if (is_valid_utf8(text)) return text;
  storage = guessed(text, charset);
  return storage;
}

std::string to_utf8(std::string_view text, std::string_view charset) {
  std::string storage;
  const auto view = view_as_utf8(text, charset, storage);
  if (view.data() == storage.data()) return storage;
  return std::string(view);
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto last = [point](unsigned shift) {
    return static_cast<char>(0x80U | ((point >> shift) & 0x3fU));
  };
  if (point < 0x80) return out.push_back(static_cast<char>(point));
  if (point < 0x800) {
    out += static_cast<char>(0xc0U | (point >> 6U));
  } else if (point < 0x10000) {
    out += {static_cast<char>(0xe0U | (point >> 12U)), last(6)};
  } else {
    out += {static_cast<char>(0xf0U | (point >> 18U)), last(12), last(6)};
  }
  out += last(0);
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string_view cut_utf8(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && is_continuation(text[size])) --size;
  return text.substr(0, size);
}

}  // namespace todoku::mail
