// SPDX-License-Identifier: Apache-2.0
#pragma once

// Memory of paths: a destination that refused the usual relay for its reputation is served by a
// fallback for some days (delisting takes 3 to 5), with a probe now and then that brings it back to
// the usual path. The evidence is kept. Pure: time is an argument; what changes is returned for the
// store to keep.
#include "proxy/delivery/fallback_cause.hpp"
#include "proxy/delivery/path_health.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::delivery {

// One refusal, as it was seen.
struct PathEvidence {
  Time at{};
  std::string message_id;  // ours
  FallbackCause cause = FallbackCause::blocklisted;
  std::string reply;  // the relay's words, cleaned
  bool operator==(const PathEvidence&) const = default;
};

struct RememberedPath {
  std::string relay;     // the usual one, host:port
  std::string domain;    // of the recipients, lower case
  std::string fallback;  // its name: the one that took the mail last; empty = none has yet
  Time since{};          // when the first of these refusals came
  Time until{};          // then the usual path is tried again with the next message
  Time next_probe{};     // one message tries it then
  std::vector<PathEvidence> evidence;  // oldest first; the first one and the latest few
  bool operator==(const RememberedPath&) const = default;
};

struct PathLimits {
  std::chrono::milliseconds keep_for = std::chrono::hours(72);
  std::chrono::milliseconds probe_every = std::chrono::hours(12);
};

// What a step has changed; nothing = nothing that has to be kept or told.
struct PathChange {
  enum class Kind : std::uint8_t {
    began,     // to be told: mail for this domain goes another way from now on
    extended,  // refused again, or taken by another fallback
    returned,  // to be told: the usual path works again
  };
  Kind kind = Kind::began;
  RememberedPath path;  // for returned: as it was
};

class PathMemory {
 public:
  static constexpr std::size_t most_paths = 10'000;  // the oldest give way
  static constexpr std::size_t most_evidence = 5;
  // A probe that tells nothing for so long has been lost; another one may go.
  static constexpr std::chrono::minutes longest_probe{10};

  explicit PathMemory(PathLimits limits) : limits_(limits) {}
  // From the store. What is remembered already is newer, and stays.
  void restore(std::vector<RememberedPath> paths);

  enum class Way : std::uint8_t {
    usual,     // nothing is remembered
    probe,     // try the usual one with this message; on a refusal a fallback at once
    fallback,  // do not try the usual one
  };
  [[nodiscard]] Way way_for(std::string_view relay, std::string_view domain, Time now) const;
  // A message takes the way of a probe.
  void probe_begins(std::string_view relay, std::string_view domain, Time now);

  // The usual relay refused, for blocklisted or bad_reputation; other causes are not remembered.
  std::optional<PathChange> refused(std::string_view relay, std::string_view domain,
                                    PathEvidence evidence);
  // A fallback took the mail that the usual relay had refused.
  std::optional<PathChange> took_over(std::string_view relay, std::string_view domain,
                                      std::string_view fallback);
  // The usual relay took mail for the domain.
  std::optional<PathChange> accepted(std::string_view relay, std::string_view domain);
  // A person wants the usual path back.
  std::optional<PathChange> forget(std::string_view relay, std::string_view domain);

  [[nodiscard]] const RememberedPath* find(std::string_view relay, std::string_view domain) const;
  [[nodiscard]] std::vector<RememberedPath> all() const;  // by relay and domain

 private:
  struct Entry {
    RememberedPath path;
    std::optional<Time> probe_since;
  };
  using Key = std::pair<std::string, std::string>;
  [[nodiscard]] static Key key_of(std::string_view relay, std::string_view domain);
  [[nodiscard]] const Entry* entry(std::string_view relay, std::string_view domain) const;
  void make_room();

  PathLimits limits_;
  std::map<Key, Entry> paths_;
};

}  // namespace todoku::delivery
