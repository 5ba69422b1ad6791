// SPDX-License-Identifier: Apache-2.0
// Sentences come from the catalog; here are only their keys and parameters.
#include "proxy/cli/messages_words.hpp"

#include "classifier/mail/encoded_word.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/smtp/reply.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace todoku::cli {

namespace {

using delivery::MessageState;
using store::WaitsFor;

constexpr std::size_t max_shown = 1000;  // bytes of one text of a peer

std::tm local_time(store::Time at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm time{};
#ifdef _WIN32
  localtime_s(&time, &seconds);
#else
  localtime_r(&seconds, &time);
#endif
  return time;
}

std::string formatted(const std::tm& time, const char* format) {
  std::array<char, 64> buffer{};
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), format, &time)};
}

// Marks that turn the direction of writing could make a text look like another one (Unicode UAX
// #9); C1 controls move the cursor on some terminals.
bool is_deceiving(std::string_view character) {
  const auto is_between = [&](std::string_view low, std::string_view high) {
    return character.size() == low.size() && character >= low && character <= high;
  };
  return is_between("\xC2\x80", "\xC2\x9F") || is_between("\xE2\x80\x8E", "\xE2\x80\x8F") ||
         is_between("\xE2\x80\xA8", "\xE2\x80\xAE") || is_between("\xE2\x81\xA6", "\xE2\x81\xA9");
}

// The first character of valid UTF-8.
std::string_view first_of(std::string_view utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return utf8.substr(0, length);
}

std::string waiting_step(const Look& look, const store::StoredMessage& message) {
  const auto& catalog = look.catalog;
  if (message.waits_for == WaitsFor::login)
    return catalog.render("messages.next_login", {{"user", shown(message.user)}});
  if (!look.is_running) return catalog.render("messages.next_not_running");
  if (message.next_attempt <= look.now) return catalog.render("messages.next_soon");
  const explain::Parameters time{{"time", time_text(look, message.next_attempt)}};
  if (message.waits_for == WaitsFor::relay) return catalog.render("messages.next_relay", time);
  return catalog.render("messages.next_attempt", time);
}

// In its undo window.
bool goes_by_itself(const store::StoredMessage& message) {
  return message.state == MessageState::held && message.waits_for == WaitsFor::time;
}

std::string deciding_step(const Look& look, const store::StoredMessage& message) {
  if (goes_by_itself(message)) {
    if (!look.is_running) return look.catalog.render("messages.next_not_running");
    const auto second = time_text(look, message.deadline, Precision::second);
    return look.catalog.render("messages.next_goes_by_itself", {{"time", second}});
  }
  const explain::Parameters time{{"time", time_text(look, message.deadline)}};
  if (message.waits_for == WaitsFor::time) return look.catalog.render("messages.next_resend", time);
  // The queue gives the deadline when it next looks at the message.
  if (message.deadline == store::Time{}) return look.catalog.render("messages.next_decide");
  return look.catalog.render("messages.next_decide_until", time);
}

}  // namespace

std::string shown(std::string_view text) {
  const auto safe = smtp::cleaned(text, max_shown);
  std::string out;
  out.reserve(safe.size());
  for (std::string_view rest = safe; !rest.empty();) {
    const auto character = first_of(rest);
    if (character == "\n") {
      out += ' ';
    } else if (is_deceiving(character)) {
      out += '?';
    } else {
      out += character;
    }
    rest.remove_prefix(character.size());
  }
  return out;
}

std::string cut(std::string_view utf8, std::size_t columns) {
  if (columns == 0 || demo::display_width(utf8) <= columns) return std::string(utf8);
  constexpr std::string_view ellipsis = "..";
  std::string out;
  std::size_t used = ellipsis.size();
  while (!utf8.empty()) {
    const auto character = first_of(utf8);
    used += demo::display_width(character);
    if (used > columns) break;
    out += character;
    utf8.remove_prefix(character.size());
  }
  return out + std::string(ellipsis);
}

std::string indented(const Look& look, std::string_view text, std::size_t indent) {
  constexpr std::size_t least = 20;
  const std::size_t columns = look.columns == 0 ? 10'000 : look.columns;
  const auto width = std::max(least, columns - std::min(columns, indent));
  std::string out;
  for (const auto& line : demo::wrap(text, width)) out += std::string(indent, ' ') + line + "\n";
  return out;
}

