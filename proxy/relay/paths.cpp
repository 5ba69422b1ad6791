// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/paths.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/delivery/from_address.hpp"
#include "proxy/delivery/verdict.hpp"

#include <algorithm>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::FallbackCause;
using delivery::PathMemory;
using delivery::RecipientState;

// One message under way.
struct Paths::Trip {
  // One recipient: what the last relay said, and why it did not take it.
  struct Stop {
    delivery::RecipientOutcome outcome;
    std::optional<FallbackCause> cause;   // of the usual way
    std::string reply;                    // its words there
    std::vector<bool> tried;              // fallbacks, by place
    bool skips_usual = false;             // by memory
    std::optional<std::size_t> withheld;  // a fallback that may not carry this sender's mail
  };

  explicit Trip(std::shared_ptr<submission::Outgoing> of) : message(std::move(of)) {
    relay = name_of(message->account->upstream);
  }

  [[nodiscard]] bool is_over() const { return journey.needs_several_ways || message->is_given_up; }
  [[nodiscard]] bool is_whole(const Places& group) const { return group.size() == stops.size(); }
  // All or nothing: a client that still owns its message can be told of one verdict only.
  [[nodiscard]] bool may_be_parted() const { return message->accepts_partly; }
  [[nodiscard]] std::string_view sender() const {
    const auto& of_envelope = message->envelope.sender;
    return of_envelope.empty() ? std::string_view(message->from_address) : of_envelope;
  }
  [[nodiscard]] Refusal refusal_of(std::size_t place) const {
    const auto& stop = stops[place];
    return {message->id, relay, stop.outcome.address,
            stop.cause.value_or(FallbackCause::unreachable), stop.reply};
  }
  [[nodiscard]] std::shared_ptr<submission::Outgoing> part(const Places& group) const;
  void take(const delivery::Verdict& verdict, const Places& group);

  std::shared_ptr<submission::Outgoing> message;
  std::string relay;  // the usual one, host:port
  std::vector<Stop> stops;
  std::vector<std::optional<delivery::AlignmentVerdict>> alignments;  // by fallback
  Journey journey;
};

// The same message for some of its recipients.
std::shared_ptr<submission::Outgoing> Paths::Trip::part(const Places& group) const {
  if (is_whole(group)) return message;
  auto part = std::make_shared<submission::Outgoing>(*message);
  part->envelope.recipients.clear();
  for (const auto place : group) {
    part->envelope.recipients.push_back(message->envelope.recipients[place]);
  }
  return part;
}

void Paths::Trip::take(const delivery::Verdict& verdict, const Places& group) {
  for (std::size_t i = 0; i < group.size() && i < verdict.recipients.size(); ++i) {
    stops[group[i]].outcome = verdict.recipients[i];
  }
}

namespace {

bool is_done(RecipientState state) {
  return state == RecipientState::sent || state == RecipientState::unknown;
}

}  // namespace

Paths::Paths(Surroundings& around, Relay& relay, PathFacts& facts)
    : around_(around),
      relay_(relay),
      facts_(facts),
      fallbacks_(around),
      book_(around.settings),
      rules_(around.settings.fallbacks) {}

store::SetRelays Paths::all_relays() const {
  store::SetRelays all;
  for (const auto& account : around_.settings.accounts) {
    all.relays.push_back({name_of(account.upstream), "", store::RelayState::not_tried, now(), ""});
  }
  for (const auto& fallback : around_.settings.fallbacks) {
    all.relays.push_back(
        {name_of(fallback.relay), fallback.name, store::RelayState::not_tried, now(), ""});
  }
  return all;
}

bool Paths::learn(const delivery::RelayLesson& lesson, store::Changes& changes) {
  if (!fallbacks_.place_of(lesson.fallback)) return false;
  facts_.learn(lesson);
  changes.push_back(store::PutLesson{lesson});
  store::StoredEvent event;
  event.at = lesson.at;
  event.kind = store::EventKind::relay_tested;
  event.parameters = delivery::texts_of(lesson);
  changes.push_back(store::AddEvent{std::move(event)});
  return true;
}

bool Paths::leads_round(FallbackCause cause) const {
  return std::ranges::any_of(around_.settings.fallbacks, [cause](const auto& fallback) {
    return std::ranges::find(fallback.when, cause) != fallback.when.end();
  });
}

bool Paths::may_go_round(const submission::Outgoing& message) const {
  return message.may_go_round;
}

