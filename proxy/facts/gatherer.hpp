// SPDX-License-Identifier: Apache-2.0
#pragma once

// Gathers what the pre-send checks need to know beyond the message. Owned by main, outlives the
// submission room. I/O thread.
#include "proxy/facts/sources.hpp"
#include "proxy/submission/inquiry.hpp"

namespace todoku::facts {

class Gatherer final : public submission::FactSource {
 public:
  explicit Gatherer(Surroundings around) : sources_(std::move(around)) {}

  std::unique_ptr<submission::Inquiry> open(const settings::Account& account,
                                            const smtp::Envelope& envelope) override;
  [[nodiscard]] bool scans() const override;
  // Until then nothing is known of providers.
  boost::asio::awaitable<void> load_providers();
  // Takes over what the store has of earlier mail: when its key is there.
  boost::asio::awaitable<void> recall();
  // Told of everything that is written down.
  void note(const store::Change& change);
  // Has what was counted lately written down. Now and then, and at the end.
  void keep_counts();

 private:
  void add_sent(const store::NoteCorrespondents& written);
  boost::asio::awaitable<void> learn_size(delivery::Attempt attempt);

  Sources sources_;
};

}  // namespace todoku::facts
