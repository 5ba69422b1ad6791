// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as reports write them: with a type word, brackets, source routes and xtext, or in the
// middle of a sentence. Pure, any thread.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::report {

// The address in a field such as Final-Recipient: "rfc822;<@relay:a+40b.example@c>" and kin.
// Empty when there is none (a pipe, a file).
[[nodiscard]] std::string address_in_field(std::string_view value);

// Brackets, quotes, a source route, "mailto:" and punctuation taken off.
[[nodiscard]] std::string_view bare_address(std::string_view text);

struct FoundAddress {
  std::string_view address;
  std::size_t begin = 0;  // with its bracket
  std::size_t end = 0;    // behind it, with its bracket
};

// The first address in text at or behind from.
[[nodiscard]] std::optional<FoundAddress> find_address(std::string_view text, std::size_t from = 0);

[[nodiscard]] bool is_address(std::string_view text);

}  // namespace todoku::report
