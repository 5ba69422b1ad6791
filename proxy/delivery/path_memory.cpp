// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/path_memory.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>

namespace todoku::delivery {

PathMemory::Key PathMemory::key_of(std::string_view relay, std::string_view domain) {
  return {mail::lower_copy(relay), mail::lower_copy(domain)};
}

const PathMemory::Entry* PathMemory::entry(std::string_view relay, std::string_view domain) const {
  const auto found = paths_.find(key_of(relay, domain));
  return found == paths_.end() ? nullptr : &found->second;
}

void PathMemory::restore(std::vector<RememberedPath> paths) {
  for (auto& path : paths) {
    auto key = key_of(path.relay, path.domain);
    paths_.try_emplace(std::move(key), Entry{std::move(path), std::nullopt});
  }
  make_room();
}

void PathMemory::make_room() {
  while (paths_.size() > most_paths) {
    paths_.erase(std::ranges::min_element(paths_, {},
                                          [](const auto& one) { return one.second.path.until; }));
  }
}

PathMemory::Way PathMemory::way_for(std::string_view relay, std::string_view domain,
                                    Time now) const {
  const auto* known = entry(relay, domain);
  if (known == nullptr) return Way::usual;
  const bool is_probing = known->probe_since && now < *known->probe_since + longest_probe;
  const bool is_due = now >= known->path.until || now >= known->path.next_probe;
  return is_due && !is_probing ? Way::probe : Way::fallback;
}

void PathMemory::probe_begins(std::string_view relay, std::string_view domain, Time now) {
  const auto found = paths_.find(key_of(relay, domain));
  if (found != paths_.end()) found->second.probe_since = now;
}

std::optional<PathChange> PathMemory::refused(std::string_view relay, std::string_view domain,
                                              PathEvidence evidence) {
  const bool is_reputation = evidence.cause == FallbackCause::blocklisted ||
                             evidence.cause == FallbackCause::bad_reputation;
  if (!is_reputation) return std::nullopt;
  const auto now = evidence.at;
  auto key = key_of(relay, domain);
  const bool is_new = !paths_.contains(key);
  auto& entry = paths_[key];
  auto& path = entry.path;
  if (is_new) path = {key.first, key.second, "", now, {}, {}, {}};
  entry.probe_since.reset();
  path.until = now + limits_.keep_for;
  path.next_probe = now + limits_.probe_every;
  // The first one says how it began; of the others the latest are kept.
  if (path.evidence.size() == most_evidence) path.evidence.erase(path.evidence.begin() + 1);
  path.evidence.push_back(std::move(evidence));
  PathChange change{is_new ? PathChange::Kind::began : PathChange::Kind::extended, path};
  make_room();
  return change;
}

std::optional<PathChange> PathMemory::took_over(std::string_view relay, std::string_view domain,
                                                std::string_view fallback) {
  const auto found = paths_.find(key_of(relay, domain));
  if (found == paths_.end() || found->second.path.fallback == fallback) return std::nullopt;
  found->second.path.fallback = fallback;
  return PathChange{PathChange::Kind::extended, found->second.path};
}

std::optional<PathChange> PathMemory::accepted(std::string_view relay, std::string_view domain) {
  return forget(relay, domain);
}

std::optional<PathChange> PathMemory::forget(std::string_view relay, std::string_view domain) {
  const auto found = paths_.find(key_of(relay, domain));
  if (found == paths_.end()) return std::nullopt;
  PathChange change{PathChange::Kind::returned, std::move(found->second.path)};
  paths_.erase(found);
  return change;
}

const RememberedPath* PathMemory::find(std::string_view relay, std::string_view domain) const {
  const auto* known = entry(relay, domain);
  return known == nullptr ? nullptr : &known->path;
}

std::vector<RememberedPath> PathMemory::all() const {
  std::vector<RememberedPath> list;
  for (const auto& [key, entry] : paths_) list.push_back(entry.path);
  return list;
}

}  // namespace todoku::delivery
