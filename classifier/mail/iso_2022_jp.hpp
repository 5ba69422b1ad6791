// SPDX-License-Identifier: Apache-2.0
#pragma once

// ISO-2022-JP (RFC 1468) as mails have it: with the signs of NEC and IBM and the half-width kana
// that Outlook writes under this name, and with lines that were cut. iconv knows none of these.
// Pure.
#include <optional>
#include <string>
#include <string_view>

namespace todoku::mail {

// The octets of Shift_JIS (Microsoft's code page 932) that stand for text; for each broken
// character of text one octet that is none of Shift_JIS. Nothing when text has characters that only
// other charsets of the family have (JIS X 0212, JIS X 0213).
[[nodiscard]] std::optional<std::string> shift_jis_of(std::string_view iso_2022_jp);

// Octets of the broken character of Shift_JIS with which text begins: 2 when it only has no
// meaning.
[[nodiscard]] std::size_t broken_shift_jis_size(std::string_view text);

}  // namespace todoku::mail
