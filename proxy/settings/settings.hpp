// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every setting, typed, with its default. Read from config/defaults/todoku.toml's keys, the user's
// file, command line options and --set, in that order. Pure: text in, values and mistakes out.
#include "proxy/settings/server_url.hpp"
#include "proxy/wire/ip_address.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::settings {

using Duration = std::chrono::milliseconds;

enum class Language : std::uint8_t {
  automatic,
  japanese,
  english
};
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
enum class BareNewline : std::uint8_t {
  repair,
  refuse
};
enum class WhenUnknown : std::uint8_t {
  ask,
  resend
};

// What a pre-send check does when it finds something.
enum class CheckLevel : std::uint8_t {
  off,     // not looked for
  note,    // told, and the message goes
  hold,    // kept until a person has said what to do
  refuse,  // the mail client is told no
};

struct Account {                     // [[account]]
  std::string name;                  // for people and logs
  std::vector<std::string> senders;  // addresses or "@domain" or "*"
  std::string login;                 // the user name that the client logs in with; empty = any
  ServerUrl upstream;
};

// What another relay can cure (ARCHITECTURE: cause, not digit).
enum class FallbackCause : std::uint8_t {
  blocklisted,     // the server is on a list, or refused as one that could be
  bad_reputation,  // refused for its reputation, or for the name of its address
  unreachable,     // not found, no answer, no TLS, down or closing (421, 4.3.x)
  rate_limited,    // the server's own limit of a time; never the account's
};

// [[fallback]]: a server for times when the account's own is blocked or down. In the order given.
struct Fallback {
  std::string name;
  ServerUrl relay;     // user@: logs in with that name and the secret below
  std::string secret;  // the name of a stored secret (todoku secret set NAME); empty = no log-in
  std::vector<std::string> allowed_from{"*"};  // senders: addresses, "@domain" or "*"
  std::vector<std::string> never_to;           // domains of recipients, and all below them
  std::vector<FallbackCause> when{FallbackCause::blocklisted, FallbackCause::bad_reputation,
                                  FallbackCause::unreachable};
  std::uint32_t messages_per_day = 0;     // 0 = without a limit
  std::vector<wire::IpNetwork> outgoing;  // that its mail leaves from; empty = to be learned
  std::string dkim_domain;                // all three, or none: mail through it is signed
  std::string dkim_selector;
  std::string dkim_secret;  // the name of a stored secret, a private key in PEM
};

