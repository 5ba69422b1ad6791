// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is remembered of the ways that mail has taken, and what people are told of it: once when
// mail begins to go another way, once when it returns. What has to be kept is given out as changes
// for the store. Owned by Paths. I/O thread.
#include "proxy/delivery/path_memory.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/records.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::relay {

// A relay did not take the mail of one recipient.
struct Refusal {
  std::string message_id;
  std::string relay;      // the usual one, host:port
  std::string recipient;  // its address
  delivery::FallbackCause cause = delivery::FallbackCause::unreachable;
  std::string reply;  // its words, or what stood in the way
};

class PathBook {
 public:
  explicit PathBook(const settings::Settings& settings);
  // From the store, at start, or when its key is there at last: then what has been remembered
  // meanwhile stays, and has to be written now.
  [[nodiscard]] store::Changes restore(std::vector<delivery::RememberedPath> paths);

  [[nodiscard]] delivery::PathMemory::Way way_for(std::string_view relay,
                                                  std::string_view recipient) const;
  // Why mail for this recipient does not take the usual way; null = it does.
  [[nodiscard]] const delivery::RememberedPath* remembered(std::string_view relay,
                                                           std::string_view recipient) const;
  void probe_begins(std::string_view relay, std::string_view recipient);

  void refused(const Refusal& refusal, store::Changes& changes);
  void went_round(const Refusal& refusal, const std::string& fallback, store::Changes& changes);
  // A fallback was not used, because it may not carry this sender's mail; told once a message.
  void withheld(const std::string& message_id, const delivery::AlignmentRecord& record,
                const std::string& addresses, store::Changes& changes);
  // The usual relay took the mail of this recipient.
  void accepted(const std::string& relay, std::string_view recipient, store::Changes& changes);

 private:
  void keep(const std::optional<delivery::PathChange>& change, store::Changes& changes);
  bool is_remembering_;
  delivery::PathMemory memory_;
  std::set<std::string> told_withheld_;  // ids of messages
  std::set<std::string> out_of_reach_;   // usual relays whose mail goes round them at present
};

}  // namespace todoku::relay
