// SPDX-License-Identifier: Apache-2.0
#pragma once

// From the verdict to what a mail client is told: a refusal can be overridden by sending again, but
// only from a client that never sends again by itself; where that is not known the message is held
// instead. Pure: the time is an argument.
#include "proxy/checks/judge.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::checks {

enum class ClientHabit : std::uint8_t {
  keeps_window,  // shows the refusal and waits for the person: Thunderbird
  resends,       // tries its outbox again by a timer, or nothing is known of it
};

using Time = std::chrono::steady_clock::time_point;

// Refusals of the last minutes. One owner, one thread. Bounded.
class Overrides {
 public:
  explicit Overrides(const settings::Checks& settings) : settings_(settings) {}

  // Findings that were refused before are notes now, whoever refused them; the others are
  // remembered when the client is one that may override them. A refusal that the client would
  // repeat by itself becomes a hold. What no override cures (the upstream's own limit) stays.
  void apply(Verdict& verdict, std::string_view account, const smtp::Envelope& envelope,
             ClientHabit habit, Time now);
  [[nodiscard]] std::size_t size() const { return refused_.size(); }

 private:
  const settings::Checks& settings_;
  std::map<std::size_t, Time> refused_;  // by a hash of account, envelope and finding
};

// A sentence of config/messages/checks.*.toml.
struct Sentence {
  std::string key;
  Parameters parameters;
};

struct Refusal {
  smtp::Reply reply;                // ASCII, English; its first line is whole by itself
  std::vector<Sentence> sentences;  // for a client that shows UTF-8: one line below
};

// Of a verdict whose outcome is refuse.
[[nodiscard]] Refusal refusal_of(const Verdict& verdict, const settings::Checks& settings);

// Can the finding's refusal be overridden by sending again?
[[nodiscard]] bool may_be_overridden(const Finding& finding, const settings::Checks& settings);

}  // namespace todoku::checks
