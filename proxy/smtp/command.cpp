// SPDX-License-Identifier: Apache-2.0
// The command table and the parameters of MAIL and RCPT.
#include "proxy/smtp/command.hpp"

#include "proxy/smtp/path.hpp"
#include "proxy/smtp/words.hpp"

#include <array>
#include <charconv>

namespace todoku::smtp {

namespace {

struct Known {
  std::string_view word;
  Verb verb;
};

constexpr std::array<Known, 35> known_words{{
    {"EHLO", Verb::ehlo},         {"HELO", Verb::helo},           {"MAIL", Verb::mail},
    {"RCPT", Verb::rcpt},         {"DATA", Verb::data},           {"RSET", Verb::rset},
    {"NOOP", Verb::noop},         {"QUIT", Verb::quit},           {"AUTH", Verb::auth},
    {"STARTTLS", Verb::starttls}, {"VRFY", Verb::vrfy},           {"HELP", Verb::help},
    {"EXPN", Verb::not_offered},  {"BDAT", Verb::not_offered},    {"BURL", Verb::not_offered},
    {"ETRN", Verb::not_offered},  {"ATRN", Verb::not_offered},    {"TURN", Verb::not_offered},
    {"SEND", Verb::not_offered},  {"SOML", Verb::not_offered},    {"SAML", Verb::not_offered},
    {"LHLO", Verb::not_offered},  {"XCLIENT", Verb::not_offered}, {"XFORWARD", Verb::not_offered},
    {"GET", Verb::http},          {"POST", Verb::http},           {"PUT", Verb::http},
    {"HEAD", Verb::http},         {"OPTIONS", Verb::http},        {"DELETE", Verb::http},
    {"CONNECT", Verb::http},      {"PATCH", Verb::http},          {"TRACE", Verb::http},
    {"PRI", Verb::http},  // the HTTP/2 preface
    {"HOST:", Verb::http},
}};

Reply unknown_parameter() {
  return refusal(555, "5.5.4", "This parameter is not known here");
}

// RFC 6531 3.5, 3.7.4.2: other scripts need SMTPUTF8 and must be UTF-8.
std::optional<Reply> check_script(std::string_view address, bool smtputf8) {
  if (!has_eight_bit(address)) return std::nullopt;
  if (!smtputf8)
    return refusal(553, "5.6.7", "This address needs SMTPUTF8, which was not asked for");
  if (cleaned(address, address.size()) != address)
    return refusal(553, "5.6.7", "The address is not written in UTF-8");
  return std::nullopt;
}

struct Parameter {
  std::string_view key;
  std::string_view value;
  bool has_value = false;
};

Parameter take_parameter(std::string_view& rest) {
  std::size_t end = 0;
  while (end < rest.size() && !is_space(rest[end])) ++end;
  const std::string_view word = rest.substr(0, end);
  rest = trimmed(rest.substr(end));
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {word, {}, false};
  return {word.substr(0, equals), word.substr(equals + 1), true};
}

std::optional<Reply> read_size(const Parameter& parameter, Envelope& into) {
  std::uint64_t size = 0;
  const char* const end = parameter.value.data() + parameter.value.size();
  const auto [stopped, error] = std::from_chars(parameter.value.data(), end, size);
  if (error == std::errc::result_out_of_range && stopped == end)
    return refusal(552, "5.3.4", "The message is too large");
  if (parameter.value.empty() || error != std::errc() || stopped != end)
    return bad_parameter("SIZE needs a number");
  if (into.declared_size) return bad_parameter("SIZE was given twice");
  into.declared_size = size;
  return std::nullopt;
}

std::optional<Reply> read_body(const Parameter& parameter, Envelope& into) {
  if (equals_upper(parameter.value, "8BITMIME"))
    into.body = BodyType::eight_bit_mime;
  else if (equals_upper(parameter.value, "7BIT"))
    into.body = BodyType::seven_bit;
  else if (equals_upper(parameter.value, "BINARYMIME"))
    return refusal(555, "5.5.4", "BINARYMIME is not offered");
  else
    return bad_parameter("BODY must be 7BIT or 8BITMIME");
  return std::nullopt;
}

std::optional<Reply> read_ret(const Parameter& parameter, Envelope& into) {
  if (!equals_upper(parameter.value, "FULL") && !equals_upper(parameter.value, "HDRS"))
    return bad_parameter("RET must be FULL or HDRS");
  if (!into.ret.empty()) return bad_parameter("RET was given twice");
  into.ret = upper_copy(parameter.value);
  return std::nullopt;
}

std::optional<Reply> read_envelope_id(const Parameter& parameter, Envelope& into) {
  // As given: Thunderbird sends the bare Message-ID without xtext encoding.
  if (parameter.value.empty() || !is_printable(parameter.value) || has_eight_bit(parameter.value))
    return bad_parameter("ENVID needs a value of printable ASCII");
  if (!into.envelope_id.empty()) return bad_parameter("ENVID was given twice");
  into.envelope_id = parameter.value;
  return std::nullopt;
}

std::optional<Reply> read_mail_parameter(const Parameter& parameter, const Capabilities& told,
                                         Envelope& into) {
  if (equals_upper(parameter.key, "SIZE")) return read_size(parameter, into);
  if (equals_upper(parameter.key, "BODY")) return read_body(parameter, into);
  if (equals_upper(parameter.key, "AUTH") && parameter.has_value)
    return std::nullopt;  // RFC 4954 5: not trusted, so not passed on
  if (equals_upper(parameter.key, "SMTPUTF8") && told.smtputf8) {
    if (parameter.has_value) return bad_parameter("SMTPUTF8 takes no value");
    into.smtputf8 = true;
    return std::nullopt;
  }
  if (equals_upper(parameter.key, "RET") && told.dsn) return read_ret(parameter, into);
  if (equals_upper(parameter.key, "ENVID") && told.dsn) return read_envelope_id(parameter, into);
  return unknown_parameter();
}

bool is_notify(std::string_view value) {
  if (equals_upper(value, "NEVER")) return true;
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view word = value.substr(0, comma);
    if (!equals_upper(word, "SUCCESS") && !equals_upper(word, "FAILURE") &&
        !equals_upper(word, "DELAY"))
      return false;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

std::optional<Reply> read_rcpt_parameter(const Parameter& parameter, const Capabilities& told,
                                         Recipient& into) {
  if (!told.dsn) return unknown_parameter();
  if (equals_upper(parameter.key, "NOTIFY")) {
    if (!is_notify(parameter.value))
      return bad_parameter("NOTIFY must be NEVER, or of SUCCESS, FAILURE, DELAY");
    if (!into.notify.empty()) return bad_parameter("NOTIFY was given twice");
    into.notify = parameter.value;
    return std::nullopt;
  }
  if (equals_upper(parameter.key, "ORCPT")) {
    if (parameter.value.empty() || !is_printable(parameter.value) ||
        has_eight_bit(parameter.value) || parameter.value.find(';') == std::string_view::npos)
      return bad_parameter("ORCPT must be written as type;address");
    if (!into.original_recipient.empty()) return bad_parameter("ORCPT was given twice");
    into.original_recipient = parameter.value;
    return std::nullopt;
  }
  return unknown_parameter();
}

}  // namespace

Command parse_command(std::string_view line) {
  line = trimmed(line);
  std::size_t end = 0;
  while (end < line.size() && !is_space(line[end])) ++end;
  const std::string_view word = line.substr(0, end);
  for (const Known& known : known_words)
    if (equals_upper(word, known.word)) return {known.verb, trimmed(line.substr(end))};
  const bool is_request = line.find(" HTTP/") != std::string_view::npos;
  if (is_request || equals_upper(line.substr(0, 5), "HOST:")) return {Verb::http, {}};
  return {};
}

std::optional<Reply> read_mail(std::string_view argument, const Capabilities& told,
                               Envelope& into) {
  static constexpr PathWords words{"FROM", "Write MAIL FROM:<address>", "5.1.7", true};
  Path path;
  if (auto refused = read_path(argument, words, path)) return refused;
  while (!path.parameters.empty()) {
    const Parameter parameter = take_parameter(path.parameters);
    if (auto refused = read_mail_parameter(parameter, told, into)) return refused;
  }
  if (auto refused = check_script(path.address, into.smtputf8)) return refused;
  into.sender = path.address;
  return std::nullopt;
}

std::optional<Reply> read_rcpt(std::string_view argument, const Capabilities& told, bool smtputf8,
                               Recipient& into) {
  static constexpr PathWords words{"TO", "Write RCPT TO:<address>", "5.1.3", false};
  Path path;
  if (auto refused = read_path(argument, words, path)) return refused;
  while (!path.parameters.empty()) {
    const Parameter parameter = take_parameter(path.parameters);
    if (auto refused = read_rcpt_parameter(parameter, told, into)) return refused;
  }
  if (auto refused = check_script(path.address, smtputf8)) return refused;
  into.address = path.address;
  return std::nullopt;
}

}  // namespace todoku::smtp
