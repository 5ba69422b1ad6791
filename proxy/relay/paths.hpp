// SPDX-License-Identifier: Apache-2.0
#pragma once

// A message's way to its recipients: the account's own server first, and round it by a fallback
// relay where its refusal or silence is one that another path can cure (cause, not digit). A
// recipient that a relay has accepted, or may have accepted, never goes twice. Owned by main. I/O
// thread.
#include "classifier/cause.hpp"
#include "proxy/relay/fallbacks.hpp"
#include "proxy/relay/journey.hpp"
#include "proxy/relay/keeping.hpp"
#include "proxy/relay/path_book.hpp"
#include "proxy/relay/relay.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace todoku::relay {

// What the rooms do not know themselves; wired in main.
class PathFacts {
 public:
  virtual ~PathFacts() = default;
  // Why a relay refused one recipient, by its words.
  virtual boost::asio::awaitable<Cause> cause_of(delivery::Attempt attempt, smtp::Reply reply,
                                                 std::string recipient) = 0;
  // Whether that fallback may carry mail with this address in its From line.
  virtual boost::asio::awaitable<delivery::AlignmentVerdict> alignment_of(
      std::size_t fallback, delivery::AlignmentSender sender) = 0;
  // A test mail has shown what a fallback makes of mail.
  virtual void learn(delivery::RelayLesson lesson) = 0;
};

class Paths {
 public:
  Paths(Surroundings& around, Relay& relay, PathFacts& facts);

  [[nodiscard]] Fallbacks& fallbacks() { return fallbacks_; }
  [[nodiscard]] PathBook& book() { return book_; }
  // Those of the settings, not tried yet.
  [[nodiscard]] store::SetRelays all_relays() const;
  // Takes over what a test mail has shown; false = there is no such fallback.
  bool learn(const delivery::RelayLesson& lesson, store::Changes& changes);
  // There is a way round an account's server that is out of reach.
  [[nodiscard]] bool leads_round(settings::FallbackCause cause) const;
  // known: the account's own server was out of reach a moment ago, so it is not asked; null = ask.
  boost::asio::awaitable<Journey> carry(std::shared_ptr<submission::Outgoing> message,
                                        const delivery::Attempt* known);

 private:
  struct Trip;
  using Places = std::vector<std::size_t>;  // of recipients, in the envelope's order
  boost::asio::awaitable<Journey> by_the_only_way(std::shared_ptr<submission::Outgoing> message,
                                                  const delivery::Attempt* known);
  boost::asio::awaitable<Places> those_for_the_usual_way(Trip& trip);
  static Places untried(const Trip& trip);
  [[nodiscard]] bool may_go_round(const submission::Outgoing& message) const;
  boost::asio::awaitable<void> take_usual_way(Trip& trip, const delivery::Attempt* known,
                                              const Places& group);
  boost::asio::awaitable<void> find_causes(Trip& trip, const Places& tried);
  boost::asio::awaitable<void> go_round(Trip& trip);
  boost::asio::awaitable<std::optional<std::size_t>> choose(Trip& trip, std::size_t recipient);
  boost::asio::awaitable<void> go_by(Trip& trip, std::size_t fallback, const Places& group);
  void note_withheld(Trip& trip);
  void note_usual(Trip& trip, const Places& tried);
  void note_round(Trip& trip, std::size_t fallback, const Places& group,
                  const delivery::Verdict& verdict);

  Surroundings& around_;
  Relay& relay_;
  PathFacts& facts_;
  Fallbacks fallbacks_;
  PathBook book_;
  delivery::FallbackRules rules_;
};

}  // namespace todoku::relay
