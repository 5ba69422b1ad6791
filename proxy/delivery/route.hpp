// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which account a client's log-in or sender belongs to. Pure; the accounts are settings and are
// returned as pointers into them.
#include "proxy/settings/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::delivery {

// The account whose login or sender pattern fits the user name; else the one that takes every
// sender; null = none. Case of letters does not matter.
[[nodiscard]] const settings::Account* account_for_login(
    const std::vector<settings::Account>& accounts, std::string_view user);
// The same by MAIL FROM, for a client that did not log in. The null sender gets the account for
// all.
[[nodiscard]] const settings::Account* account_for_sender(
    const std::vector<settings::Account>& accounts, std::string_view sender);

// One of the patterns ("taro@example.jp", "@example.jp", "*") fits the sender.
[[nodiscard]] bool takes_sender(const std::vector<std::string>& patterns, std::string_view sender);

}  // namespace todoku::delivery
