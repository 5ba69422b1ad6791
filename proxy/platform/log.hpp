// SPDX-License-Identifier: Apache-2.0
#pragma once

// One line per event on stderr, as text or JSON, with the message id as the thread through all
// lines of a message. Owner of spdlog. No secret, subject or body may be given to it. A reader that
// does not read holds nobody up: lines without room are left out and counted (log.lines_lost). Any
// thread.
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace todoku::platform {

enum class LogFormat : std::uint8_t {
  text,
  json
};
enum class LogLevel : std::uint8_t {
  debug,
  info,
  warning,
  error
};

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
};

class Log {
 public:
  Log(LogFormat format, LogLevel least);
  ~Log();
  // event: a fixed word ("accepted", "relay.refused"); id: message id or empty.
  // text: 2026-11-24T18:19:09.123Z info accepted id=... name=value name="quoted value"
  // json: {"time":"...","level":"info","event":"accepted","id":"...","name":"value","size":123}
  // Values are escaped; control characters never reach the terminal.
  void write(LogLevel level, std::string_view event, std::string_view id,
             std::initializer_list<Field> fields);
  [[nodiscard]] bool wants(LogLevel level) const { return level >= least_; }
  void flush();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  LogLevel least_;
};

}  // namespace todoku::platform
