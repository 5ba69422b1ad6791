// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/message_inquiry.hpp"

#include "proxy/checks/mistyped.hpp"
#include "proxy/checks/people.hpp"

#include <utility>

namespace todoku::facts {

namespace asio = boost::asio;
using settings::Checks;

MessageInquiry::MessageInquiry(Sources& sources, const settings::Account& account,
                               const smtp::Envelope& envelope)
    : sources_(sources),
      account_(account),
      strangers_(sources, account.name, checks::domain_of(envelope.sender)) {}

void MessageInquiry::add_recipient(std::string_view address) {
  strangers_.meet(address);
}

void MessageInquiry::add_message(const submission::Outgoing& message, const skeleton::Skeleton&) {
  if (sources_.around().scanner.scan && sources_.is_on(&Checks::virus))
    scan_.emplace(sources_.around(), message.body, message.body->size());
}

bool MessageInquiry::is_open() const {
  return strangers_.is_open() || (scan_ && scan_->is_open());
}

asio::awaitable<void> MessageInquiry::wait() {
  if (strangers_.is_open()) co_await strangers_.wait();
  if (scan_) co_await scan_->wait();
}

checks::Facts MessageInquiry::facts(const smtp::Envelope& envelope) {
  checks::Facts facts;
  facts.account = account_.name;
  facts.account_senders = account_.senders;
  facts.upstream = account_.upstream.host;
  add_people(envelope, facts);
  if (scan_) facts.scan = scan_->report();
  return facts;
}

void MessageInquiry::add_people(const smtp::Envelope& envelope, checks::Facts& facts) {
  const auto& history = sources_.history();
  const bool has_history = !history.is_empty(account_.name);
  for (const auto& recipient : envelope.recipients) {
    const auto& address = recipient.address;
    if (!strangers_.has(address)) continue;
    if (has_history && !history.was_domain_written_to(account_.name, checks::domain_of(address)))
      facts.strangers.push_back(address);
    if (!sources_.is_on(&Checks::mistyped_address)) continue;
    auto mistyped = checks::mistyped(address, strangers_.finding_of(address));
    if (mistyped) facts.mistyped.push_back(std::move(*mistyped));
  }
}

void MessageInquiry::message_is_taken() {}

}  // namespace todoku::facts
