// SPDX-License-Identifier: Apache-2.0
// Lines are put together here and handed to spdlog's stderr sink as they are: its pattern formatter
// knows neither our two formats nor JSON escapes.
#include "proxy/platform/log.hpp"

#include "proxy/platform/calendar.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <mutex>
#include <utility>

#ifndef _WIN32
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace todoku::platform {
namespace {

using Clock = std::chrono::system_clock;

std::string_view word_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

void add_number(std::string& line, std::int64_t number, std::size_t width = 0) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto size = static_cast<std::size_t>(end - digits);
  if (size < width) line.append(width - size, '0');
  line.append(digits, size);
}

// What a first byte announces (RFC 3629 section 4).
std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

// The length of the UTF-8 sequence that begins here, 0 when there is no well-formed one (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = announced_length(lead);
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(1) > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// Control characters of C0, DEL and C1 (U+0080..U+009F): a terminal obeys them.
bool is_control(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

void add_code(std::string& line, unsigned code) {
  static constexpr char hex[] = "0123456789abcdef";
  line += "\\u00";
  line += hex[code >> 4 & 0xF];
  line += hex[code & 0xF];
}

// Escapes that are valid in JSON and plain to read in text.
void add_escaped(std::string& line, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(sequence.size());
    if (length == 0) {
      line += "\xEF\xBF\xBD";  // U+FFFD for a byte that is no UTF-8
    } else if (sequence == "\"" || sequence == "\\") {
      line += '\\';
      line += sequence;
    } else if (is_control(sequence)) {
      add_code(line, static_cast<unsigned char>(sequence.back()));
    } else {
      line += sequence;
    }
  }
}

void add_quoted(std::string& line, std::string_view text) {
  line += '"';
  add_escaped(line, text);
  line += '"';
}

bool is_plain_word(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
  }
  return !text.empty();
}

void add_text_value(std::string& line, std::string_view text) {
  if (is_plain_word(text)) {
    line += text;
  } else {
    add_quoted(line, text);
  }
}

#ifdef _WIN32
bool may_block() {
  return false;
}
bool has_room() {
  return true;
}
#else
// A pipe or a terminal whose reader sleeps would hold every writer.
bool may_block() {
  struct stat status {};
  return fstat(STDERR_FILENO, &status) == 0 && !S_ISREG(status.st_mode);
}

// For a line of PIPE_BUF bytes at least (pipe(7)); longer ones are rare.
bool has_room() {
  pollfd entry{STDERR_FILENO, POLLOUT, 0};
  return poll(&entry, 1, 0) != 0;  // an error is for the write to meet
}
#endif

}  // namespace

struct Log::Impl {
  std::mutex mutex;  // guards all below; "any thread" is this class's promise
  LogFormat format;
  spdlog::sinks::stderr_sink_st sink;
  std::string line;  // reused
  const bool may_be_full = may_block();
  std::int64_t lost = 0;  // lines since there was room last
  std::time_t second = -1;
  std::string stamp;  // "2026-11-24T18:19:09." of that second

  explicit Impl(LogFormat f) : format(f) {
    // The line is complete: the pattern is the text alone, without an end of its own.
    sink.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%v", spdlog::pattern_time_type::utc, std::string()));
  }
  void put(LogLevel level, std::string_view event, std::string_view id,
           std::initializer_list<Field> fields);
  void add_time(Clock::time_point now);
  void add_text(LogLevel level, std::string_view event, std::string_view id,
                std::initializer_list<Field> fields);
  void add_json(LogLevel level, std::string_view event, std::string_view id,
                std::initializer_list<Field> fields);
};

void Log::Impl::put(LogLevel level, std::string_view event, std::string_view id,
                    std::initializer_list<Field> fields) {
  line.clear();
  if (format == LogFormat::json) {
    add_json(level, event, id, fields);
  } else {
    add_text(level, event, id, fields);
  }
  line += '\n';
  sink.log(spdlog::details::log_msg("", spdlog::level::info, line));  // flushes
}

void Log::Impl::add_time(Clock::time_point now) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const auto current = static_cast<std::time_t>(since.count() / 1000);
  if (current != second) {
    second = current;
    stamp = utc_time(now, "%Y-%m-%dT%H:%M:%S.");
  }
  line += stamp;
  add_number(line, since.count() % 1000, 3);
  line += 'Z';
}

void Log::Impl::add_text(LogLevel level, std::string_view event, std::string_view id,
                         std::initializer_list<Field> fields) {
  add_time(Clock::now());
  line += ' ';
  line += word_of(level);
  line += ' ';
  line += event;
  if (!id.empty()) {
    line += " id=";
    add_text_value(line, id);
  }
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      add_number(line, *number);
    } else {
      add_text_value(line, std::get<std::string_view>(field.value));
    }
  }
}

void Log::Impl::add_json(LogLevel level, std::string_view event, std::string_view id,
                         std::initializer_list<Field> fields) {
  line += R"({"time":")";
  add_time(Clock::now());
  line += R"(","level":")";
  line += word_of(level);
  line += R"(","event":)";
  add_quoted(line, event);
  if (!id.empty()) {
    line += R"(,"id":)";
    add_quoted(line, id);
  }
  for (const Field& field : fields) {
    line += ',';
    add_quoted(line, field.name);
    line += ':';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      add_number(line, *number);
    } else {
      add_quoted(line, std::get<std::string_view>(field.value));
    }
  }
  line += '}';
}

Log::Log(LogFormat format, LogLevel least) : impl_(std::make_unique<Impl>(format)), least_(least) {}

Log::~Log() {
  flush();
}

void Log::write(LogLevel level, std::string_view event, std::string_view id,
                std::initializer_list<Field> fields) {
  if (!wants(level)) return;
  const std::lock_guard guard(impl_->mutex);
  if (impl_->may_be_full && !has_room()) {
    ++impl_->lost;
    return;
  }
  if (const auto lost = std::exchange(impl_->lost, 0); lost > 0)
    impl_->put(LogLevel::warning, "log.lines_lost", "", {{"count", lost}});
  impl_->put(level, event, id, fields);
}

void Log::flush() {
  const std::lock_guard guard(impl_->mutex);
  impl_->sink.flush();
}

}  // namespace todoku::platform
