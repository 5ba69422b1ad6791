// SPDX-License-Identifier: Apache-2.0
// The rows. Bounds refuse what can only be a slip (0 sessions, a year of waiting), not taste.
#include "proxy/settings/registry.hpp"

#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"
#include "proxy/settings/text_faults.hpp"

#include <algorithm>

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

std::optional<std::string> known_key_fault(std::string_view text) {
  if (find_row(text) != nullptr) return std::nullopt;
  return quoted(text) + ": " + unknown_key(text);
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
    {"state_dir", TODOKU_AT(state_dir), Unit::none, 0, 0, any_text_fault, "",
     "folder for spool, certificate and history; empty = the system's usual place"},
    {"upstream_ca", TODOKU_AT(upstream_ca), Unit::none, 0, 0, any_text_fault, "",
     "PEM file with further root certificates for upstream servers; empty = the system's only"},
    {"language", TODOKU_AT(language), Unit::none, 0, 0, nullptr, "auto",
     "language of what people read: auto, ja or en"},
    {"locked", TODOKU_AT(locked), Unit::none, 0, 0, known_key_fault, "",
     "keys that a person's own file and options may not change; for the administrator's file"},
    {"gateway", TODOKU_AT(gateway), Unit::none, 0, 0, nullptr, "off",
     "may listen beyond loopback; TLS and log-in are then compulsory"},
    {"stop_limit", TODOKU_AT(stop_limit), Unit::duration, 0, minute, nullptr, "8s",
     "how long a stop waits for mail under way"},
    {"mailbox", TODOKU_AT(mailbox), Unit::none, 0, 0, nullptr, "",
     "mailbox to watch for bounces; read and checked now, acts from the release that brings the "
     "watcher"},
    {"api", TODOKU_AT(api), Unit::none, 0, 0, optional_host_port_fault, "",
     "HOST:PORT of the dashboard, empty = off; read and checked now, acts from the release that "
     "brings the dashboard"},
    {"log.format", TODOKU_AT(log_format), Unit::none, 0, 0, nullptr, "text",
     "one line per event on standard error, as text or json"},
    {"log.level", TODOKU_AT(log_level), Unit::none, 0, 0, nullptr, "info",
     "least important events to log: debug, info, warning or error"},
    {"log.trace", TODOKU_AT(trace), Unit::none, 0, 0, nullptr, "off",
     "log each protocol line too, without secrets and bodies"},
    {"smtp.host_name", TODOKU_AT(smtp.host_name), Unit::none, 0, 0, host_name_fault, "localhost",
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
    {"delivery.alignment_check", TODOKU_AT(delivery.alignment_check), Unit::duration, second,
     365 * day, nullptr, "1d",
     "how often it is looked up whether the fallbacks may carry your domains' mail"},
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
    {"delivery.hello_name", TODOKU_AT(delivery.hello_name), Unit::none, 0, 0,
     optional_host_name_fault, "",
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
    {"checks.size_upstream", TODOKU_AT(checks.size_upstream), Unit::none, 0, 0, nullptr, "refuse",
     "the message is larger than the sending server takes"},
    {"checks.size_recipient", TODOKU_AT(checks.size_recipient), Unit::none, 0, 0, nullptr, "note",
     "it is larger than a recipient's provider takes, as far as is known"},
    {"checks.size_own", TODOKU_AT(checks.size_own), Unit::none, 0, 0, nullptr, "note",
     "it is larger than max_message, or a file than max_attachment"},
    {"checks.line_length", TODOKU_AT(checks.line_length), Unit::none, 0, 0, nullptr, "note",
     "lines over 998 octets, or line ends that are not CR LF"},
    {"checks.characters", TODOKU_AT(checks.characters), Unit::none, 0, 0, nullptr, "note",
     "text that is not in its declared charset, half-width kana, machine-dependent characters, raw "
     "names in the header"},
    {"checks.structure", TODOKU_AT(checks.structure), Unit::none, 0, 0, nullptr, "note",
     "broken MIME: boundaries, types, NUL octets, a message without From"},
    {"checks.sender", TODOKU_AT(checks.sender), Unit::none, 0, 0, nullptr, "note",
     "From or Reply-To is not of this account"},
    {"checks.missing_text", TODOKU_AT(checks.missing_text), Unit::none, 0, 0, nullptr, "note",
     "a message or HTML without text that everybody can read"},
    {"checks.html", TODOKU_AT(checks.html), Unit::none, 0, 0, nullptr, "note",
     "scripts, forms, and links or pictures that only this computer has"},
    {"checks.winmail", TODOKU_AT(checks.winmail), Unit::none, 0, 0, nullptr, "note",
     "a winmail.dat, which only Outlook can open"},
    {"checks.forgotten_attachment", TODOKU_AT(checks.forgotten_attachment), Unit::none, 0, 0,
     nullptr, "note", "the text speaks of a file, and there is none"},
    {"checks.risky_attachment", TODOKU_AT(checks.risky_attachment), Unit::none, 0, 0, nullptr,
     "note", "programs, also inside archives or under another name"},
    {"checks.encrypted_archive", TODOKU_AT(checks.encrypted_archive), Unit::none, 0, 0, nullptr,
     "note", "an archive with a password (PPAP)"},
    {"checks.empty_attachment", TODOKU_AT(checks.empty_attachment), Unit::none, 0, 0, nullptr,
     "note", "an attached file without content"},
    {"checks.virus", TODOKU_AT(checks.virus), Unit::none, 0, 0, nullptr, "hold",
     "a virus scanner has found something"},
    {"checks.many_recipients", TODOKU_AT(checks.many_recipients), Unit::none, 0, 0, nullptr, "note",
     "many outside addresses can see each other in To and Cc"},
    {"checks.new_domain", TODOKU_AT(checks.new_domain), Unit::none, 0, 0, nullptr, "note",
     "a reply goes to a domain that was never written to"},
    {"checks.company_name", TODOKU_AT(checks.company_name), Unit::none, 0, 0, nullptr, "note",
     "the text greets another company or person than the recipient"},
    {"checks.keywords", TODOKU_AT(checks.keywords), Unit::none, 0, 0, nullptr, "note",
     "one of watched_words stands in the subject, text or file names"},
    {"checks.mistyped_address", TODOKU_AT(checks.mistyped_address), Unit::none, 0, 0, nullptr,
     "note", "a recipient's address looks mistyped"},
    {"checks.blocked_recipients", TODOKU_AT(checks.blocked_recipients), Unit::none, 0, 0, nullptr,
     "refuse", "a recipient stands in blocked_addresses"},
    {"checks.external_recipients", TODOKU_AT(checks.external_recipients), Unit::none, 0, 0, nullptr,
     "off", "recipients outside internal_domains, to confirm"},
    {"checks.own_password", TODOKU_AT(checks.own_password), Unit::none, 0, 0, nullptr, "note",
     "the text has the password of this account"},
    {"checks.same_again", TODOKU_AT(checks.same_again), Unit::none, 0, 0, nullptr, "note",
     "the same content was sent before"},
    {"checks.rate", TODOKU_AT(checks.rate), Unit::none, 0, 0, nullptr, "note",
     "the provider's limit of messages or recipients is near"},
    {"checks.sudden_rise", TODOKU_AT(checks.sudden_rise), Unit::none, 0, 0, nullptr, "note",
     "this account sends far more than usual"},
    {"checks.wording", TODOKU_AT(checks.wording), Unit::none, 0, 0, nullptr, "note",
     "words and links that spam filters dislike; advice only"},
    {"checks.authentication", TODOKU_AT(checks.authentication), Unit::none, 0, 0, nullptr, "note",
     "SPF, DKIM or DMARC of the sender's domain are missing or broken"},
    {"checks.max_message", TODOKU_AT(checks.max_message), Unit::bytes, 0, 2 * gib, nullptr, "0B",
     "largest message as it travels, by size_own; 0 = no limit"},
    {"checks.max_attachment", TODOKU_AT(checks.max_attachment), Unit::bytes, 0, 2 * gib, nullptr,
     "0B", "largest attached file as it travels, by size_own; 0 = no limit"},
    {"checks.many_recipients_from", TODOKU_AT(checks.many_recipients_from), Unit::count, 2, 1000,
     nullptr, "10", "outside addresses in To and Cc that are many"},
    {"checks.many_links_from", TODOKU_AT(checks.many_links_from), Unit::count, 1, 10'000, nullptr,
     "30", "links in one message that are many"},
    {"checks.rate_percent", TODOKU_AT(checks.rate_percent), Unit::count, 1, 100, nullptr, "80",
     "part of a provider's limit from which it is told"},
    {"checks.sudden_rise_factor", TODOKU_AT(checks.sudden_rise_factor), Unit::count, 2, 1000,
     nullptr, "5", "how many times the usual number of messages in an hour is a sudden rise"},
    {"checks.sudden_rise_from", TODOKU_AT(checks.sudden_rise_from), Unit::count, 1, 100'000,
     nullptr, "30", "messages in an hour below which nothing is a sudden rise"},
    {"checks.virus_scanner", TODOKU_AT(checks.virus_scanner), Unit::none, 0, 0,
     optional_scanner_fault, "",
     "clamd: the path of its socket, or HOST:PORT on loopback; empty = none"},
    {"checks.virus_scan_limit", TODOKU_AT(checks.virus_scan_limit), Unit::duration, tenth, minute,
     nullptr, "10s", "how long a message waits for the virus scanner"},
    {"checks.same_again_within", TODOKU_AT(checks.same_again_within), Unit::duration, second, day,
     nullptr, "10m", "how long after a message the same content to the same people is told"},
    {"checks.facts_budget", TODOKU_AT(checks.facts_budget), Unit::duration, 0, 10 * second, nullptr,
     "1500ms", "how long a message waits at most for what the DNS says of its recipients' domains"},
    {"checks.undo_window", TODOKU_AT(checks.undo_window), Unit::duration, 0, hour, nullptr, "0ms",
     "how long each message waits so that it can be taken back; 0 = not at all"},
    {"checks.may_override", TODOKU_AT(checks.may_override), Unit::none, 0, 0, nullptr, "on",
     "what a check refused goes when it is sent again, from mail clients that never resend by "
     "themselves"},
    {"checks.override_within", TODOKU_AT(checks.override_within), Unit::duration, second, day,
     nullptr, "10m", "how long after the refusal"},
    {"checks.internal_domains", TODOKU_AT(checks.internal_domains), Unit::none, 0, 0,
     host_name_fault, "",
     "domains of one's own organisation, with all below them; the sender's own always counts"},
    {"checks.blocked_addresses", TODOKU_AT(checks.blocked_addresses), Unit::none, 0, 0,
     address_or_domain_fault, "", "recipients that get no mail: addresses or @domain"},
    {"checks.watched_words", TODOKU_AT(checks.watched_words), Unit::none, 0, 0, word_fault, "",
     "words to look for, by keywords"},
    {"checks.companies", TODOKU_AT(checks.companies), Unit::none, 0, 0, company_and_domain_fault,
     "", "names of companies and their domains, by company_name"},
    {"checks.large_file_places", TODOKU_AT(checks.large_file_places), Unit::none, 0, 0, word_fault,
     "", "where to put files that are too large for mail; empty = a list that ships"},
    {"dns.servers", TODOKU_AT(dns.servers), Unit::none, 0, 0, optional_servers_fault, "",
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

std::optional<std::string> lock_fault(const std::vector<std::string>& locked,
                                      std::string_view key) {
  if (locked.empty()) return std::nullopt;
  const bool is_locked =
      key == "locked" || std::find(locked.begin(), locked.end(), key) != locked.end();
  if (!is_locked) return std::nullopt;
  return "is set by the administrator of this computer and cannot be changed here";
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
