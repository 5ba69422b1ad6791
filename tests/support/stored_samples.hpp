// SPDX-License-Identifier: Apache-2.0
#pragma once

// Messages as the store keeps them, for tests that show or change them.
#include "proxy/store/records.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace todoku::support {

// 2026-11-24 05:00 UTC, plus so many minutes.
inline store::Time minutes_later(int minutes) {
  using namespace std::chrono;
  const auto day = sys_days(year(2026) / month(11) / 24);
  return time_point_cast<milliseconds>(day + hours(5) + std::chrono::minutes(minutes));
}

inline store::StoredMessage stored_message(std::string id, delivery::MessageState state) {
  store::StoredMessage message;
  message.id = std::move(id);
  message.state = state;
  message.has_our_250 = true;
  message.is_client_told = true;
  message.account = "office";
  message.user = "taro@example.jp";
  message.envelope.sender = "taro@example.jp";
  message.envelope.recipients.push_back({"hanako@example.com", "", ""});
  message.outcomes.push_back({"hanako@example.com", delivery::RecipientState::waiting, {}});
  message.subject = "お見積りの件";
  message.message_id_header = "<1@example.jp>";
  message.size = 12'300;
  message.body = store::BodyPlace::database;
  message.arrived = minutes_later(0);
  message.changed = minutes_later(1);
  if (state == delivery::MessageState::waiting) {
    message.waits_for = store::WaitsFor::time;
    message.next_attempt = minutes_later(5);
    message.deadline = minutes_later(60);
  }
  const bool asks =
      state == delivery::MessageState::held || state == delivery::MessageState::unknown;
  if (asks) {
    message.waits_for = store::WaitsFor::person;
    message.deadline = minutes_later(24 * 60);
  }
  return message;
}

}  // namespace todoku::support
