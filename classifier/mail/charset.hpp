// SPDX-License-Identifier: Apache-2.0
#pragma once

// Any charset to UTF-8. Never fails: what cannot be read becomes U+FFFD, and a charset that lies or
// that nobody knows is guessed from the bytes. Any thread.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::mail {

// Octets at the beginning that are whole characters of UTF-8.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text);

// Is text UTF-8 already, with nothing in it that only another charset would have?
[[nodiscard]] bool is_valid_utf8(std::string_view text);

// charset: as declared, may be empty. The result is always valid UTF-8.
[[nodiscard]] std::string to_utf8(std::string_view text, std::string_view charset);

// Without a copy where text is plain ASCII or UTF-8 already; else it lies in storage.
[[nodiscard]] std::string_view view_as_utf8(std::string_view text, std::string_view charset,
                                            std::string& storage);

// point: up to U+10FFFF, no half of a pair.
void append_utf8(std::string& out, std::uint32_t point);

// Is it an octet of a character in UTF-8 that is not its first?
[[nodiscard]] bool is_continuation(char c);

// text up to size octets, cut between characters and not inside one.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t size);

}  // namespace todoku::mail
