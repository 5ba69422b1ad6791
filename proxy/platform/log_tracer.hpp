// SPDX-License-Identifier: Apache-2.0
#pragma once

// Puts what a dialogue tells for --trace into the log, one line each, with the session it belongs
// to. The thread of its dialogue.
#include "proxy/platform/log.hpp"
#include "proxy/wire/tracer.hpp"

#include <string>
#include <utility>

namespace todoku::platform {

class LogTracer final : public wire::Tracer {
 public:
  // log outlives the tracer. session: "client 12", "relay 3".
  LogTracer(Log& log, std::string session) : log_(log), session_(std::move(session)) {}

  void line(char direction, std::string_view text) override {
    const std::string_view way = direction == '<' ? "in" : "out";
    log_.write(LogLevel::info, "trace", "", {{"session", session_}, {"way", way}, {"line", text}});
  }

 private:
  Log& log_;
  std::string session_;
};

}  // namespace todoku::platform
