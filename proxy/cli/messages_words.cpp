// SPDX-License-Identifier: Apache-2.0
// Sentences come from the catalog; here are only their keys and parameters.
#include "proxy/cli/messages_words.hpp"

#include "classifier/mail/encoded_word.hpp"
#include "proxy/demo/layout.hpp"

#include <algorithm>

namespace todoku::cli {

namespace {

using delivery::MessageState;
using store::WaitsFor;

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
  const auto asked = look.asked.find(message.id);
  if (asked != look.asked.end() && !delivery::is_settled(message.state))
    return look.catalog.render(std::string("messages.next_asked_") +
                               store::to_string(asked->second));
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