std::string told(const Look& look, std::string_view key, const explain::Parameters& parameters) {
  const auto text = look.catalog.render(key, parameters);
  for (const auto& [name, value] : parameters) {
    const bool is_command = name == "command" || name == "show";
    if (!is_command || !text.ends_with(value)) continue;
    const auto sentence = text.substr(0, text.size() - value.size());
    return indented(look, sentence, 0) + "  " + value + "\n";
  }
  return indented(look, text, 0);
}

std::string coloured(const Look& look, Colour colour, const std::string& text) {
  if (!look.has_colour) return text;
  constexpr std::array<const char*, 5> codes{"1", "32", "31", "33", "36"};
  return std::string("\x1b[") + codes.at(static_cast<std::size_t>(colour)) + "m" + text + "\x1b[0m";
}

std::string time_text(const Look& look, store::Time at, Precision precision) {
  const auto time = local_time(at);
  const auto today = local_time(look.now);
  const auto clock = formatted(time, precision == Precision::second ? "%H:%M:%S" : "%H:%M");
  if (time.tm_yday == today.tm_yday && time.tm_year == today.tm_year) return clock;
  return look.catalog.render(
      "messages.time_of_day",
      {{"month", formatted(time, "%m")}, {"day", formatted(time, "%d")}, {"clock", clock}});
}

