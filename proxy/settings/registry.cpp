// SPDX-License-Identifier: Apache-2.0

// The rows. Bounds refuse what can only be a slip (0 sessions, a year of waiting), not taste.
#include "proxy/settings/registry.hpp"

#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#define TODOKU_AT(member) [](Settings& s) -> Target { return &s.member; }

namespace todoku::settings {
namespace {

constexpr std::uint64_t second = 1'000;
constexpr std::uint64_t minute = 60 * second;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t day = 24 * hour;
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t tenth = 100;  // of a second; shorter waits are for no network

std::optional<std::string> any_text(std::string_view text) {
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return "may not have control characters";
  return std::nullopt;
}

std::optional<std::string> host_name(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) return std::nullopt;
  if (const auto fault = host_fault(text)) return "the host name " + quoted(text) + " " + *fault;
  return std::nullopt;
}

std::optional<std::string> no_or_host_name(std::string_view text) {
  return text.empty() ? std::nullopt : host_name(text);
}

std::optional<std::string> no_or_host_port(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view wanted = "write HOST:PORT, for instance 127.0.0.1:8025 or [::1]:8025";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return quoted(text) + " has no port; " + std::string(wanted);
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto end = port_text.data() + port_text.size();
  const auto read = std::from_chars(port_text.data(), end, port);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool literal = host.find(':') != std::string_view::npos;
  if (read.ec != std::errc{} || read.ptr != end || host_fault(host) || bracketed != literal)
    return quoted(text) + " is not HOST:PORT; " + std::string(wanted);
  // A dashboard for the whole network would be a different thing; there is no switch for it.
  if (!is_loopback(host)) return quoted(text) + " is not loopback; " + std::string(wanted);
  return std::nullopt;
}

// "192.0.2.1,192.0.2.2:5353,[2001:db8::1]:53": what c-ares takes, and no more.
bool is_server(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (!bracketed && parse_ipv6(text)) return true;
  if (bracketed && end == std::string_view::npos) return false;
  const auto address = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  auto rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (bracketed) rest.remove_prefix(1);
  if (!(bracketed ? parse_ipv6(address).has_value() : parse_ipv4(address).has_value()))
    return false;
  if (rest.empty()) return true;
  std::uint16_t port = 0;
  const auto last = rest.data() + rest.size();
  const auto read = std::from_chars(rest.data() + 1, last, port);
  return rest.front() == ':' && read.ec == std::errc{} && read.ptr == last && port != 0;
}

std::optional<std::string> no_or_servers(std::string_view text) {
  while (!text.empty()) {
    const auto server = text.substr(0, text.find(','));
    if (!is_server(server))
      return quoted(server) + " is no server; write for instance 192.0.2.1 or [2001:db8::1]:53";
    text.remove_prefix(std::min(text.size(), server.size() + 1));
  }
  return std::nullopt;
}

std::string_view unit_text(Unit unit) {
  switch (unit) {
    case Unit::none:
    case Unit::count:
      return "";
    case Unit::bytes:
      return "bytes, or with KiB MiB GiB KB MB GB";
    case Unit::duration:
      return "seconds, or with ms s m h d";
  }
  return "";
}

std::string_view last_part(std::string_view key) {
  return key.substr(key.rfind('.') + 1);
}

// key, place, unit, least, most, text rule, default, meaning
constexpr Row table[] = {
    {"listen", TODOKU_AT(listen), Unit::none, 1, 64, nullptr,
     "submission://127.0.0.1:1587,submissions://127.0.0.1:1465",
     "where mail clients connect: submission:// offers STARTTLS, submissions:// is TLS from the "
     "first byte"},
    {"state_dir", TODOKU_AT(state_dir), Unit::none, 0, 0, any_text, "",
     "folder for spool, certificate and history; empty = the system's usual place"},
    {"upstream_ca", TODOKU_AT(upstream_ca), Unit::none, 0, 0, any_text, "",
     "PEM file with further root certificates for upstream servers; empty = the system's only"},
    {"language", TODOKU_AT(language), Unit::none, 0, 0, nullptr, "auto",
     "language of what people read: auto, ja or en"},
    {"gateway", TODOKU_AT(gateway), Unit::none, 0, 0, nullptr, "off",
     "may listen beyond loopback; TLS and log-in are then compulsory"},
    {"stop_limit", TODOKU_AT(stop_limit), Unit::duration, 0, minute, nullptr, "8s",
     "how long a stop waits for mail under way"},
    {"mailbox", TODOKU_AT(mailbox), Unit::none, 0, 0, nullptr, "",
     "mailbox to watch for bounces; read and checked now, acts from the release that brings the "
     "watcher"},
    {"api", TODOKU_AT(api), Unit::none, 0, 0, no_or_host_port, "",
     "HOST:PORT of the dashboard, empty = off; read and checked now, acts from the release that "
     "brings the dashboard"},
    {"log.format", TODOKU_AT(log_format), Unit::none, 0, 0, nullptr, "text",
     "one line per event on standard error, as text or json"},
    {"log.level", TODOKU_AT(log_level), Unit::none, 0, 0, nullptr, "info",
     "least important events to log: debug, info, warning or error"},
    {"log.trace", TODOKU_AT(trace), Unit::none, 0, 0, nullptr, "off",
     "log each protocol line too, without secrets and bodies"},
    {"smtp.host_name", TODOKU_AT(smtp.host_name), Unit::none, 0, 0, host_name, "localhost",
     "name in the greeting to mail clients"},
    {"smtp.max_message_size", TODOKU_AT(smtp.max_message_size), Unit::bytes, kib, 2 * gib, nullptr,
     "100MiB", "largest message taken; announced by SIZE"},
    {"smtp.max_recipients", TODOKU_AT(smtp.max_recipients), Unit::count, 1, 100'000, nullptr,
     "1000", "recipients of one message"},
    {"smtp.max_sessions", TODOKU_AT(smtp.max_sessions), Unit::count, 1, 100'000, nullptr, "2000",
     "mail clients connected at the same time"},
    {"smtp.max_command_line", TODOKU_AT(smtp.max_command_line), Unit::bytes, 512, mib, nullptr,
     "4KiB", "longest command line"},
    {"smtp.max_login_line", TODOKU_AT(smtp.max_login_line), Unit::bytes, 512, mib, nullptr, "16KiB",
     "longest line while logging in (tokens are long)"},
    {"smtp.max_header", TODOKU_AT(smtp.max_header), Unit::bytes, kib, 16 * mib, nullptr, "256KiB",
     "longest header of a message"},
    {"smtp.max_hops", TODOKU_AT(smtp.max_hops), Unit::count, 1, 1000, nullptr, "50",
     "Received lines after which a message is taken to go in a circle"},
    {"smtp.idle_limit", TODOKU_AT(smtp.idle_limit), Unit::duration, tenth, day, nullptr, "5m",
     "how long a mail client may be silent between commands"},
    {"smtp.body_limit", TODOKU_AT(smtp.body_limit), Unit::duration, tenth, day, nullptr, "5m",
     "how long a mail client may be silent while it sends the message"},
    {"delivery.answer_budget", TODOKU_AT(delivery.answer_budget), Unit::duration, 0, 10 * minute,
     nullptr, "20s",
     "how long the client waits for the upstream's own answer before the message is queued"},
    {"delivery.verdict_wait", TODOKU_AT(delivery.verdict_wait), Unit::duration, tenth, 10 * minute,
     nullptr, "50s", "an upstream that makes no progress for so long is tried again later"},
    {"delivery.retry", TODOKU_AT(delivery.retry), Unit::duration, tenth, 7 * day, nullptr,
     "1m,5m,15m,30m,1h,2h,4h", "waits between attempts, the last one repeats"},
    {"delivery.queue_deferred", TODOKU_AT(delivery.queue_deferred), Unit::none, 0, 0, nullptr,
     "off",
     "a temporary refusal (4xx) of a message is queued and tried again instead of being answered"},
    {"delivery.spacing", TODOKU_AT(delivery.spacing), Unit::duration, 0, hour, nullptr, "0ms",
     "pause between two queued messages of one account"},
    {"delivery.max_age", TODOKU_AT(delivery.max_age), Unit::duration, second, 30 * day, nullptr,
     "3d", "a message that has waited for so long is returned to its sender"},
    {"delivery.delay_notice", TODOKU_AT(delivery.delay_notice), Unit::duration, tenth, 7 * day,
     nullptr, "5m", "a message that waits longer than this is told of"},
    {"delivery.decide_within", TODOKU_AT(delivery.decide_within), Unit::duration, second, 30 * day,
     nullptr, "1d",
     "held and unknown messages wait for a person for so long; then they are returned"},
    {"delivery.notice_mail", TODOKU_AT(delivery.notice_mail), Unit::none, 0, 0, nullptr, "on",
     "tell of returned and delayed mail by mail when nothing else shows it"},
    {"delivery.notice_mail_after", TODOKU_AT(delivery.notice_mail_after), Unit::duration, 0, day,
     nullptr, "10m", "how long the tray has to show it before such a mail is sent"},
    {"delivery.path_memory", TODOKU_AT(delivery.path_memory), Unit::none, 0, 0, nullptr, "on",
     "remember that a destination refused the usual server and took mail from a fallback"},
    {"delivery.path_memory_for", TODOKU_AT(delivery.path_memory_for), Unit::duration, second,
     365 * day, nullptr, "3d", "for how long such a destination is served by the fallback"},
    {"delivery.path_probe", TODOKU_AT(delivery.path_probe), Unit::duration, second, 365 * day,
     nullptr, "12h", "how often one message tries the usual server meanwhile"},
    {"delivery.unknown_wait", TODOKU_AT(delivery.unknown_wait), Unit::duration, tenth, 7 * day,
     nullptr, "10m", "with when_unknown = resend: how long to look for evidence before that"},
    {"delivery.when_unknown", TODOKU_AT(delivery.when_unknown), Unit::none, 0, 0, nullptr, "ask",
     "when the answer to a whole message was lost: ask a person, or resend once"},
    {"delivery.bare_newline", TODOKU_AT(delivery.bare_newline), Unit::none, 0, 0, nullptr, "repair",
     "line ends that are not CR LF: repair or refuse (signed mail is never repaired)"},
    {"delivery.connections_per_account", TODOKU_AT(delivery.connections_per_account), Unit::count,
     1, 100, nullptr, "4", "connections to one account's upstream at the same time"},
    {"delivery.chunking", TODOKU_AT(delivery.chunking), Unit::none, 0, 0, nullptr, "on",
     "use BDAT (RFC 3030) where the upstream offers it"},
    {"delivery.keep_warm", TODOKU_AT(delivery.keep_warm), Unit::none, 0, 0, nullptr, "on",
     "keep a logged-in connection for the next message"},
    {"delivery.warm_for", TODOKU_AT(delivery.warm_for), Unit::duration, second, day, nullptr, "5m",
     "how long an unused connection is kept"},
    {"delivery.careful_after", TODOKU_AT(delivery.careful_after), Unit::duration, 0, day, nullptr,
     "10s", "a connection unused for longer is tried with MAIL and RCPT before the body is sent"},
    {"delivery.stream_from", TODOKU_AT(delivery.stream_from), Unit::bytes, 0, 2 * gib, nullptr,
     "256KiB", "larger messages are relayed while they still arrive"},
    {"delivery.stream_window", TODOKU_AT(delivery.stream_window), Unit::bytes, 64 * kib, gib,
     nullptr, "4MiB", "how far the client may be ahead of the upstream, so that its bar is true"},
    {"delivery.hello_name", TODOKU_AT(delivery.hello_name), Unit::none, 0, 0, no_or_host_name, "",
     "name said to upstreams; empty = this computer's address literal"},
    {"delivery.connect_limit", TODOKU_AT(delivery.connect_limit), Unit::duration, tenth, hour,
     nullptr, "30s", "limit for connecting to an upstream, TLS included"},
    {"delivery.greeting_limit", TODOKU_AT(delivery.greeting_limit), Unit::duration, tenth, hour,
     nullptr, "5m", "limit for the upstream's greeting (RFC 5321 section 4.5.3.2.1)"},
    {"delivery.command_limit", TODOKU_AT(delivery.command_limit), Unit::duration, tenth, hour,
     nullptr, "5m", "limit for the answer to MAIL, RCPT and others (RFC 5321 section 4.5.3.2.2)"},
    {"delivery.data_limit", TODOKU_AT(delivery.data_limit), Unit::duration, tenth, hour, nullptr,
     "2m", "limit for the answer to DATA (RFC 5321 section 4.5.3.2.4)"},
    {"delivery.block_limit", TODOKU_AT(delivery.block_limit), Unit::duration, tenth, hour, nullptr,
     "3m", "limit for sending one block of the body (RFC 5321 section 4.5.3.2.5)"},
    {"delivery.final_dot_limit", TODOKU_AT(delivery.final_dot_limit), Unit::duration, tenth, hour,
     nullptr, "10m", "limit for the answer to the final dot (RFC 5321 section 4.5.3.2.6)"},
    {"store.encrypt", TODOKU_AT(store.encrypt), Unit::none, 0, 0, nullptr, "on",
     "encrypt kept messages on disk"},
    {"store.memory_body", TODOKU_AT(store.memory_body), Unit::bytes, 0, 64 * mib, nullptr, "64KiB",
     "part of one body held in memory before the spool file"},
    {"store.max_spool", TODOKU_AT(store.max_spool), Unit::bytes, mib, 1024 * 1024 * gib, nullptr,
     "4GiB", "all spool files together; above it new mail is told to come later"},
    {"store.keep_sent", TODOKU_AT(store.keep_sent), Unit::duration, 0, 365 * day, nullptr, "7d",
     "how long copies of sent mail are kept, so that it can be sent again another way"},
    {"store.keep_sent_bytes", TODOKU_AT(store.keep_sent_bytes), Unit::bytes, 0, 1024 * gib, nullptr,
     "2GB", "all these copies together; the oldest go first"},
    {"store.keep_history", TODOKU_AT(store.keep_history), Unit::duration, day, 3650 * day, nullptr,
     "90d", "how long it is remembered what went where and when"},
    {"dns.servers", TODOKU_AT(dns.servers), Unit::none, 0, 0, no_or_servers, "",
     "DNS servers to ask, ADDRESS or ADDRESS:PORT; empty = the system's"},
    {"dns.timeout", TODOKU_AT(dns.timeout), Unit::duration, tenth, minute, nullptr, "5s",
     "limit for one question to the DNS, all tries together"},
    {"dns.longest", TODOKU_AT(dns.longest), Unit::duration, 0, 30 * day, nullptr, "1d",
     "an answer of the DNS is not kept longer, whatever it says itself"},
};

// The right name in the wrong section.
std::string_view nearest_last_part(std::string_view key) {
  std::vector<std::string_view> names;
  for (const Row& row : table) names.push_back(last_part(row.key));
  const auto near = nearest(last_part(key), names);
  for (const Row& row : table) {
    if (!near.empty() && last_part(row.key) == near) return row.key;
  }
  return {};
}

}  // namespace

std::span<const Row> rows() {
  return table;
}

const Row* find_row(std::string_view key) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [key](const Row& row) { return row.key == key; });
  return found == std::end(table) ? nullptr : found;
}

std::vector<KeyRow> all_keys() {
  std::vector<KeyRow> keys;
  for (const Row& row : table)
    keys.push_back({row.key, row.meaning, unit_text(row.unit), row.default_text});
  return keys;
}

std::string unknown_key(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const Row& row : table) keys.push_back(row.key);
  auto near = nearest(key, keys);
  if (near.empty()) near = nearest_last_part(key);
  std::string text = "unknown key";
  if (near.empty()) return text + "; config/defaults/todoku.toml lists all keys";
  text += "; did you mean " + std::string(near) + "?";
  if (near.find('.') == std::string_view::npos && key.find('.') != std::string_view::npos)
    text += " (it stands above the first [section])";
  return text;
}

}  // namespace todoku::settings
