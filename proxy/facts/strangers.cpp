// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/strangers.hpp"

#include "proxy/addresses/domain_name.hpp"
#include "proxy/checks/mistyped.hpp"
#include "proxy/checks/people.hpp"
#include "proxy/facts/mail_host_check.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace todoku::facts {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t most_asked = 50;  // in one message; of the rest only the text is looked at

}  // namespace

struct Strangers::State {
  explicit State(const asio::any_io_executor& executor) : changed(executor) {}
  net::Signal changed;
  std::size_t open = 0;
};

Strangers::Strangers(Sources& sources, std::string account, std::string own_domain)
    : sources_(sources),
      account_(std::move(account)),
      own_domain_(std::move(own_domain)),
      budget_left_(sources.checks().facts_budget) {}

void Strangers::meet(std::string_view address) {
  auto& history = sources_.history();
  if (history.was_written_to(account_, address)) return;
  auto domain = checks::domain_of(address);
  if (!checks::is_looked_at(domain, own_domain_)) return;
  const auto one = std::make_shared<One>();
  one->address = address;
  one->domain = std::move(domain);
  one->facts = history.facts_of_stranger(account_, address);
  met_.insert_or_assign(one->address, one);
  if (asked_ >= most_asked || !is_worth_asking(*one)) return;
  ++asked_;
  const auto& rooms = sources_.around().rooms;
  if (!state_) state_ = std::make_shared<State>(rooms.executor());
  ++state_->open;
  sources_.around().rooms.start("facts.stranger", look_up(sources_, state_, one, account_));
}

// What the text of the address says already needs no DNS, and well-known domains exist.
bool Strangers::is_worth_asking(const One& one) const {
  if (!sources_.is_on(&settings::Checks::mistyped_address)) return false;
  if (one.facts.was_domain_written_to || !addresses::is_host_name(one.domain) ||
      checks::is_within(one.domain, sources_.checks().internal_domains))
    return false;
  const auto& checker = sources_.checker();
  return !checker.knows(one.domain) &&
         !addresses::is_flagged(checker.check(one.address, one.facts));
}

asio::awaitable<void> Strangers::look_up(Sources& sources, std::shared_ptr<State> state,
                                         Pointer one, std::string account) {
  // The memory holds the latest of a long history only.
  const auto times = co_await sources.around().store.times_written_to(account, one->address);
  one->facts.was_written_to = times.has_value() && *times > 0;
  if (one->facts.was_written_to) {
    sources.history().add(account, one->address, static_cast<std::uint32_t>(*times));
  } else if (auto* const resolver = sources.around().resolver()) {
    co_await ask_the_dns(*resolver, one);
  }
  one->is_judged = false;
  --state->open;
  state->changed.notify_all();
}

asio::awaitable<void> Strangers::ask_the_dns(net::Resolver& resolver, Pointer one) {
  MailHostCheck check(one->domain);
  co_await resolver.run(check);
  one->facts.dns = check.verdict();
  one->exchangers = check.exchangers();
}

bool Strangers::is_open() const {
  return state_ && state_->open > 0 && budget_left_.count() > 0 && !sources_.is_dns_silent();
}

asio::awaitable<void> Strangers::wait() {
  const auto state = state_;
  const auto end = Clock::now() + budget_left_;
  while (state && state->open > 0 && budget_left_.count() > 0) {
    co_await state->changed.wait(budget_left_);
    const auto left = std::chrono::ceil<wire::Duration>(end - Clock::now());
    budget_left_ = std::max(left, wire::Duration(0));
  }
  if (state && state->open > 0) sources_.dns_was_silent();
}

const addresses::Finding& Strangers::finding_of(const std::string& address) {
  auto& one = *met_.at(address);
  if (!one.is_judged) one.finding = sources_.checker().check(one.address, one.facts);
  one.is_judged = true;
  return one.finding;
}

const std::vector<std::string>& Strangers::exchangers_of(const std::string& address) const {
  static const std::vector<std::string> none;
  const auto found = met_.find(address);
  return found == met_.end() ? none : found->second->exchangers;
}

}  // namespace todoku::facts
