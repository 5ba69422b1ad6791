// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line as values. Only what exists in this release is accepted; nothing here exits,
// prints or reads a file.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::cli {

struct ServeOptions {
  std::optional<std::string> config;
  std::vector<std::string> listen;
  std::optional<std::string> upstream;
  std::vector<std::string> fallback;
  std::optional<std::string> mailbox;
  std::optional<std::string> state_dir;
  std::optional<std::string> api;
  std::optional<std::string> upstream_ca;
  std::optional<std::string> language;  // ja or en
  std::optional<std::string> log;       // text or json
  std::optional<std::string> when_unknown;
  bool trace = false;
  std::vector<std::string> set;  // KEY=VALUE
};

struct DemoOptions {
  std::optional<std::string> language;  // ja or en
  std::vector<std::string> listen;
  std::optional<std::string> state_dir;
  bool once = false;  // end after the sample messages
};

struct ConfigCheckOptions {
  std::string file;
  std::optional<std::string> language;  // ja or en
};

enum class MessagesAction : std::uint8_t {
  list,
  show,
  retry,
  release,
  discard
};

struct MessagesOptions {
  MessagesAction action = MessagesAction::list;
  std::optional<std::string> config;
  std::optional<std::string> state_dir;
  std::optional<std::string> language;  // ja or en
  bool json = false;
  // list
  std::vector<std::string> states;  // names of delivery::MessageState; empty = the usual choice
  std::optional<std::string> account;
  std::optional<std::size_t> limit;
  bool all = false;
  // the others
  std::string id;                        // or its beginning
  std::vector<std::string> corrections;  // OLD=NEW; release
  bool yes = false;                      // retry: it may arrive twice
};

enum class RelaysAction : std::uint8_t {
  show,
  test,
  learn
};

struct RelaysOptions {
  RelaysAction action = RelaysAction::show;
  std::string name;                 // of a fallback: test, learn
  std::string file;                 // learn: the copy that arrived
  std::optional<std::string> from;  // test
  std::optional<std::string> to;    // test
  std::vector<std::string> set;     // KEY=VALUE: test, learn
  std::optional<std::string> config;
  std::optional<std::string> state_dir;
  std::optional<std::string> language;  // ja or en
  bool json = false;
};

enum class SecretAction : std::uint8_t {
  set,
  list,
  remove
};

struct SecretOptions {
  SecretAction action = SecretAction::list;
  std::string name;  // set, remove
  std::optional<std::string> config;
  std::optional<std::string> state_dir;
  std::optional<std::string> language;  // ja or en
  bool json = false;                    // list
};

struct SetupOptions {                 // setup address-book
  std::vector<std::string> profiles;  // folders of Thunderbird; empty = those that are found
  bool yes = false;                   // no question
  std::optional<std::string> config;
  std::optional<std::string> state_dir;
  std::optional<std::string> language;  // ja or en
};

struct ExplainOptions {
  std::vector<std::string> words;       // files; or, when none of them is one, an error in words
  std::optional<std::string> text;      // what an error says
  std::optional<std::string> language;  // ja or en
  bool json = false;
  bool batch = false;       // file paths on standard input, one JSON line each
  bool all_causes = false;  // every explanation, Japanese and English side by side
};

struct CheckAddressOptions {
  std::vector<std::string> addresses;
  std::optional<std::string> language;  // ja or en
  bool json = false;
  bool batch = false;             // addresses on standard input, one JSON line each
  bool no_known_domains = false;  // as if no list of real domains were at hand
};

struct CheckOptions {
  std::optional<std::string> file;      // absent or "-" = standard input
  std::vector<std::string> recipients;  // empty = those of the message's header
  std::optional<std::string> config;
  std::optional<std::string> language;  // ja or en
  bool json = false;
  std::vector<std::string> set;  // KEY=VALUE
};

// Nothing to run: print text (to standard output when code is 0, else to standard error) and end.
struct Finished {
  int code = 0;
  std::string text;  // ends with a newline
};

using Options = std::variant<ServeOptions, DemoOptions, ExplainOptions, ConfigCheckOptions,
                             MessagesOptions, RelaysOptions, SecretOptions, SetupOptions,
                             CheckAddressOptions, CheckOptions, Finished>;

Options parse_options(int argc, const char* const* argv, std::string_view version);

}  // namespace todoku::cli
