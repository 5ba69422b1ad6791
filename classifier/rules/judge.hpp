// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a server said -> the cause, with the rule that decided. Rules are data
// (config/rules/*.toml), compiled once; judging is pure, bounded (a long text is cut, no pattern
// backtracks) and safe from any thread at once. Vendor rules come first; an administrator's rules
// override them by id.
#include "classifier/cause.hpp"
#include "classifier/rules/parameters.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::rules {

// Everything that is known of one refusal; all of it may be empty. The views must live for the
// call.
struct Evidence {
  std::string_view diagnostic;   // the decisive text, UTF-8; may begin with the reply code
  std::string_view status;       // enhanced status "5.1.1"
  std::string_view reply_code;   // "550"
  std::string_view command;      // "CONNECT" "EHLO" "AUTH" "MAIL" "RCPT" "DATA" "EOM"
  std::string_view remote_host;  // the server that said it
  std::string_view system;       // who wrote the report: "postfix", "exchange", ...
  std::string_view text;       // the report's human text; looked at when the diagnostic says little
  std::string_view action;     // "failed", "delayed", ...
  std::string_view sender;     // envelope sender of the original
  std::string_view recipient;  // the address that was refused
  bool reported = false;       // told by a report; false: words that stand alone
};

struct Judgement {
  Cause cause = Cause::undefined;
  double certainty = 0;          // 0..1
  std::string rule;              // id of the deciding rule; "none" = nothing matched
  std::optional<Cause> second;   // a close other possibility
  std::size_t phrase_begin = 0;  // the decisive phrase within the diagnostic;
  std::size_t phrase_end = 0;    // begin == end: it is not there (a code or the text decided)
  Parameters parameters;
  std::string provider_case;   // "gmail-5.7.26", "microsoft-s3140"; empty = none
  bool reason_hidden = false;  // the wording is that of a system known to hide its real reason
};

// Why a rule file is not taken. English, for administrators.
struct Mistake {
  std::string file;
  std::uint32_t line = 0;  // 0 = not known
  std::string what;
};

struct RuleText {
  std::string name;    // for mistakes: "generic.toml"
  std::string text;    // TOML
  bool admin = false;  // true: may replace and disable rules of the files before it
};

// A sample of a rule: text that the rule itself must decide. For tests.
struct Sample {
  std::string rule;
  Cause cause;
  std::string text, status, command, remote_host, system, action;
};

class Rules {
 public:
  Rules(Rules&&) noexcept;
  Rules& operator=(Rules&&) noexcept;
  ~Rules();

  // In order of precedence, lowest first. Either every file is right or the list of mistakes.
  static std::variant<Rules, std::vector<Mistake>> parse(const std::vector<RuleText>& texts);

  [[nodiscard]] Judgement judge(const Evidence& evidence) const;

  [[nodiscard]] std::size_t size() const;  // rules in force
  [[nodiscard]] std::vector<Sample> samples() const;

 private:
  struct Compiled;
  explicit Rules(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace todoku::rules
