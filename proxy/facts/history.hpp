// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whom each account has written to, in memory: a prior for the checks. Bounded by whoever fills it.
// Case does not matter in addresses. One thread; pure.
#include "proxy/addresses/correspondents.hpp"
#include "proxy/addresses/facts.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace todoku::facts {

class History {
 public:
  void add(std::string_view account, std::string_view address, std::uint32_t times = 1);

  // Nobody yet: then nothing can be said of anybody's being new.
  [[nodiscard]] bool is_empty(std::string_view account) const;
  [[nodiscard]] bool was_written_to(std::string_view account, std::string_view address) const;
  [[nodiscard]] bool was_domain_written_to(std::string_view account, std::string_view domain) const;
  // Everything but the DNS, of somebody new. Slower: looks for people with nearly the same address.
  [[nodiscard]] addresses::Facts facts_of_stranger(std::string_view account,
                                                   std::string_view address);

 private:
  struct Account {
    std::unordered_map<std::string, std::uint32_t> times;  // by address
    std::unordered_set<std::string> domains;
    std::unique_ptr<addresses::Correspondents> search;  // null = to be built
    std::size_t since_built = 0;                        // additions
  };
  [[nodiscard]] const Account* find(std::string_view account) const;
  static void build(Account& account);

  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace todoku::facts