asio::awaitable<Journey> Paths::carry(std::shared_ptr<submission::Outgoing> message,
                                      const delivery::Attempt* known) {
  if (fallbacks_.none()) {
    auto journey = co_await by_the_only_way(std::move(message), known);
    co_return journey;
  }
  Trip trip(std::move(message));
  for (const auto& recipient : trip.message->envelope.recipients) {
    Trip::Stop stop;
    stop.outcome.address = recipient.address;
    stop.tried.resize(fallbacks_.count());
    trip.stops.push_back(std::move(stop));
  }
  trip.alignments.resize(fallbacks_.count());
  const auto first = co_await those_for_the_usual_way(trip);
  co_await take_usual_way(trip, known, first);
  if (may_go_round(*trip.message)) {
    co_await go_round(trip);
    // Remembered, but nothing else would take them: the usual way is still better than none.
    const auto left = untried(trip);
    co_await take_usual_way(trip, known, left);
  }
  note_withheld(trip);
  for (auto& stop : trip.stops) {
    trip.journey.verdict.recipients.push_back(std::move(stop.outcome));
  }
  co_return std::move(trip.journey);
}

// As most mail goes: nothing is remembered, and nothing has to be looked up.
asio::awaitable<Journey> Paths::by_the_only_way(std::shared_ptr<submission::Outgoing> message,
                                                const delivery::Attempt* known) {
  Journey journey;
  if (known != nullptr) {
    journey.verdict = delivery::verdict_of(*known, message->envelope);
  } else {
    journey.verdict = co_await relay_.attempt(std::move(message));
    journey.usual = journey.verdict.attempt;
  }
  journey.attempts.push_back(journey.verdict.attempt);
  co_return journey;
}

// All but those whose destination refused it some days ago and who have another way now.
asio::awaitable<Paths::Places> Paths::those_for_the_usual_way(Trip& trip) {
  Places group;
  for (std::size_t i = 0; i < trip.stops.size(); ++i) {
    auto& stop = trip.stops[i];
    const auto way = book_.way_for(trip.relay, stop.outcome.address);
    if (way == PathMemory::Way::probe) book_.probe_begins(trip.relay, stop.outcome.address);
    if (way == PathMemory::Way::fallback && may_go_round(*trip.message)) {
      const auto* past = book_.remembered(trip.relay, stop.outcome.address);
      stop.cause = past->evidence.back().cause;
      stop.reply = past->evidence.back().reply;
      const auto other = co_await choose(trip, i);
      stop.skips_usual = other.has_value();
    }
    if (!stop.skips_usual) group.push_back(i);
  }
  co_return group;
}

Paths::Places Paths::untried(const Trip& trip) {
  Places group;
  for (std::size_t i = 0; i < trip.stops.size(); ++i) {
    const auto& stop = trip.stops[i];
    if (stop.skips_usual && stop.outcome.state == RecipientState::waiting) group.push_back(i);
  }
  return group;
}

asio::awaitable<void> Paths::take_usual_way(Trip& trip, const delivery::Attempt* known,
                                            const Places& group) {
  if (group.empty() || trip.is_over()) co_return;
  if (!trip.is_whole(group) && !trip.may_be_parted()) {
    trip.journey.needs_several_ways = true;
    co_return;
  }
  const auto part = trip.part(group);
  auto& journey = trip.journey;
  if (known != nullptr) {
    journey.verdict = delivery::verdict_of(*known, part->envelope);
  } else {
    journey.verdict = co_await relay_.attempt(part);
    journey.usual = journey.verdict.attempt;
  }
  journey.attempts.push_back(journey.verdict.attempt);
  trip.take(journey.verdict, group);
  journey.verdict.recipients.clear();
  co_await find_causes(trip, group);
  note_usual(trip, group);
}

asio::awaitable<void> Paths::find_causes(Trip& trip, const Places& tried) {
  for (const auto place : tried) {
    auto& stop = trip.stops[place];
    if (is_done(stop.outcome.state) || stop.outcome.state == RecipientState::waiting) continue;
    auto attempt = trip.journey.attempts.back();
    if (stop.outcome.reply.code != 0) attempt.reply = stop.outcome.reply;
    auto cause = Cause::undefined;
    if (attempt.reply.code >= 400) {
      cause = co_await facts_.cause_of(attempt, attempt.reply, stop.outcome.address);
    }
    stop.cause = delivery::curable_cause(attempt, cause);
    stop.reply = delivery::trouble_in_words(attempt);
  }
}

