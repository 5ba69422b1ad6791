// SPDX-License-Identifier: Apache-2.0
// Puts sentences, tables and replies into lines. Whatever a peer sent is cleaned before it reaches
// the terminal.
#include "proxy/demo/report.hpp"

#include "proxy/demo/behaviour.hpp"
#include "proxy/demo/layout.hpp"

namespace todoku::demo {

namespace {

enum class Colour : std::uint8_t {
  bold,
  green,
  red,
  yellow
};

std::string coloured(const Look& look, Colour colour, std::string text) {
  if (!look.has_colour) return text;
  switch (colour) {
    case Colour::bold:
      return "\x1b[1m" + text + "\x1b[0m";
    case Colour::green:
      return "\x1b[32m" + text + "\x1b[0m";
    case Colour::red:
      return "\x1b[31m" + text + "\x1b[0m";
    case Colour::yellow:
      return "\x1b[33m" + text + "\x1b[0m";
  }
  return text;
}

std::string heading(const Look& look, const std::string& text) {
  return "\n" + coloured(look, Colour::bold, text) + "\n" + std::string(terminal_columns, '-') +
         "\n";
}

// A row of a table; a long value goes on below itself.
std::string row(std::string_view label, std::string_view value, std::size_t label_columns) {
  constexpr std::size_t indent = 2;
  const std::size_t before = indent + label_columns;
  std::string out = std::string(indent, ' ') + padded(label, label_columns);
  bool is_first = true;
  for (const auto& line : wrap(value, terminal_columns - before)) {
    out += (is_first ? "" : std::string(before, ' ')) + line + "\n";
    is_first = false;
  }
  return out;
}

std::string tenths(std::uint64_t tenths_of_unit) {
  return std::to_string(tenths_of_unit / 10) + "." + std::to_string(tenths_of_unit % 10);
}

std::string seconds_text(const Look& look, std::chrono::milliseconds took) {
  if (took < std::chrono::milliseconds(100)) return look.catalog.render("demo.no_time");
  const auto rounded = static_cast<std::uint64_t>((took.count() + 50) / 100);
  return look.catalog.render("demo.seconds", {{"seconds", tenths(rounded)}});
}

std::string tag(const Look& look, Outcome outcome) {
  const auto& catalog = look.catalog;
  switch (outcome) {
    case Outcome::accepted:
      return coloured(look, Colour::green, "[" + catalog.render("demo.tag_accepted") + "]");
    case Outcome::refused:
      return coloured(look, Colour::red, "[" + catalog.render("demo.tag_refused") + "]");
    case Outcome::waiting:
      return coloured(look, Colour::yellow, "[" + catalog.render("demo.tag_waiting") + "]");
    case Outcome::trouble:
      break;
  }
  return coloured(look, Colour::red, "[" + catalog.render("demo.tag_trouble") + "]");
}

std::string key_of(std::string_view prefix, std::string_view recipient) {
  return std::string(prefix) + std::string(behaviour_of(recipient).name);
}

// "550 5.1.1 words", then the further lines as they came.
std::string reply_lines(const smtp::Reply& reply) {
  std::string text = std::to_string(reply.code) + " ";
  if (!reply.status.empty()) text += reply.status + " ";
  // Line by line: cleaned() takes a line break for a control character.
  std::string_view rest = reply.text;
  for (;;) {
    const auto end = rest.find('\n');
    text += smtp::cleaned(rest.substr(0, end));
    if (end == std::string_view::npos) return text;
    text += '\n';
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

Outcome outcome_of(const Sent& sent) {
  if (sent.reply.is_positive()) return Outcome::accepted;
  if (sent.reply.is_permanent()) return Outcome::refused;
  return sent.reply.is_temporary() ? Outcome::waiting : Outcome::trouble;
}

bool is_as_expected(std::string_view recipient, const Sent& sent) {
  return sent.reply.code / 100 == behaviour_of(recipient).code / 100;
}

void Tally::add(std::string_view recipient, const Sent& sent) {
  const auto outcome = outcome_of(sent);
  if (outcome == Outcome::accepted) ++accepted;
  if (outcome == Outcome::refused) ++refused;
  if (outcome == Outcome::waiting) ++waiting;
  if (!is_as_expected(recipient, sent)) ++unexpected;
}

std::string welcome_text(const Look& look) {
  return heading(look, look.catalog.render("demo.title")) +
         paragraph(look.catalog.render("demo.welcome"), 0);
}

std::string samples_heading(const Look& look, std::size_t count) {
  return heading(look, look.catalog.render("demo.samples_title")) +
         paragraph(look.catalog.render("demo.samples_intro", {{"count", std::to_string(count)}}),
                   0);
}

std::string outcome_text(const Look& look, const Sample& sample, const Sent& sent) {
  constexpr std::size_t indent = 4;
  const auto& catalog = look.catalog;
  const auto outcome = outcome_of(sent);
  std::string out = "\n" + tag(look, outcome) + " " + sample.recipient + "  (" +
                    seconds_text(look, sent.took) + ")\n";
  out += paragraph(catalog.render("demo.subject", {{"subject", sample.subject}}), indent);
  if (outcome == Outcome::trouble) {
    const auto problem = smtp::cleaned(sent.trouble);
    return out + paragraph(catalog.render("demo.trouble", {{"problem", problem}}), indent);
  }
  if (outcome != Outcome::accepted) {
    out += paragraph(catalog.render("demo.answer"), indent);
    out += paragraph(reply_lines(sent.reply), indent + 2);
  }
  if (!is_as_expected(sample.recipient, sent)) return out;
  return out + paragraph(catalog.render(key_of("demo.means_", sample.recipient)), indent);
}

std::string summary_text(const Look& look, const Tally& tally) {
  std::string out = "\n";
  if (tally.unexpected > 0) {
    return out + paragraph(look.catalog.render("demo.unexpected",
                                               {{"count", std::to_string(tally.unexpected)}}),
                           0);
  }
  return out + paragraph(look.catalog.render("demo.summary",
                                             {{"accepted", std::to_string(tally.accepted)},
                                              {"refused", std::to_string(tally.refused)},
                                              {"waiting", std::to_string(tally.waiting)}}),
                         0);
}

std::string settings_text(const Look& look, std::uint16_t port) {
  constexpr std::size_t label_columns = 22;
  const auto& catalog = look.catalog;
  const auto setting = [&](const std::string& label, const std::string& value) {
    return row(label, value, label_columns);
  };
  std::string out = heading(look, catalog.render("demo.settings_title"));
  out += paragraph(catalog.render("demo.settings_intro"), 0) + "\n";
  out += setting(catalog.render("demo.setting_server"), "localhost");
  out += setting(catalog.render("demo.setting_port"), std::to_string(port));
  out += setting(catalog.render("demo.setting_security"),
                 catalog.render("demo.setting_security_value"));
  out += setting(catalog.render("demo.setting_login"), catalog.render("demo.setting_login_value"));
  out += setting(catalog.render("demo.setting_user"), std::string(sandbox_user));
  out += setting(catalog.render("demo.setting_password"),
                 catalog.render("demo.setting_password_value"));
  out += "\n" + paragraph(catalog.render("demo.settings_thunderbird"), 0);
  out += "\n" + paragraph(catalog.render("demo.settings_outlook"), 0);
  out += "\n" + paragraph(catalog.render("demo.settings_starttls"), 0);
  out += "\n" + paragraph(catalog.render("demo.settings_back"), 0);
  return out;
}

std::string addresses_text(const Look& look) {
  constexpr std::size_t address_columns = 28;
  const auto& catalog = look.catalog;
  std::string out = heading(look, catalog.render("demo.addresses_title"));
  for (const auto& behaviour : behaviours()) {
    const auto address = address_of(behaviour);
    out += row(address, catalog.render(key_of("demo.does_", address)), address_columns);
  }
  out += "\n" + paragraph(catalog.render("demo.addresses_intro"), 0);
  return out + paragraph(catalog.render("demo.does_elsewhere"), 0);
}

std::string staying_text(const Look& look) {
  return heading(look, look.catalog.render("demo.received_title")) +
         paragraph(look.catalog.render("demo.staying"), 0) + "\n";
}

std::string received_text(const Look& look, const Received& received, std::string_view local_time) {
  std::string to;
  for (const auto& address : received.recipients) {
    to += (to.empty() ? "" : ", ") + smtp::cleaned(address);
  }
  const explain::Parameters parameters{{"sender", smtp::cleaned(received.sender)},
                                       {"recipients", to},
                                       {"size", size_text(received.bytes)},
                                       {"answer", std::to_string(received.answer.code)}};
  return row(local_time, look.catalog.render("demo.received", parameters), 10);
}

std::string goodbye_text(const Look& look) {
  return "\n" + paragraph(look.catalog.render("demo.goodbye"), 0);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kilo = 1024;
  if (bytes < kilo) return std::to_string(bytes) + " B";
  if (bytes < kilo * kilo) return tenths(bytes * 10 / kilo) + " KB";
  return tenths(bytes * 10 / (kilo * kilo)) + " MB";
}

}  // namespace todoku::demo
