// SPDX-License-Identifier: Apache-2.0
#pragma once

// The recipients of one message whom its account has never written to: what the store and the DNS
// say of them is asked for at once. I/O thread.
#include "proxy/addresses/finding.hpp"
#include "proxy/checks/facts.hpp"
#include "proxy/facts/sources.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::facts {

class Strangers {
 public:
  // sources outlives them; account: its name.
  Strangers(Sources& sources, std::string account, std::string own_domain);

  // A recipient; nothing is asked about those who are known. Returns at once.
  void meet(std::string_view address);
  // Something is not known yet, and there is time left to wait for it.
  [[nodiscard]] bool is_open() const;
  // For what is left of the budget of this message.
  boost::asio::awaitable<void> wait();
  // Whether that recipient is one.
  [[nodiscard]] bool has(const std::string& address) const { return met_.contains(address); }
  // What the address checker says of one of them by what is known now.
  [[nodiscard]] const addresses::Finding& finding_of(const std::string& address);
  // The mail hosts of a recipient's domain, as far as the DNS was asked.
  [[nodiscard]] const std::vector<std::string>& exchangers_of(const std::string& address) const;

 private:
  struct One {
    std::string address;
    std::string domain;
    addresses::Facts facts;
    std::vector<std::string> exchangers;
    addresses::Finding finding;  // with these facts
    bool is_judged = false;
  };
  struct State;  // shared with what asks, which may outlast the message
  using Pointer = std::shared_ptr<One>;

  [[nodiscard]] bool is_worth_asking(const One& one) const;
  static boost::asio::awaitable<void> look_up(Sources& sources, std::shared_ptr<State> state,
                                              Pointer one, std::string account);
  static boost::asio::awaitable<void> ask_the_dns(net::Resolver& resolver, Pointer one);

  Sources& sources_;
  std::string account_;
  std::string own_domain_;
  std::shared_ptr<State> state_;  // null until somebody is looked up
  std::map<std::string, Pointer, std::less<>> met_;
  std::size_t asked_ = 0;
  wire::Duration budget_left_;
};

}  // namespace todoku::facts
