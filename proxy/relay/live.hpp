// SPDX-License-Identifier: Apache-2.0
#pragma once

// A message between its last byte from the client and the end of its first attempt. Shared by the
// client's session and the attempt: either may end first. I/O thread.
#include "proxy/delivery/settlement.hpp"
#include "proxy/net/start.hpp"
#include "proxy/relay/journey.hpp"
#include "proxy/store/records.hpp"
#include "proxy/submission/carrier.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace todoku::relay {

struct Live {
  Live(boost::asio::any_io_executor executor, std::shared_ptr<submission::Outgoing> of)
      : message(std::move(of)), changed(std::move(executor)) {}

  [[nodiscard]] bool is_repeat() const { return !joined.empty(); }
  // Of the first journey, when it is over and has one.
  [[nodiscard]] const delivery::Verdict* verdict() const {
    return journey && !journey->needs_several_ways ? &journey->verdict : nullptr;
  }

  std::shared_ptr<submission::Outgoing> message;
  store::RepeatKey key{};
  std::string joined;                              // the id of the first one; empty = no repeat
  std::optional<Journey> journey;                  // the first, when it is over
  std::optional<delivery::Settlement> settlement;  // what the client is told
  store::StoredMessage record;                     // once it is ours
  bool has_left = false;       // the end of the message is, or was, on its way to the relay
  bool is_ours = false;        // it is being made durable, or is
  bool is_being_kept = false;  // its record is on its way to the disk: its end may not leave now
  bool is_handed_on = false;   // the queue takes over when the attempt ends
  bool is_hurried = false;     // Todoku is stopping: settle now
  net::Signal changed;
};

}  // namespace todoku::relay
