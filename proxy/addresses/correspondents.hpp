// SPDX-License-Identifier: Apache-2.0
#pragma once

// The people that the user has written to, as evidence for and against a slip: from sent mail and,
// with consent, from the mail client's address book. Pure; any thread once it is built.
#include "proxy/addresses/deletion_index.hpp"
#include "proxy/addresses/facts.hpp"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace todoku::addresses {

struct Correspondent {
  std::string address;
  std::uint32_t times = 1;  // written to
};

class Correspondents {
 public:
  // Those often written to (frequent_from times) are what a slip may have meant; of these the first
  // most_frequent by number of mails, so that memory stays small for any history.
  static constexpr std::uint32_t frequent_from = 3;
  static constexpr std::size_t most_frequent = 5'000;

  explicit Correspondents(std::vector<Correspondent> all);
  // Everything but DNS.
  [[nodiscard]] Facts facts_of(std::string_view address) const;

 private:
  struct Frequent {
    std::string local, domain;
  };
  [[nodiscard]] std::string same_domain(std::string_view local, std::string_view domain) const;
  [[nodiscard]] std::string near_domain(std::string_view local, std::string_view domain) const;

  std::unordered_set<std::string>
      addresses_;  // lower case: nobody has two that differ in case only
  std::unordered_set<std::string> domains_;
  std::vector<Frequent> frequent_;
  std::vector<std::string> frequent_domains_;
  DeletionIndex by_local_{DeletionIndex::Reach::one};
  DeletionIndex by_domain_{DeletionIndex::Reach::one};
};

}  // namespace todoku::addresses