// People are told why it was not used, and what would change that.
void Paths::note_withheld(Trip& trip) {
  auto& journey = trip.journey;
  std::string addresses;
  for (const auto& stop : trip.stops) {
    if (!stop.withheld || is_done(stop.outcome.state)) continue;
    journey.withheld_from.push_back(stop.outcome.address);
    addresses += (addresses.empty() ? "" : ", ") + stop.outcome.address;
    if (journey.verdict.withheld) continue;
    const auto from_domain = delivery::domain_of(trip.message->from_address);
    journey.verdict.withheld =
        delivery::record_of(fallbacks_.name(*stop.withheld), std::string(from_domain),
                            *trip.alignments[*stop.withheld], now());
  }
  if (!journey.verdict.withheld) return;
  book_.withheld(trip.message->id, *journey.verdict.withheld, addresses, journey.changes);
}

void Paths::note_usual(Trip& trip, const Places& tried) {
  auto& changes = trip.journey.changes;
  for (const auto place : tried) {
    const auto& stop = trip.stops[place];
    if (stop.outcome.state == RecipientState::sent) {
      book_.accepted(trip.relay, stop.outcome.address, changes);
    } else if (stop.cause) {
      book_.refused(trip.refusal_of(place), changes);
    }
  }
}

// Those who share a way go together, until nobody has one left.
asio::awaitable<void> Paths::go_round(Trip& trip) {
  while (!trip.is_over()) {
    std::optional<std::size_t> chosen;
    Places group;
    bool is_anybody_refused = false;
    for (std::size_t i = 0; i < trip.stops.size(); ++i) {
      if (is_done(trip.stops[i].outcome.state)) continue;
      const auto way = co_await choose(trip, i);
      if (way && (!chosen || way == chosen)) {
        chosen = way;
        group.push_back(i);
      }
      const bool is_refused = trip.stops[i].outcome.state == RecipientState::refused;
      is_anybody_refused = is_anybody_refused || (!way && is_refused);
    }
    if (!chosen) co_return;
    if (!trip.is_whole(group) && !trip.may_be_parted()) {
      // Who is refused for good is the client's to hear of, and then nobody gets it.
      trip.journey.needs_several_ways = !is_anybody_refused;
      co_return;
    }
    co_await go_by(trip, *chosen, group);
  }
}

asio::awaitable<std::optional<std::size_t>> Paths::choose(Trip& trip, std::size_t recipient) {
  auto& stop = trip.stops[recipient];
  while (true) {
    auto all = fallbacks_.now_of_all();
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].was_tried = stop.tried[i];
      all[i].alignment = trip.alignments[i];
    }
    const delivery::StrandedRecipient stranded{stop.outcome.address, stop.outcome.state,
                                               stop.cause};
    const auto next = rules_.next_path(trip.sender(), stranded, all);
    stop.withheld.reset();
    if (next.why_not == delivery::NoPath::would_fail_alignment) stop.withheld = next.refused;
    if (!next.fallback || !next.needs_alignment) co_return next.fallback;
    const auto from_domain = delivery::domain_of(trip.message->from_address);
    const auto envelope_domain = delivery::domain_of(trip.message->envelope.sender);
    delivery::AlignmentSender sender{mail::lower_copy(from_domain),
                                     mail::lower_copy(envelope_domain)};
    if (!trip.message->is_signed) sender.own_key = fallbacks_.own_key(*next.fallback);
    auto found = co_await facts_.alignment_of(*next.fallback, sender);
    trip.alignments[*next.fallback] = std::move(found);
  }
}

asio::awaitable<void> Paths::go_by(Trip& trip, std::size_t fallback, const Places& group) {
  const auto part = trip.part(group);
  auto& changes = trip.journey.changes;
  auto verdict = co_await fallbacks_.attempt(fallback, part, changes);
  trip.journey.attempts.push_back(verdict.attempt);
  note_round(trip, fallback, group, verdict);
}

// A fallback's own refusal for good is not the recipient's fate: what the usual relay said stands.
void Paths::note_round(Trip& trip, std::size_t fallback, const Places& group,
                       const delivery::Verdict& verdict) {
  auto& journey = trip.journey;
  for (std::size_t i = 0; i < group.size(); ++i) {
    auto& stop = trip.stops[group[i]];
    stop.tried[fallback] = true;
    if (i >= verdict.recipients.size()) continue;
    const auto& outcome = verdict.recipients[i];
    if (outcome.state == RecipientState::refused || outcome.state == RecipientState::waiting) {
      continue;
    }
    stop.outcome = outcome;
    journey.verdict.attempt = verdict.attempt;
    if (outcome.state == RecipientState::sent) {
      book_.went_round(trip.refusal_of(group[i]), fallbacks_.name(fallback), journey.changes);
    }
  }
}

}  // namespace todoku::relay
