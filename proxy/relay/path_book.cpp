// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/path_book.hpp"

#include "proxy/delivery/from_address.hpp"
#include "proxy/relay/keeping.hpp"
#include "proxy/settings/fallback_causes.hpp"

#include <utility>

namespace todoku::relay {

using delivery::domain_of;
using delivery::FallbackCause;
using delivery::PathChange;
using delivery::PathMemory;
using store::EventKind;

namespace {

constexpr std::size_t most_told = 1'000;

// Refused for its reputation: that lasts for days, and only for that destination.
bool is_for_days(FallbackCause cause) {
  return cause == FallbackCause::blocklisted || cause == FallbackCause::bad_reputation;
}

store::AddEvent event_of(EventKind kind, std::string message_id,
                         std::vector<std::pair<std::string, std::string>> parameters) {
  store::StoredEvent event;
  event.at = now();
  event.kind = kind;
  event.message_id = std::move(message_id);
  event.parameters = std::move(parameters);
  return {std::move(event)};
}

std::string seconds_of(store::Time at) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count());
}

}  // namespace

PathBook::PathBook(const settings::Settings& settings)
    : is_remembering_(settings.delivery.path_memory),
      memory_({settings.delivery.path_memory_for, settings.delivery.path_probe}) {}

store::Changes PathBook::restore(std::vector<delivery::RememberedPath> paths) {
  store::Changes changes;
  for (auto& path : memory_.all()) changes.push_back(store::PutPath{std::move(path)});
  if (is_remembering_) memory_.restore(std::move(paths));
  return changes;
}

PathMemory::Way PathBook::way_for(std::string_view relay, std::string_view recipient) const {
  return memory_.way_for(relay, domain_of(recipient), now());
}

const delivery::RememberedPath* PathBook::remembered(std::string_view relay,
                                                     std::string_view recipient) const {
  return memory_.find(relay, domain_of(recipient));
}

void PathBook::probe_begins(std::string_view relay, std::string_view recipient) {
  memory_.probe_begins(relay, domain_of(recipient), now());
}

void PathBook::keep(const std::optional<PathChange>& change, store::Changes& changes) {
  if (!change) return;
  const auto& path = change->path;
  if (change->kind == PathChange::Kind::returned) {
    changes.push_back(store::DropPath{path.relay, path.domain});
    changes.push_back(
        event_of(EventKind::detour_ended, "", {{"relay", path.relay}, {"domain", path.domain}}));
    return;
  }
  changes.push_back(store::PutPath{path});
}

void PathBook::refused(const Refusal& refusal, store::Changes& changes) {
  if (!is_remembering_ || !is_for_days(refusal.cause)) return;
  const delivery::PathEvidence evidence{now(), refusal.message_id, refusal.cause, refusal.reply};
  keep(memory_.refused(refusal.relay, domain_of(refusal.recipient), evidence), changes);
}

// Each message that went round has it in its own history; people are told once.
void PathBook::went_round(const Refusal& refusal, const std::string& fallback,
                          store::Changes& changes) {
  const std::string cause(settings::to_string(refusal.cause));
  changes.push_back(event_of(EventKind::rerouted, refusal.message_id,
                             {{"relay", refusal.relay},
                              {"fallback", fallback},
                              {"cause", cause},
                              {"addresses", refusal.recipient},
                              {"reply", refusal.reply}}));
  const auto domain = std::string(domain_of(refusal.recipient));
  std::vector<std::pair<std::string, std::string>> told{
      {"relay", refusal.relay}, {"fallback", fallback}, {"cause", cause}, {"reply", refusal.reply}};
  if (!is_for_days(refusal.cause)) {
    if (!out_of_reach_.insert(refusal.relay).second) return;
    changes.push_back(event_of(EventKind::detour_began, refusal.message_id, std::move(told)));
    return;
  }
  const auto* before = memory_.find(refusal.relay, domain);
  const bool is_first = before == nullptr || before->fallback.empty();
  keep(memory_.took_over(refusal.relay, domain, fallback), changes);
  if (!is_first) return;
  told.emplace_back("domain", domain);
  const auto* after = memory_.find(refusal.relay, domain);
  if (after != nullptr) told.emplace_back("until", seconds_of(after->until));
  changes.push_back(event_of(EventKind::detour_began, refusal.message_id, std::move(told)));
}

void PathBook::withheld(const std::string& message_id, const delivery::AlignmentRecord& record,
                        const std::string& addresses, store::Changes& changes) {
  if (told_withheld_.size() >= most_told) told_withheld_.clear();
  if (!told_withheld_.insert(message_id).second) return;
  auto told = delivery::texts_of(record);
  told.emplace_back("addresses", addresses);
  changes.push_back(event_of(EventKind::withheld, message_id, std::move(told)));
}

void PathBook::accepted(const std::string& relay, std::string_view recipient,
                        store::Changes& changes) {
  if (out_of_reach_.erase(relay) > 0) {
    changes.push_back(event_of(EventKind::detour_ended, "", {{"relay", relay}}));
  }
  keep(memory_.accepted(relay, domain_of(recipient)), changes);
}

}  // namespace todoku::relay
