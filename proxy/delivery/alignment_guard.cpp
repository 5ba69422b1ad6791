// SPDX-License-Identifier: Apache-2.0
// Policy first, then signatures, then the addresses one by one.
#include "proxy/delivery/alignment_guard.hpp"

#include "proxy/mailauth/dkim_key.hpp"
#include "proxy/mailauth/organisational_domain.hpp"
#include "proxy/mailauth/tag_list.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace todoku::delivery {

namespace {

using mailauth::DmarcFound;
using mailauth::DmarcPolicy;
using mailauth::SpfResult;
using wire::RecordType;

constexpr std::size_t most_addresses = 16;

// The first and the last of a network stand for it.
std::vector<wire::IpAddress> ends_of(const wire::IpNetwork& network) {
  const auto bytes = network.address.bytes();
  std::array<std::uint8_t, 16> first{};
  std::array<std::uint8_t, 16> last{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto kept = network.prefix > 8 * i ? std::min(network.prefix - 8 * i, std::size_t{8}) : 0;
    const auto mask = static_cast<std::uint8_t>(0xFF00U >> kept);
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    first[i] = static_cast<std::uint8_t>(byte & mask);
    last[i] = static_cast<std::uint8_t>(byte | ~mask);
  }
  const auto made = [&network](const std::array<std::uint8_t, 16>& whole) {
    if (network.address.is_v6()) return wire::IpAddress(whole);
    return wire::IpAddress(std::array<std::uint8_t, 4>{whole[0], whole[1], whole[2], whole[3]});
  };
  if (made(first) == made(last)) return {made(first)};
  return {made(first), made(last)};
}

// As an SPF record names the relay (RFC 7208 section 5).
std::string terms_for(const RelayHabits& habits) {
  if (habits.outgoing.empty()) return "a:" + habits.host;
  std::string terms;
  for (const auto& network : habits.outgoing) {
    if (!terms.empty()) terms += ' ';
    terms += (network.address.is_v6() ? "ip6:" : "ip4:") + network.to_string();
  }
  return terms;
}

bool is_same_key(std::string_view published, std::string_view ours) {
  const auto theirs = mailauth::TagList::parse(published);
  const auto wanted = mailauth::TagList::parse(ours);
  return theirs && wanted && !wanted->packed("p").empty() &&
         theirs->packed("p") == wanted->packed("p") &&
         theirs->packed("k", "rsa") == wanted->packed("k", "rsa");
}

}  // namespace

const char* to_string(AlignmentReason reason) {
  switch (reason) {
    case AlignmentReason::no_policy:
      return "no-policy";
    case AlignmentReason::policy_none:
      return "policy-none";
    case AlignmentReason::dns_silent:
      return "dns-silent";
    case AlignmentReason::spf:
      return "spf";
    case AlignmentReason::dkim:
      return "dkim";
    case AlignmentReason::would_fail:
      return "would-fail";
    case AlignmentReason::rewrites_from:
      return "rewrites-from";
  }
  return "?";
}

AlignmentCheck::AlignmentCheck(RelayHabits habits, AlignmentSender sender, std::chrono::seconds now)
    : habits_(std::move(habits)),
      sender_(std::move(sender)),
      now_(now),
      discovery_(sender_.from_domain) {
  for (const auto& network : habits_.outgoing) {
    for (const auto& address : ends_of(network)) addresses_.push_back(address);
  }
}

AlignmentCheck::~AlignmentCheck() = default;

std::optional<wire::DnsQuestion> AlignmentCheck::end(AlignmentReason reason) {
  verdict_.reason = reason;
  return std::nullopt;
}

std::optional<wire::DnsQuestion> AlignmentCheck::next(const wire::DnsAnswer* answer) {
  if (habits_.rewrites_from) return end(AlignmentReason::rewrites_from);
  if (answer != nullptr && !answer->has_failed()) {
    lifetime_ = std::min(lifetime_, answer->lifetime);
  }
  switch (stage_) {
    case Stage::policy:
      if (auto question = discovery_.next(answer)) return question;
      return after_policy();
    case Stage::own_key:
      return after_own_key(*answer);
    case Stage::host_v4:
    case Stage::host_v6:
      return after_host(*answer);
    case Stage::spf:
      if (auto question = spf_->next(answer)) return question;
      return after_spf();
  }
  return std::nullopt;
}