std::string utc_text(store::Time at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm time{};
#ifdef _WIN32
  gmtime_s(&time, &seconds);
#else
  gmtime_r(&seconds, &time);
#endif
  const auto fraction = at - std::chrono::floor<std::chrono::seconds>(at);
  auto thousandths = std::to_string(fraction.count());
  thousandths.insert(0, 3 - std::min<std::size_t>(3, thousandths.size()), '0');
  return formatted(time, "%Y-%m-%dT%H:%M:%S.") + thousandths + "Z";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kilo = 1024;
  if (bytes < kilo) return std::to_string(bytes) + " B";
  if (bytes < kilo * kilo) return std::to_string((bytes + kilo / 2) / kilo) + " KB";
  const auto tenths = (bytes * 10 + kilo * kilo / 2) / (kilo * kilo);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::string state_word(const Look& look, const store::StoredMessage& message) {
  if (goes_by_itself(message)) return look.catalog.render("messages.state_undoable");
  return look.catalog.render(std::string("messages.state_") + delivery::to_string(message.state));
}

Colour state_colour(MessageState state) {
  switch (state) {
    case MessageState::held:
    case MessageState::unknown:
      return Colour::yellow;
    case MessageState::arriving:
    case MessageState::sending:
    case MessageState::waiting:
      return Colour::cyan;
    case MessageState::sent:
      return Colour::green;
    case MessageState::refused:
    case MessageState::returned:
    case MessageState::discarded:
      break;
  }
  return Colour::red;
}

std::string recipients_text(const Look& look, const store::StoredMessage& message,
                            std::size_t columns) {
  const auto& recipients = message.envelope.recipients;
  if (recipients.empty()) return cut(look.catalog.render("messages.unreadable"), columns);
  const auto first = shown(recipients.front().address);
  if (recipients.size() == 1) return cut(first, columns);
  const auto with = [&](const std::string& address) {
    return look.catalog.render(
        "messages.and_more",
        {{"address", address}, {"count", std::to_string(recipients.size() - 1)}});
  };
  const auto whole = with(first);
  const auto rest = demo::display_width(with(""));
  if (columns == 0 || demo::display_width(whole) <= columns) return whole;
  constexpr std::size_t least = 3;  // of the address
  return cut(with(cut(first, std::max(least, columns - std::min(columns, rest)))), columns);
}

std::string decoded_subject(const store::StoredMessage& message) {
  return mail::decode_words(message.subject);
}

std::string subject_text(const Look& look, const store::StoredMessage& message) {
  if (!is_readable(message)) return look.catalog.render("messages.unreadable");
  const auto subject = shown(decoded_subject(message));
  const bool is_blank = subject.find_first_not_of(' ') == std::string::npos;
  return is_blank ? look.catalog.render("messages.no_subject") : subject;
}

std::string next_step(const Look& look, const store::StoredMessage& message) {
  switch (message.state) {
    case MessageState::arriving:
      return look.catalog.render("messages.next_arriving");
    case MessageState::sending:
      return look.catalog.render(look.is_running ? "messages.next_sending"
                                                 : "messages.next_not_running");
    case MessageState::waiting:
      return waiting_step(look, message);
    case MessageState::unknown:
    case MessageState::held:
      return deciding_step(look, message);
    case MessageState::sent:
    case MessageState::refused:
    case MessageState::returned:
    case MessageState::discarded:
      break;
  }
  return {};
}

bool is_readable(const store::StoredMessage& message) {
  return !message.envelope.recipients.empty();  // every message has one
}

std::string withheld_text(const Look& look, const delivery::AlignmentRecord& record,
                          std::size_t indent) {
  explain::Parameters texts;
  for (const auto& [name, text] : delivery::texts_of(record)) texts.emplace_back(name, shown(text));
  const auto* why =
      delivery::rewrites_from(record) ? "relays.withheld_rewrites" : "relays.withheld";
  const auto remedy = std::string("relays.remedy_") + delivery::remedy_of(record);
  return indented(look, look.catalog.render(why, texts), indent) +
         indented(look, look.catalog.render(remedy, texts), indent);
}

std::string lesson_text(const Look& look, const delivery::RelayLesson& lesson, std::size_t indent) {
  explain::Parameters texts{{"at", time_text(look, lesson.at)}};
  for (const auto& [name, text] : delivery::texts_of(lesson)) texts.emplace_back(name, shown(text));
  const auto line = [&](const char* key) {
    return indented(look, look.catalog.render(key, texts), indent);
  };
  auto out = line(lesson.rewrites_from ? "relays.tested_rewrites" : "relays.tested_keeps");
  out += line(lesson.outgoing.empty() ? "relays.tested_no_address" : "relays.tested_address");
  out += line(lesson.signs_as.empty() ? "relays.tested_unsigned" : "relays.tested_signed");
  if (lesson.has_new_return_path()) out += line("relays.tested_return_path");
  if (!lesson.keeps_message_id) out += line("relays.tested_message_id");
  return out;
}

std::vector<store::Verb> actions_of(const store::StoredMessage& message) {
  std::vector<store::Verb> actions;
  const bool has_body = message.body != store::BodyPlace::none;
  if (message.state == MessageState::held) {
    if (has_body) actions.push_back(store::Verb::release);
    actions.push_back(store::Verb::discard);
  }
  if (message.state == MessageState::waiting || message.state == MessageState::unknown) {
    if (has_body) actions.push_back(store::Verb::retry);
    actions.push_back(store::Verb::discard);
  }
  return actions;
}

std::string command_for(const Look& look, const store::StoredMessage& message, store::Verb verb) {
  const bool needs_yes = verb == store::Verb::retry && message.state == MessageState::unknown;
  return std::string("todoku messages ") + store::to_string(verb) + " " + message.id +
         (needs_yes ? " --yes" : "") + look.place_option;
}

std::string place_option(std::string_view name, std::string_view value) {
  std::string out = " " + std::string(name) + " ";
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,";
  if (!value.empty() && value.find_first_not_of(plain) == std::string_view::npos)
    return out + std::string(value);
  out += '\'';
  for (const char c : value) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

const char* to_string(delivery::Obstacle obstacle) {
  using delivery::Obstacle;
  switch (obstacle) {
    case Obstacle::none:
      return "none";
    case Obstacle::name_not_found:
      return "name_not_found";
    case Obstacle::unreachable:
      return "unreachable";
    case Obstacle::tls_problem:
      return "tls_problem";
    case Obstacle::no_common_login:
      return "no_common_login";
    case Obstacle::broke_off:
      return "broke_off";
    case Obstacle::timed_out:
      return "timed_out";
    case Obstacle::answer_lost:
      return "answer_lost";
    case Obstacle::smtputf8_missing:
      return "smtputf8_missing";
    case Obstacle::connected_to_self:
      return "connected_to_self";
    case Obstacle::given_up:
      return "given_up";
    case Obstacle::local_trouble:
      return "local_trouble";
  }
  return "";
}

}  // namespace todoku::cli
