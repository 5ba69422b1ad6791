// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/message_inquiry.hpp"

#include "proxy/checks/mistyped.hpp"

namespace todoku::facts {

namespace asio = boost::asio;
using settings::Checks;

MessageInquiry::MessageInquiry(Sources& sources, const settings::Account& account,
                               const smtp::Envelope&)
    : sources_(sources), account_(account) {}

bool MessageInquiry::is_on(settings::CheckLevel Checks::*check) const {
  return sources_.around().settings.checks.*check != settings::CheckLevel::off;
}

void MessageInquiry::add_recipient(std::string_view) {}

void MessageInquiry::add_message(const submission::Outgoing& message, const skeleton::Skeleton&) {
  const auto& around = sources_.around();
  if (around.scanner.scan && is_on(&Checks::virus))
    scan_.emplace(around, message.body, message.body->size());
}

bool MessageInquiry::is_open() const {
  return scan_ && scan_->is_open();
}

asio::awaitable<void> MessageInquiry::wait() {
  if (scan_) co_await scan_->wait();
}

checks::Facts MessageInquiry::facts(const smtp::Envelope& envelope) {
  checks::Facts facts;
  facts.account = account_.name;
  facts.account_senders = account_.senders;
  facts.upstream = account_.upstream.host;
  if (is_on(&Checks::mistyped_address))
    facts.mistyped = checks::mistyped_among(envelope, sources_.checker());
  if (scan_) facts.scan = scan_->report();
  return facts;
}

void MessageInquiry::message_is_taken() {}

}  // namespace todoku::facts
