// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/message_inquiry.hpp"

#include "proxy/addresses/domain_name.hpp"
#include "proxy/checks/mistyped.hpp"
#include "proxy/checks/own_password.hpp"
#include "proxy/checks/people.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace todoku::facts {

namespace asio = boost::asio;
using settings::Checks;
using store::now;

namespace {

// A token is nothing that somebody would write down.
bool may_be_in_a_text(const smtp::Credentials& credentials) {
  const bool is_password = credentials.mechanism == smtp::Mechanism::plain ||
                           credentials.mechanism == smtp::Mechanism::login;
  return is_password && !credentials.password.empty();
}

}  // namespace

MessageInquiry::MessageInquiry(Sources& sources, const settings::Account& account,
                               const smtp::Envelope& envelope)
    : sources_(sources),
      account_(account),
      own_domain_(checks::domain_of(envelope.sender)),
      asks_for_records_(sources.is_on(&Checks::authentication) &&
                        checks::is_looked_at(own_domain_, {}) &&
                        addresses::is_host_name(own_domain_)),
      strangers_(sources, account.name, own_domain_) {
  if (asks_for_records_) sources_.records().ask(path());
}

void MessageInquiry::add_recipient(std::string_view address) {
  strangers_.meet(address);
}

void MessageInquiry::add_message(const submission::Outgoing& message,
                                 const skeleton::Skeleton& skeleton) {
  message_ = &message;
  size_ = skeleton.size;
  if (sources_.is_on(&Checks::same_again))
    digest_ = content_digest(account_.name, message.envelope, skeleton);
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
  add_limits(envelope, facts);
  if (message_ == nullptr) return facts;
  add_rates(envelope, facts);
  if (const auto ago = sent_before()) facts.same_content = checks::SentBefore{*ago};
  const auto& credentials = message_->credentials;
  if (may_be_in_a_text(credentials) && sources_.is_on(&Checks::own_password))
    facts.own_password_in = [&credentials](std::string_view text) {
      return checks::find_password(text, credentials.password.reveal());
    };
  if (scan_) facts.scan = scan_->report();
  if (const auto* trouble = records_trouble()) facts.authentication = *trouble;
  tells_of_records_ = facts.authentication.has_value();
  return facts;
}

std::optional<std::chrono::seconds> MessageInquiry::sent_before() const {
  if (!digest_) return std::nullopt;
  const bool every_time = sources_.checks().same_again >= settings::CheckLevel::hold;
  return sources_.contents().sent_before(*digest_, message_->message_id_header,
                                         sources_.checks().same_again_within, every_time,
                                         Sources::Clock::now());
}

// A note is said once a day; what holds a message back holds every one.
const checks::AuthFacts* MessageInquiry::records_trouble() const {
  if (!asks_for_records_) return nullptr;
  const bool often = sources_.checks().authentication >= settings::CheckLevel::hold;
  return sources_.records().trouble(path(), often);
}

SenderPath MessageInquiry::path() const {
  return {own_domain_, account_.upstream.host, sources_.limits().spf_of(account_.upstream.host)};
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

// Of a small message nobody is asked about: no provider has such a limit.
void MessageInquiry::add_limits(const smtp::Envelope& envelope, checks::Facts& facts) {
  const auto& limits = sources_.limits();
  facts.upstream_limit = sources_.around().size_of_upstream(account_);
  // What the server offers weighs more than what it has said some day.
  if (facts.upstream_limit.value_or(0) == 0)
    facts.upstream_limit = limits.learned(account_.upstream.host, now());
  const auto size = std::max(size_, envelope.declared_size.value_or(0));
  if (size <= limits.smallest() || !sources_.is_on(&Checks::size_recipient)) return;
  for (const auto& recipient : envelope.recipients) {
    auto one = limits.of_recipient(recipient.address, checks::domain_of(recipient.address),
                                   strangers_.exchangers_of(recipient.address), now());
    if (one.provider_limit || one.learned_limit) facts.recipients.push_back(std::move(one));
  }
}

void MessageInquiry::add_rates(const smtp::Envelope& envelope, checks::Facts& facts) {
  if (!sources_.is_on(&Checks::rate) && !sources_.is_on(&Checks::sudden_rise)) return;
  const auto counts = sources_.sent_counts().counts(account_.name, now());
  const auto recipients = static_cast<std::uint32_t>(envelope.recipients.size());
  auto& rate = facts.rate.emplace(sources_.limits().rates(account_.upstream.host, own_domain_));
  rate.messages_hour = counts.messages_hour + 1;
  rate.messages_day = counts.messages_day + 1;
  rate.recipients_hour = counts.recipients_hour + recipients;
  rate.recipients_day = counts.recipients_day + recipients;
  rate.usual_messages_hour = counts.usual_messages_hour;
}

void MessageInquiry::message_is_taken() {
  // Not what has been found out since: nobody was told of that.
  if (tells_of_records_) sources_.records().was_told(path());
  if (digest_ && message_ != nullptr)
    sources_.contents().remember(*digest_, message_->message_id_header,
                                 sources_.checks().same_again_within, Sources::Clock::now());
}

}  // namespace todoku::facts
