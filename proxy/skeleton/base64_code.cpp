// SPDX-License-Identifier: Apache-2.0
// Attachments are nearly all of what travels, so a line is looked at sixteen octets at a time.
#include "proxy/skeleton/base64_code.hpp"

#include "proxy/wire/octet_count.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace todoku::skeleton {
namespace {

using wire::octets::Block;

// All bits of a lane where its octet is a letter or padding; for single octets true and false.
template <class Octets>
inline auto code_in(Octets octets) {
  constexpr std::uint8_t to_lower = 0x20, letters = 26, slash_and_digits = 11;
  const auto lower = static_cast<Octets>(static_cast<Octets>(octets | to_lower) - 'a');
  const auto from_slash = static_cast<Octets>(octets - '/');
  return (lower < letters) | (from_slash < slash_and_digits) | (octets == '+') | (octets == '=');
}

bool is_code(char c) {
  return code_in(static_cast<std::uint8_t>(c));
}

auto code_at(const char* at) {
  Block block;
  std::memcpy(&block, at, sizeof(block));
  return code_in(block);
}

bool is_all_code(std::string_view text) {
  if (text.size() < sizeof(Block)) return std::ranges::all_of(text, is_code);
  const auto last = text.size() - sizeof(Block);  // may overlap the one before
  auto code = code_at(text.data() + last);
  for (std::size_t at = 0; at < last; at += sizeof(Block)) code &= code_at(text.data() + at);
  std::array<std::uint64_t, 2> halves{};
  static_assert(sizeof(halves) == sizeof(code));
  std::memcpy(halves.data(), &code, sizeof(code));
  return (halves[0] & halves[1]) == ~std::uint64_t{0};
}

}  // namespace

std::string_view base64_code(std::string_view line, std::string& storage) {
  while (!line.empty() && !is_code(line.back())) line.remove_suffix(1);
  if (is_all_code(line)) return line;
  storage.clear();
  std::ranges::copy_if(line, std::back_inserter(storage), is_code);
  return storage;
}

void Base64Position::add(std::string_view code) {
  for (auto padding = code.find('='); padding != std::string_view::npos; padding = code.find('=')) {
    letters_ += padding;
    padded_octets_ = octets();
    letters_ = 0;
    code.remove_prefix(padding + 1);
  }
  letters_ += code.size();
}

std::string_view from_whole_group(std::string_view code, std::size_t letters_gone) {
  const std::size_t missing = letters_gone == 0 ? 0 : 4 - letters_gone;
  return code.substr(std::min({missing, code.find('='), code.size()}));
}

}  // namespace todoku::skeleton
