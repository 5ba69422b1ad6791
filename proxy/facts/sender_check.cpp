// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/sender_check.hpp"

#include "proxy/mailauth/spf_record.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace todoku::facts {

using checks::AuthState;
using mailauth::SpfMechanism;
using mailauth::SpfResult;
using wire::DnsQuestion;
using wire::RecordType;

namespace {

constexpr std::size_t most_read = 10;    // records of a provider
constexpr std::size_t most_clients = 3;  // of its addresses: they are allowed together or not

std::string published(const std::string& name, const std::string& text) {
  return name + " TXT \"" + text + "\"";
}

std::string spf_text(const wire::DnsAnswer& answer) {
  for (const auto& text : answer.texts) {
    if (mailauth::is_spf_record(text)) return text;
  }
  return {};
}

bool ends_a_record(std::string_view term) {
  if (!term.empty() && (term[0] == '+' || term[0] == '-' || term[0] == '~' || term[0] == '?'))
    term.remove_prefix(1);
  return term == "all" || term == "ALL" || term.starts_with("redirect=");
}

}  // namespace

SenderCheck::SenderCheck(SenderPath path, std::chrono::seconds now)
    : path_(std::move(path)), now_(now), dmarc_(path_.domain) {
  facts_.domain = path_.domain;
}

SenderCheck::Question SenderCheck::next(const wire::DnsAnswer* answer) {
  if (answer == nullptr) return DnsQuestion{path_.domain, RecordType::txt};
  is_incomplete_ = is_incomplete_ || answer->has_failed();
  switch (stage_) {
    case Stage::own_record:
      return after_own_record(*answer);
    case Stage::addresses:
      return after_addresses(*answer);
    case Stage::spf: {
      auto question = spf_->next(answer);
      return question ? question : after_spf();
    }
    case Stage::dmarc: {
      auto question = dmarc_.next(answer);
      return question ? question : after_dmarc();
    }
  }
  return std::nullopt;
}

SenderCheck::Question SenderCheck::after_own_record(const wire::DnsAnswer& answer) {
  if (answer.has_failed()) return begin_dmarc();
  own_record_ = spf_text(answer);
  if (own_record_.empty()) {
    facts_.spf = AuthState::missing;
    if (!path_.include.empty())
      facts_.spf_record = published(path_.domain, "v=spf1 include:" + path_.include + " ~all");
    return begin_dmarc();
  }
  if (!path_.include.empty()) to_read_.push_back(path_.include);
  return ask_for_addresses();
}

SenderCheck::Question SenderCheck::ask_for_addresses() {
  stage_ = Stage::addresses;
  if (path_.include.empty()) return DnsQuestion{path_.server, RecordType::a};
  if (to_read_.empty() || read_ >= most_read || clients_.size() >= most_clients)
    return next_client();
  auto name = std::move(to_read_.front());
  to_read_.pop_front();
  ++read_;
  return DnsQuestion{std::move(name), RecordType::txt};
}

SenderCheck::Question SenderCheck::after_addresses(const wire::DnsAnswer& answer) {
  if (path_.include.empty()) {
    clients_ = answer.addresses;
    clients_.resize(std::min(clients_.size(), most_clients));
    return next_client();
  }
  take_networks(answer);
  return ask_for_addresses();
}

void SenderCheck::take_networks(const wire::DnsAnswer& answer) {
  const auto text = spf_text(answer);
  if (text.empty()) return;
  const auto parsed = mailauth::parse_spf(text);
  const auto* record = std::get_if<mailauth::SpfRecord>(&parsed);
  if (record == nullptr) return;
  for (const auto& one : record->directives) {
    if (one.qualifier != SpfResult::pass) continue;
    const bool has_macro = one.domain.find('%') != std::string::npos;
    if (one.mechanism == SpfMechanism::include && !has_macro) to_read_.push_back(one.domain);
    if (one.mechanism == SpfMechanism::ip4 && clients_.size() < most_clients)
      clients_.push_back(one.network);
  }
  if (record->redirect && record->redirect->find('%') == std::string::npos)
    to_read_.push_back(*record->redirect);
}

SenderCheck::Question SenderCheck::next_client() {
  if (clients_.empty()) return begin_dmarc();
  stage_ = Stage::spf;
  mailauth::SpfRequest request;
  request.client = clients_.back();
  request.sender = "postmaster@" + path_.domain;
  request.hello = path_.server;
  request.now = now_;
  clients_.pop_back();
  spf_ = std::make_unique<mailauth::SpfCheck>(std::move(request));
  auto question = spf_->next(nullptr);
  return question ? question : after_spf();
}

// One address that may send is enough to say good. That none may says something only of addresses
// that are known to be those: mail may leave from others than the server that takes it.
SenderCheck::Question SenderCheck::after_spf() {
  const auto result = spf_->verdict().result;
  if (result == SpfResult::pass) {
    facts_.spf = AuthState::good;
    facts_.spf_record.clear();
    return begin_dmarc();
  }
  const bool is_refused = result == SpfResult::fail || result == SpfResult::softfail;
  if (!is_refused) {  // neutral, or nobody can say
    facts_.spf = AuthState::unknown;
    facts_.spf_record.clear();
    return begin_dmarc();
  }
  if (!path_.include.empty()) {
    facts_.spf = AuthState::broken;
    facts_.spf_record = published(path_.domain, corrected_record());
  }
  return next_client();
}

// The include goes in front of what ends the record: nothing behind that is read.
std::string SenderCheck::corrected_record() const {
  std::string out;
  bool is_in = false;
  const auto add = [&out](std::string_view term) {
    if (!out.empty()) out += ' ';
    out += term;
  };
  std::string_view left = own_record_;
  while (!left.empty()) {
    const auto end = std::min(left.find(' '), left.size());
    const auto term = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (term.empty()) continue;
    if (!is_in && ends_a_record(term)) {
      add("include:" + path_.include);
      is_in = true;
    }
    add(term);
  }
  if (!is_in) add("include:" + path_.include);
  return out;
}

SenderCheck::Question SenderCheck::begin_dmarc() {
  stage_ = Stage::dmarc;
  auto question = dmarc_.next(nullptr);
  return question ? question : after_dmarc();
}

SenderCheck::Question SenderCheck::after_dmarc() {
  using Status = mailauth::DmarcFound::Status;
  const auto status = dmarc_.found().status;
  if (status == Status::found) facts_.dmarc = AuthState::good;
  if (status == Status::none && !is_incomplete_) {
    facts_.dmarc = AuthState::missing;
    facts_.dmarc_record = published("_dmarc." + path_.domain, "v=DMARC1; p=none");
  }
  return std::nullopt;
}

}  // namespace todoku::facts
