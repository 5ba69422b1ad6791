// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as header fields and envelopes write them. Pure, tolerant, bounded.
#include <string>
#include <string_view>
#include <vector>

namespace todoku::checks {

struct Mailbox {
  std::string name;     // decoded, UTF-8; may be empty
  std::string address;  // as written, without angle brackets
};

// The mailboxes of a To, Cc, From or Reply-To field, groups taken apart; at most 2000.
[[nodiscard]] std::vector<Mailbox> mailboxes(std::string_view value);

// Behind the last "@", as written; empty when there is none.
[[nodiscard]] std::string_view domain_in(std::string_view address);
// The same in lower case.
[[nodiscard]] std::string domain_of(std::string_view address);
// Is domain one of those, or below one of them?
[[nodiscard]] bool is_within(std::string_view domain, const std::vector<std::string>& domains);
// Does pattern ("taro@example.jp", "@example.jp", "*") stand for address? Case does not matter.
[[nodiscard]] bool stands_for(std::string_view pattern, std::string_view address);

}  // namespace todoku::checks
