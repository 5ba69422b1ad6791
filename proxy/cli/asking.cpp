// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/asking.hpp"

#include "classifier/mail/ascii.hpp"

#include <chrono>
#include <istream>
#include <ostream>
#include <thread>

namespace todoku::cli {

namespace {

constexpr std::chrono::milliseconds between_looks{100};  // the database has no way to call

}  // namespace

Consent ask_consent(const Console& console, const std::string& question) {
  if (!console.can_ask) return Consent::cannot_ask;
  console.error << question << " " << std::flush;
  std::string answer;
  if (!std::getline(console.in, answer)) return Consent::refused;
  answer.erase(0, answer.find_first_not_of(" \t"));
  answer.erase(answer.find_last_not_of(" \t\r") + 1);
  const auto word = mail::lower_copy(answer);
  const bool is_yes = word == "y" || word == "yes" || word == "はい";
  return is_yes ? Consent::given : Consent::refused;
}

Result<store::RequestOutcome> wait_for_outcome(store::Reader& reader, std::uint64_t number,
                                               const Console& console) {
  const auto end = std::chrono::steady_clock::now() + console.patience;
  for (;;) {
    auto outcome = reader.outcome_of(number);
    if (outcome.has_error() || *outcome != store::RequestOutcome::pending) return outcome;
    if (std::chrono::steady_clock::now() >= end) return outcome;
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace todoku::cli
