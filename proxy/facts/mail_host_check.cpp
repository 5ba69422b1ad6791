// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/mail_host_check.hpp"

namespace todoku::facts {

using addresses::Dns;
using wire::DnsStatus;
using wire::RecordType;

std::optional<wire::DnsQuestion> MailHostCheck::ask(RecordType type) {
  asked_ = type;
  return wire::DnsQuestion{domain_, type};
}

std::optional<wire::DnsQuestion> MailHostCheck::end(Dns verdict) {
  verdict_ = verdict;
  return std::nullopt;
}

std::optional<wire::DnsQuestion> MailHostCheck::next(const wire::DnsAnswer* answer) {
  if (answer == nullptr) return ask(RecordType::mx);
  if (answer->has_failed()) return end(Dns::unknown);
  if (answer->status == DnsStatus::no_such_name) return end(Dns::no_such_name);
  if (asked_ == RecordType::mx) return after_exchanges(*answer);
  if (answer->status == DnsStatus::answered) return end(Dns::exists);
  if (asked_ == RecordType::a) return ask(RecordType::aaaa);
  return end(Dns::no_mail_host);
}

std::optional<wire::DnsQuestion> MailHostCheck::after_exchanges(const wire::DnsAnswer& answer) {
  if (answer.exchanges.empty()) return ask(RecordType::a);
  for (const auto& one : answer.exchanges) {
    if (!one.host.empty()) exchangers_.push_back(one.host);
  }
  return end(exchangers_.empty() ? Dns::null_mx : Dns::exists);
}

}  // namespace todoku::facts
