// SPDX-License-Identifier: Apache-2.0
#pragma once

// What became of a message: as the mail client saw it, and as the sandbox provider saw it. Values.
#include "proxy/smtp/reply.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace todoku::demo {

// The client's view. reply.code 0 = no answer came; then trouble says why, in English.
struct Sent {
  smtp::Reply reply;
  std::string trouble;
  std::chrono::milliseconds took{0};
};

// The provider's view of one message that came in whole.
struct Received {
  std::string sender;
  std::vector<std::string> recipients;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point at;
  smtp::Reply answer;
};

}  // namespace todoku::demo
