// SPDX-License-Identifier: Apache-2.0
#pragma once

// The message that the bench sends. Every copy has a Message-ID of its own, since the same message
// sent twice is not a new message to Todoku, and a digest of its body, which the sink can check.
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::bench {

// FNV-1a: it must find an altered byte, not an adversary.
std::uint64_t digest(std::string_view bytes);

class MessageMaker {
 public:
  explicit MessageMaker(std::size_t size);
  // The header section of the next message, with its empty line.
  [[nodiscard]] std::string next_header();
  // The body as it goes over the wire after DATA: dots doubled, end mark included.
  [[nodiscard]] std::string_view wire_body() const { return wire_body_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::string digest_;
  std::string run_;
  std::string wire_body_;
  std::uint64_t serial_ = 0;
};

// True if the message's body is what its header says. Dots are already undone.
bool is_unchanged(std::string_view message);
// RFC 5321 4.5.2, for what was received after DATA, end mark included.
std::string without_dot_stuffing(std::string_view wire);

}  // namespace todoku::bench