struct Smtp {  // [smtp] towards the client
  std::string host_name = "localhost";
  std::uint64_t max_message_size = 100ULL * 1024 * 1024;  // bytes
  std::uint32_t max_recipients = 1000;
  std::uint32_t max_sessions = 2000;
  std::uint32_t max_command_line = 4096;  // bytes
  std::uint32_t max_login_line = 16384;   // bytes
  std::uint32_t max_header = 256 * 1024;  // bytes
  std::uint32_t max_hops = 50;            // Received lines
  Duration idle_limit{300'000};
  Duration body_limit{300'000};
};

struct Delivery {  // [delivery] towards relays
  Duration answer_budget{20'000};
  Duration verdict_wait{50'000};  // no progress of a relay for so long = tried again later
  std::vector<Duration> retry{    // waits between attempts; the last one repeats
                              Duration{60'000},    Duration{300'000},   Duration{900'000},
                              Duration{1'800'000}, Duration{3'600'000}, Duration{7'200'000},
                              Duration{14'400'000}};
  bool queue_deferred = false;          // a 4xx about the message is queued, not answered
  Duration spacing{0};                  // between two queued messages of one account
  Duration max_age{259'200'000};        // 3 d: then a waiting message is returned
  Duration delay_notice{300'000};       // a message that waits longer is told of
  Duration decide_within{86'400'000};   // 24 h: held and unknown messages wait for a person
  bool notice_mail = true;              // tell of returned mail by mail, too
  Duration notice_mail_after{600'000};  // when nothing else has shown it by then
  bool path_memory = true;
  Duration path_memory_for{259'200'000};  // 3 d: then the usual path is tried again
  Duration path_probe{43'200'000};        // 12 h: one message tries it so often meanwhile
  Duration alignment_check{86'400'000};   // 24 h: how often the DNS is asked about the fallbacks
  Duration unknown_wait{600'000};
  WhenUnknown when_unknown = WhenUnknown::ask;
  BareNewline bare_newline = BareNewline::repair;
  std::uint32_t connections_per_account = 4;
  bool chunking = true;
  bool keep_warm = true;
  Duration warm_for{300'000};              // an unused authenticated connection is kept so long
  Duration careful_after{10'000};          // idle longer: MAIL and RCPT first, then the body
  std::uint64_t stream_from = 256 * 1024;  // bytes: larger bodies are relayed while they arrive
  std::uint64_t stream_window = 4 * 1024 * 1024;  // bytes the client may be ahead of the relay
  std::string hello_name;                         // empty = address literal of the socket
  Duration connect_limit{30'000};
  Duration greeting_limit{300'000};
  Duration command_limit{300'000};
  Duration data_limit{120'000};
  Duration block_limit{180'000};
  Duration final_dot_limit{600'000};
};

struct Store {  // [store]
  bool encrypt = true;
  std::uint64_t memory_body = 64 * 1024;  // bytes of one body held in memory before the spool file
  std::uint64_t max_spool = 4ULL * 1024 * 1024 * 1024;  // bytes in all
  Duration keep_sent{604'800'000};                      // 7 d: copies of sent mail
  std::uint64_t keep_sent_bytes = 2'000'000'000;        // all copies together
  Duration keep_history{7'776'000'000};                 // 90 d: what went where and when
};

struct Checks {  // [checks] before a message leaves; a level for each, then what they go by
  CheckLevel size_upstream = CheckLevel::refuse;
  CheckLevel size_recipient = CheckLevel::note;
  CheckLevel size_own = CheckLevel::note;
  CheckLevel line_length = CheckLevel::note;
  CheckLevel characters = CheckLevel::note;
  CheckLevel structure = CheckLevel::note;
  CheckLevel sender = CheckLevel::note;
  CheckLevel missing_text = CheckLevel::note;
  CheckLevel html = CheckLevel::note;
  CheckLevel winmail = CheckLevel::note;
  CheckLevel forgotten_attachment = CheckLevel::note;
  CheckLevel risky_attachment = CheckLevel::note;
  CheckLevel encrypted_archive = CheckLevel::note;
  CheckLevel empty_attachment = CheckLevel::note;
  CheckLevel virus = CheckLevel::hold;
  CheckLevel many_recipients = CheckLevel::note;
  CheckLevel new_domain = CheckLevel::note;
  CheckLevel company_name = CheckLevel::note;
  CheckLevel keywords = CheckLevel::note;
  CheckLevel mistyped_address = CheckLevel::note;
  CheckLevel blocked_recipients = CheckLevel::refuse;
  CheckLevel external_recipients = CheckLevel::off;
  CheckLevel own_password = CheckLevel::note;
  CheckLevel same_again = CheckLevel::note;
  CheckLevel rate = CheckLevel::note;
  CheckLevel sudden_rise = CheckLevel::note;
  CheckLevel wording = CheckLevel::note;
  CheckLevel authentication = CheckLevel::note;

  std::uint64_t max_message = 0;            // bytes as it travels; 0 = no limit of our own
  std::uint64_t max_attachment = 0;         // bytes as it travels; 0 = none
  std::uint32_t many_recipients_from = 10;  // addresses outside, in To and Cc
  std::uint32_t many_links_from = 30;       // in one message
  std::uint32_t rate_percent = 80;          // of a provider's limit: told from here on
  std::uint32_t sudden_rise_factor = 5;     // times the usual number in an hour
  std::uint32_t sudden_rise_from = 30;      // messages in an hour; fewer are no rise
  std::string virus_scanner;  // clamd: the path of its socket, or HOST:PORT; empty = none
  Duration virus_scan_limit{10'000};
  Duration same_again_within{600'000};         // 10 min
  Duration facts_budget{1'500};                // a message is held up for facts so long at most
  Duration undo_window{0};                     // every message waits so long and can be taken back
  bool may_override = true;                    // refused, then sent again: goes
  Duration override_within{600'000};           // 10 min
  std::vector<std::string> internal_domains;   // and all domains below them
  std::vector<std::string> blocked_addresses;  // addresses or "@domain"
  std::vector<std::string> watched_words;      // words in subject, text or file names
  std::vector<std::string> companies;          // "name = domain"
  std::vector<std::string> large_file_places;  // empty = those that ship
};

struct Dns {                     // [dns]
  std::string servers;           // "192.0.2.1,[2001:db8::1]:53"; empty = the system's
  Duration timeout{5'000};       // for one question, all tries together
  Duration longest{86'400'000};  // 24 h: an answer is not kept longer, whatever it says
};

// submission://127.0.0.1:1587 and submissions://127.0.0.1:1465.
std::vector<ServerUrl> default_listen();

struct Settings {
  std::vector<ServerUrl> listen = default_listen();
  std::vector<Account> accounts;  // --upstream adds one that takes every sender
  std::vector<Fallback> fallbacks;
  std::optional<ServerUrl> mailbox;
  std::string state_dir;    // empty = the system's usual place
  std::string api;          // HOST:PORT, empty = off
  std::string upstream_ca;  // PEM file, empty = the system's roots only
  Language language = Language::automatic;
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::info;
  bool trace = false;
  bool gateway = false;        // may listen beyond loopback; then TLS and AUTH are compulsory
  Duration stop_limit{8'000};  // how long SIGTERM waits for mail under way
  Smtp smtp;
  Delivery delivery;
  Store store;
  Dns dns;
  Checks checks;
  std::vector<std::string> locked;  // keys that later files and options may not change
};

// A mistake, with its place: "todoku.toml:12: delivery.answer_bugdet: unknown key; did you mean
// ...?"
struct Mistake {
  std::string source;      // file name, "--set", or the option
  std::uint32_t line = 0;  // 0 = not from a file
  std::string key;
  std::string message;  // English, one sentence: what is wrong and what would be right
};
std::string to_string(const Mistake& mistake);

// Applies a TOML text. Later calls override earlier ones. Returns all mistakes, not only the first;
// settings keeps what was right. source is the name shown in mistakes.
std::vector<Mistake> apply_toml(Settings& settings, std::string_view text, std::string_view source);
// Applies one "KEY=VALUE" of --set. VALUE is taken in the key's type: 20s, 4MiB, on/off, a,b,c,
// text.
std::vector<Mistake> apply_override(Settings& settings, std::string_view key_value);
// What only the whole shows: clear text to a remote host, listening beyond loopback, no account,
// ...
std::vector<Mistake> check_whole(const Settings& settings);

// One row for each key, for documentation and tests.
struct KeyRow {
  std::string_view key;
  std::string_view meaning;
  std::string_view unit;
  std::string_view default_text;  // as it would be written after --set KEY=
};
std::vector<KeyRow> all_keys();

}  // namespace todoku::settings
