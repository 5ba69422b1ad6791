// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/sender_records.hpp"

namespace todoku::facts {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_known = 1'000;
constexpr std::chrono::hours kept{6};
constexpr std::chrono::minutes kept_incomplete{1};  // the DNS is often back at once
constexpr std::chrono::hours told_again_after{24};

bool is_trouble(checks::AuthState state) {
  return state == checks::AuthState::missing || state == checks::AuthState::broken;
}

}  // namespace

void SenderRecords::ask(const SenderPath& path) {
  const Key key = key_of(path);
  const auto found = known_.find(key);
  if (found != known_.end() && now_() < found->second.until) return;
  if (found == known_.end() && known_.size() >= most_known) known_.clear();
  known_[key].until = Clock::time_point::max();
  rooms_.start("facts.sender", look_up(path));
}

asio::awaitable<void> SenderRecords::look_up(SenderPath path) {
  const Key key = key_of(path);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  SenderCheck check(std::move(path), now);
  auto* const resolver = resolver_();
  if (resolver != nullptr) co_await resolver->run(check);
  const bool is_whole = resolver != nullptr && !check.is_incomplete();
  auto& known = known_[key];
  known.facts = check.facts();
  known.until = now_() + (is_whole ? Clock::duration(kept) : Clock::duration(kept_incomplete));
}

const checks::AuthFacts* SenderRecords::trouble(const SenderPath& path, bool often) const {
  const auto found = known_.find(key_of(path));
  if (found == known_.end()) return nullptr;
  const auto& known = found->second;
  if (!is_trouble(known.facts.spf) && !is_trouble(known.facts.dmarc)) return nullptr;
  if (!often && now_() < known.told_until) return nullptr;
  return &known.facts;
}

void SenderRecords::was_told(const SenderPath& path) {
  const auto found = known_.find(key_of(path));
  if (found != known_.end()) found->second.told_until = now_() + told_again_after;
}

}  // namespace todoku::facts