std::optional<wire::DnsQuestion> AlignmentCheck::after_policy() {
  const auto& found = discovery_.found();
  if (found.status == DmarcFound::Status::temperror) return end(AlignmentReason::dns_silent);
  if (found.status == DmarcFound::Status::none) return end(AlignmentReason::no_policy);
  verdict_.policy = found.policy;
  verdict_.policy_at = found.at;
  // pct= is left aside: a part of the mail lost is not fine either.
  if (found.policy == DmarcPolicy::none) return end(AlignmentReason::policy_none);
  if (is_signed_by_the_sender()) return end(AlignmentReason::dkim);
  const auto& own = sender_.own_key;
  if (own && mailauth::is_aligned(own->domain, sender_.from_domain, found.record.dkim)) {
    stage_ = Stage::own_key;
    return wire::DnsQuestion{mailauth::dkim_key_name(own->selector, own->domain), RecordType::txt};
  }
  return look_at_spf();
}

// A signature whose key receivers do not find is none.
std::optional<wire::DnsQuestion> AlignmentCheck::after_own_key(const wire::DnsAnswer& answer) {
  const auto& own = *sender_.own_key;
  if (answer.has_failed()) return end(AlignmentReason::dns_silent);
  const bool is_there = std::ranges::any_of(
      answer.texts, [&](const auto& text) { return is_same_key(text, own.record); });
  if (is_there) return end(AlignmentReason::dkim);
  verdict_.key_name = mailauth::dkim_key_name(own.selector, own.domain);
  verdict_.key_record = own.record;
  return look_at_spf();
}

std::optional<wire::DnsQuestion> AlignmentCheck::look_at_spf() {
  const auto mode = discovery_.found().record.spf;
  const bool may_align = mailauth::is_aligned(spf_domain(), sender_.from_domain, mode);
  if (!may_align) return end(AlignmentReason::would_fail);
  verdict_.spf_domain = spf_domain();
  verdict_.spf_terms = terms_for(habits_);
  if (!addresses_.empty()) return next_address();
  verdict_.is_assumed = true;
  if (const auto literal = wire::IpAddress::parse(habits_.host)) {
    addresses_.push_back(*literal);
    return next_address();
  }
  if (habits_.host.empty()) return end(AlignmentReason::would_fail);
  stage_ = Stage::host_v4;
  return wire::DnsQuestion{habits_.host, RecordType::a};
}

bool AlignmentCheck::is_signed_by_the_sender() const {
  const auto mode = discovery_.found().record.dkim;
  return std::ranges::any_of(habits_.signs_as, [&](const std::string& domain) {
    return mailauth::is_aligned(domain, sender_.from_domain, mode);
  });
}

std::string AlignmentCheck::spf_domain() const {
  return habits_.return_path.value_or(sender_.envelope_domain);
}

std::optional<wire::DnsQuestion> AlignmentCheck::after_host(const wire::DnsAnswer& answer) {
  addresses_.insert(addresses_.end(), answer.addresses.begin(), answer.addresses.end());
  if (stage_ == Stage::host_v4) {
    stage_ = Stage::host_v6;
    return wire::DnsQuestion{habits_.host, RecordType::aaaa};
  }
  return addresses_.empty() ? end(AlignmentReason::would_fail) : next_address();
}

std::optional<wire::DnsQuestion> AlignmentCheck::next_address() {
  if (address_ == std::min(addresses_.size(), most_addresses)) return end(AlignmentReason::spf);
  stage_ = Stage::spf;
  mailauth::SpfRequest request;
  request.client = addresses_[address_++];
  request.sender = "postmaster@" + spf_domain();
  request.hello = habits_.host;
  request.now = now_;
  spf_ = std::make_unique<mailauth::SpfCheck>(std::move(request));
  if (auto question = spf_->next(nullptr)) return question;
  return after_spf();
}

std::optional<wire::DnsQuestion> AlignmentCheck::after_spf() {
  verdict_.spf = spf_->verdict().result;
  verdict_.spf_address = addresses_[address_ - 1].to_string();
  if (verdict_.spf == SpfResult::pass) return next_address();
  const bool is_silent = verdict_.spf == SpfResult::temperror;
  return end(is_silent ? AlignmentReason::dns_silent : AlignmentReason::would_fail);
}

}  // namespace todoku::delivery
