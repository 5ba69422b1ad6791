// SPDX-License-Identifier: Apache-2.0
#pragma once

// Do the octets of a text keep to its declared charset? Pure, any thread.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace todoku::checks {

struct CharsetLint {
  bool is_known =
      false;  // a charset that is looked into: ASCII, UTF-8, ISO-2022-JP, Shift_JIS, EUC-JP
  std::uint64_t wrong = 0;      // octets or characters that the charset does not have
  std::uint64_t half_kana = 0;  // half-width kana where mail has none
  std::uint64_t machine = 0;    // NEC and IBM characters: circled numbers and the like
  std::size_t first = 0;        // offset of the first of any of these
};

// is_cut: the text may end within a character.
[[nodiscard]] CharsetLint lint(std::string_view octets, std::string_view charset, bool is_cut);

}  // namespace todoku::checks
