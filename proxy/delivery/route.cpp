// SPDX-License-Identifier: Apache-2.0
// Account resolution.
#include "proxy/delivery/route.hpp"

#include <algorithm>

namespace todoku::delivery {

namespace {

using settings::Account;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

enum class Fit {
  none,
  everyone,
  domain,
  address
};

// "user@example.jp" fits itself, "@example.jp" its domain, "*" everyone; the closest fit wins.
Fit fit(const std::string& pattern, std::string_view address) {
  if (pattern == "*") return Fit::everyone;
  if (pattern.starts_with('@')) {
    const auto at = address.rfind('@');
    const bool is_in = at != std::string_view::npos && same(address.substr(at), pattern);
    return is_in ? Fit::domain : Fit::none;
  }
  return same(pattern, address) ? Fit::address : Fit::none;
}

Fit best_fit(const Account& account, std::string_view address) {
  auto best = Fit::none;
  for (const auto& pattern : account.senders) best = std::max(best, fit(pattern, address));
  return best;
}

const Account* best_account(const std::vector<Account>& accounts, std::string_view address) {
  const Account* chosen = nullptr;
  auto best = Fit::none;
  for (const auto& account : accounts) {
    const auto here = best_fit(account, address);
    if (here > best) {
      best = here;
      chosen = &account;
    }
  }
  return chosen;
}

}  // namespace

const Account* account_for_login(const std::vector<Account>& accounts, std::string_view user) {
  const auto named = std::ranges::find_if(accounts, [user](const auto& account) {
    return !account.login.empty() && same(account.login, user);
  });
  return named != accounts.end() ? &*named : best_account(accounts, user);
}

const Account* account_for_sender(const std::vector<Account>& accounts, std::string_view sender) {
  return best_account(accounts, sender);
}

bool takes_sender(const std::vector<std::string>& patterns, std::string_view sender) {
  return std::ranges::any_of(patterns,
                             [sender](const auto& p) { return fit(p, sender) > Fit::none; });
}

}  // namespace todoku::delivery
