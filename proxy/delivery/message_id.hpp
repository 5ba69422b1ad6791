// SPDX-License-Identifier: Apache-2.0
#pragma once

// The id of a message: 12 characters of Crockford base32 (40 bits of time in 1/16 s, 20 bits of
// chance), shown in the 250 reply, in every log line and in the Received header. Sorts by time.
// Everything about a message hangs on it: two messages with one id would be one message.
// Pure: time and chance are arguments.
#include <chrono>
#include <cstdint>
#include <string>

namespace todoku::delivery {

[[nodiscard]] std::string make_message_id(std::chrono::system_clock::time_point now,
                                          std::uint32_t chance);

// Gives ids out that are never the same, however many there are in an instant, also when the clock
// is set back; chance makes them differ from those of other runs. One thread.
class MessageIds {
 public:
  enum class Of : std::uint8_t {
    clients,
    notices  // written by Todoku itself: another half of the numbers
  };
  explicit MessageIds(Of whose) : whose_(whose) {}
  [[nodiscard]] std::string next(std::chrono::system_clock::time_point now, std::uint32_t chance);

 private:
  Of whose_;
  std::uint64_t last_ = 0;
};

}  // namespace todoku::delivery
