// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/limits.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace todoku::facts {

namespace {

using providers::Provider;
using providers::RateLimit;
using providers::SizeLimit;

constexpr std::size_t most_senders = 1'000;
constexpr std::size_t most_learned = 5'000;

// A limit of files is one of a message that has them in base64: 57 octets travel as 78.
std::uint64_t of_message(const SizeLimit& limit) {
  return limit.counts == SizeLimit::Counts::attachments ? limit.bytes / 57 * 78 : limit.bytes;
}

// One limit of this kind that surely holds for the sender. Of a provider's own mailbox the smallest
// plan's; elsewhere that of the largest of several plans, because nobody can tell which it is.
std::uint32_t limit_of(const Provider& provider, bool is_own_mailbox, RateLimit::Counts counts,
                       RateLimit::Per per) {
  std::vector<const RateLimit*> plans;
  for (const auto& one : provider.rates) {
    if (one.counts != counts || one.per != per) continue;
    if (one.whom.empty()) return one.count;
    plans.push_back(&one);
  }
  if (plans.size() < 2) return 0;
  const auto [least, most] = std::ranges::minmax(plans, {}, &RateLimit::count);
  return is_own_mailbox ? least->count : most->count;
}

}  // namespace

void Limits::use(providers::Directory directory, settings::Language language) {
  directory_.emplace(std::move(directory));
  language_ = language;
  rates_.clear();
  spf_.clear();
  for (const auto& one : directory_->all()) {
    if (one.takes) smallest_ = std::min(smallest_, of_message(*one.takes));
  }
}

void Limits::learn(const store::LearnedSize& size) {
  if (learned_.size() >= most_learned && !learned_.contains(size.domain)) return;
  learned_.insert_or_assign(size.domain, size.bytes);
  smallest_ = std::min(smallest_, size.bytes);
}

std::optional<std::uint64_t> Limits::learned(std::string_view domain) const {
  const auto found = learned_.find(domain);
  if (found == learned_.end()) return std::nullopt;
  return found->second;
}

const std::string& Limits::name_of(const Provider& provider) const {
  return language_ == settings::Language::japanese ? provider.name_ja : provider.name_en;
}

checks::RecipientFacts Limits::of_recipient(std::string_view address, std::string_view domain,
                                            const std::vector<std::string>& exchangers) const {
  checks::RecipientFacts facts;
  facts.address = address;
  facts.learned_limit = learned(domain);
  if (!directory_) return facts;
  const auto* provider = directory_->of_domain(domain);
  for (const auto& host : exchangers) {
    if (provider == nullptr) provider = directory_->of_host(host);
  }
  if (provider == nullptr) return facts;
  facts.provider = name_of(*provider);
  if (provider->takes) facts.provider_limit = of_message(*provider->takes);
  return facts;
}

const std::string& Limits::spf_of(const std::string& server) {
  const auto known = spf_.find(server);
  if (known != spf_.end()) return known->second;
  if (spf_.size() >= most_senders) spf_.clear();
  const auto* provider = directory_ ? directory_->of_host(server) : nullptr;
  return spf_.emplace(server, provider == nullptr ? "" : provider->spf).first->second;
}

const checks::RateFacts& Limits::rates(const std::string& server,
                                       const std::string& sender_domain) {
  const auto key = std::pair(server, sender_domain);
  const auto known = rates_.find(key);
  if (known != rates_.end()) return known->second;
  if (rates_.size() >= most_senders) rates_.clear();
  return rates_.emplace(key, find_rates(server, sender_domain)).first->second;
}

checks::RateFacts Limits::find_rates(std::string_view server,
                                     std::string_view sender_domain) const {
  using Counts = RateLimit::Counts;
  using Per = RateLimit::Per;
  checks::RateFacts facts;
  const auto* provider = directory_ ? directory_->of_host(server) : nullptr;
  if (provider == nullptr) return facts;
  const bool is_own = directory_->of_domain(sender_domain) == provider;
  facts.provider = name_of(*provider);
  facts.max_messages_hour = limit_of(*provider, is_own, Counts::messages, Per::hour);
  facts.max_messages_day = limit_of(*provider, is_own, Counts::messages, Per::day);
  facts.max_recipients_hour = limit_of(*provider, is_own, Counts::recipients, Per::hour);
  facts.max_recipients_day = limit_of(*provider, is_own, Counts::recipients, Per::day);
  return facts;
}

std::optional<std::uint64_t> octets_in(std::string_view text) {
  constexpr double least = 1e5, largest = 2e9;
  double number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return std::nullopt;
  auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  double factor = 1;
  if (unit.starts_with('k') || unit.starts_with('K')) factor = 1e3;
  if (unit.starts_with('m') || unit.starts_with('M')) factor = 1e6;
  if (unit.starts_with('g') || unit.starts_with('G')) factor = 1e9;
  const double octets = number * factor;
  if (octets >= least && octets <= largest) return static_cast<std::uint64_t>(octets);
  return std::nullopt;  // also for what is no number
}

}  // namespace todoku::facts
