// SPDX-License-Identifier: Apache-2.0
#pragma once

// Base64 as it travels, before it is decoded: which of its octets are code, and how many octets
// they stand for. Agrees with mail::decode_base64 for any lines. Pure.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::skeleton {

// The letters and padding of line: a view into it where nothing stands between them, else into
// storage.
[[nodiscard]] std::string_view base64_code(std::string_view line, std::string& storage);

// How far code has been read. Padding ends a group, and another text may be glued behind.
class Base64Position {
 public:
  void add(std::string_view code);
  [[nodiscard]] std::uint64_t octets() const { return padded_octets_ + letters_ * 3 / 4; }
  // Letters of the group of four that is under way.
  [[nodiscard]] std::size_t letters_in_group() const { return letters_ % 4; }

 private:
  std::uint64_t padded_octets_ = 0;  // up to the last padding
  std::uint64_t letters_ = 0;        // since then
};

// code from its next whole group on; it begins with so many letters of a group gone.
[[nodiscard]] std::string_view from_whole_group(std::string_view code, std::size_t letters_gone);

}  // namespace todoku::skeleton
