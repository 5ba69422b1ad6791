// SPDX-License-Identifier: Apache-2.0
// Puts the story of a message into lines. What a server said is quoted, never put into other words.
#include "proxy/cli/messages_show.hpp"

#include "proxy/cli/check_words.hpp"
#include "proxy/cli/fallback_words.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/smtp/client_dialogue.hpp"

#include <algorithm>

namespace todoku::cli {

namespace {

constexpr std::size_t margin = 2;

store::Time time_of(const Moment& moment) {
  return std::visit([](const auto* one) { return one->at; }, moment);
}

std::string heading(const Look& look, const char* key) {
  return "\n" + coloured(look, Colour::bold, look.catalog.render(key)) + "\n";
}

std::string field(const Look& look, const char* key, const explain::Parameters& parameters) {
  return indented(look, look.catalog.render(key, parameters), margin);
}

// A word in front; a long sentence goes on below its own beginning.
std::string behind(const Look& look, const std::string& word, const std::string& sentence) {
  constexpr std::size_t gap = 2;
  const auto before = margin + demo::display_width(word) + gap;
  const auto lines = indented(look, sentence, before);
  return std::string(margin, ' ') + word + std::string(gap, ' ') +
         lines.substr(std::min(before, lines.size()));
}

std::string moment_lines(const Look& look, store::Time at, const std::string& sentence) {
  return behind(look, time_text(look, at, Precision::second), sentence);
}

std::string quoted_reply(const Look& look, const smtp::Reply& reply, std::size_t indent) {
  const auto line = shown(smtp::to_line(reply));
  return indented(look, look.catalog.render("messages.reply", {{"reply", line}}), indent);
}

std::string head_text(const Look& look, const store::StoredMessage& message) {
  std::string out = message.id + "  " +
                    coloured(look, state_colour(message.state), state_word(look, message)) + "\n";
  out += field(look, "messages.field_subject", {{"subject", subject_text(look, message)}});
  const auto sender = shown(message.envelope.sender);
  out += field(look, "messages.field_sender",
               {{"sender", sender.empty() ? "<>" : sender}, {"account", shown(message.account)}});
  out += field(look, "messages.field_size", {{"size", size_text(message.size)}});
  if (message.is_notice)
    out += field(look, "messages.field_notice", {{"id", shown(message.notice_about)}});
  return out;
}

std::string recipients_lines(const Look& look, const store::StoredMessage& message) {
  std::string out = heading(look, "messages.title_recipients");
  for (std::size_t i = 0; i < message.envelope.recipients.size(); ++i) {
    const auto address = shown(message.envelope.recipients[i].address);
    if (i >= message.outcomes.size()) {
      out += indented(look, address, margin);
      continue;
    }
    const auto& outcome = message.outcomes[i];
    // Deferred without a reply: no server has said anything of it.
    const bool is_silent =
        outcome.state == delivery::RecipientState::deferred && outcome.reply.code == 0;
    const auto state = is_silent ? delivery::RecipientState::waiting : outcome.state;
    const auto word =
        look.catalog.render(std::string("messages.recipient_") + delivery::to_string(state));
    out += behind(look, address, word);
    if (outcome.reply.code != 0) out += quoted_reply(look, outcome.reply, 2 * margin);
  }
  return out;
}

std::string seconds_text(std::chrono::milliseconds took) {
  const auto tenths = std::max<std::int64_t>(0, (took.count() + 50) / 100);
  if (tenths == 0) return "<0.1";
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string attempt_lines(const Look& look, const store::StoredAttempt& stored) {
  const auto& attempt = stored.attempt;
  const explain::Parameters parameters{{"relay", shown(attempt.relay)},
                                       {"seconds", seconds_text(attempt.took)}};
  std::string out =
      moment_lines(look, stored.at, look.catalog.render("messages.attempt", parameters));
  const std::string phase =
      look.catalog.render(std::string("messages.phase_") + smtp::to_string(attempt.phase));
  if (attempt.obstacle != delivery::Obstacle::none) {
    out += indented(
        look, look.catalog.render(std::string("messages.obstacle_") + to_string(attempt.obstacle)),
        2 * margin);
    if (!attempt.detail.empty())
      out += indented(look,
                      look.catalog.render("messages.detail", {{"detail", shown(attempt.detail)}}),
                      2 * margin);
  }
  out += indented(look, look.catalog.render("messages.decided_at", {{"phase", phase}}), 2 * margin);
  if (attempt.reply.code != 0) out += quoted_reply(look, attempt.reply, 2 * margin);
  return out;
}

std::string parameter(const store::StoredEvent& event, std::string_view name) {
  const auto found =
      std::ranges::find_if(event.parameters, [name](const auto& one) { return one.first == name; });
  return found == event.parameters.end() ? std::string() : found->second;
}

// What a check saw, and what can be done.
std::string finding_lines(const Look& look, const store::StoredEvent& event) {
  explain::Parameters parameters;
  for (const auto& [name, value] : event.parameters) parameters.emplace_back(name, shown(value));
  const auto title = std::string("check.") + shown(parameter(event, "check"));
  const auto check = look.catalog.render(title);
  std::string out =
      moment_lines(look, event.at, look.catalog.render("messages.event_noted", {{"check", check}}));
  const auto words = words_of_code(look.catalog, shown(parameter(event, "code")), parameters);
  if (words.saw.empty()) return out;  // of a later release
  return out + indented(look, words.saw, 2 * margin) + indented(look, words.to_do, 2 * margin);
}

std::string event_lines(const Look& look, const store::StoredEvent& event) {
  if (event.kind == store::EventKind::noted) return finding_lines(look, event);
  std::string key = std::string("messages.event_") + store::to_string(event.kind);
  const auto reason = parameter(event, "reason");
  const bool has_reason = !reason.empty();
  // A reason of a later release is told in general words.
  if (has_reason && look.catalog.has(key + "_" + reason)) key += "_" + reason;
  const bool is_withheld = event.kind == store::EventKind::withheld;
  explain::Parameters parameters{{"addresses", shown(parameter(event, "addresses"))},
                                 {"fallback", shown(parameter(event, "fallback"))},
                                 {"seconds", shown(parameter(event, "seconds"))}};
  std::string out = moment_lines(look, event.at, look.catalog.render(key, parameters));
  if (is_withheld) {
    const auto record = delivery::record_from(event.parameters, event.at);
    out += withheld_text(look, record, 2 * margin);
  }
  const auto reply = shown(parameter(event, "reply"));
  if (!reply.empty())
    out += indented(look, look.catalog.render("messages.reply", {{"reply", reply}}), 2 * margin);
  return out;
}

std::string next_lines(const Look& look, const store::StoredMessage& message) {
  auto next = next_step(look, message);
  if (next.empty()) {
    const bool is_refused = message.state == delivery::MessageState::refused;
    next = look.catalog.render(is_refused ? "messages.about_refused" : "messages.next_nothing");
  }
  std::string out = heading(look, "messages.title_next") + indented(look, next, margin);
  if (look.asked.contains(message.id)) return out;
  if (message.state == delivery::MessageState::unknown)
    out += indented(look, look.catalog.render("messages.about_unknown"), margin);
  if (message.state == delivery::MessageState::waiting && message.deadline != store::Time{})
    out += indented(look, look.catalog.render("messages.about_waiting"), margin);
  return out;
}

// What a check took for a slip, and what was probably meant: "old=new"; empty = nothing.
std::string probable_correction(const MessageStory& story) {
  for (const auto& event : story.events) {
    const auto address = parameter(event, "address");
    const auto meant = parameter(event, "meant");
    const bool is_recipient = std::ranges::any_of(
        story.message.envelope.recipients, [&](const auto& one) { return one.address == address; });
    if (is_recipient && !meant.empty()) return address + "=" + meant;
  }
  return {};
}

std::string correction_lines(const Look& look, const MessageStory& story) {
  const auto& message = story.message;
  const auto probable = probable_correction(story);
  const auto* key = probable.empty() ? "messages.can_correct" : "messages.can_correct_slip";
  const auto correction =
      probable.empty() ? message.envelope.recipients.front().address + "=new@example.jp" : probable;
  return std::string(margin, ' ') + command_for(look, message, store::Verb::release) +
         place_option("--correct", shown(correction)) + "\n" +
         indented(look, look.catalog.render(key), 2 * margin);
}

std::string action_lines(const Look& look, const MessageStory& story) {
  const auto& message = story.message;
  const auto actions = actions_of(message);
  if (actions.empty()) return {};
  std::string out = heading(look, "messages.title_actions");
  for (const auto verb : actions) {
    std::string key = std::string("messages.can_") + store::to_string(verb);
    if (message.state == delivery::MessageState::unknown) key += "_unknown";
    // Not wrapped: the command is there to be copied.
    out += std::string(margin, ' ') + command_for(look, message, verb) + "\n";
    out += indented(look, look.catalog.render(key), 2 * margin);
    if (verb == store::Verb::release) out += correction_lines(look, story);
  }
  return out;
}

}  // namespace

std::vector<Moment> timeline_of(const MessageStory& story) {
  std::vector<Moment> moments;
  for (const auto& attempt : story.attempts) moments.emplace_back(&attempt);
  for (const auto& event : story.events) moments.emplace_back(&event);
  std::ranges::stable_sort(moments, {}, time_of);
  return moments;
}

std::string show_text(const Look& look, const MessageStory& story) {
  const auto& message = story.message;
  std::string out = head_text(look, message) + recipients_lines(look, message);
  out += heading(look, "messages.title_timeline");
  out += moment_lines(look, message.arrived, look.catalog.render("messages.arrived"));
  for (const auto& moment : timeline_of(story)) {
    if (const auto* const* attempt = std::get_if<const store::StoredAttempt*>(&moment))
      out += attempt_lines(look, **attempt);
    if (const auto* const* event = std::get_if<const store::StoredEvent*>(&moment))
      out += event_lines(look, **event);
  }
  return out + next_lines(look, message) + action_lines(look, story);
}

}  // namespace todoku::cli
