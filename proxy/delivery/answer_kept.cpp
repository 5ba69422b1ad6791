// SPDX-License-Identifier: Apache-2.0
// One answer each; the English comes first, for logs and for clients that show no UTF-8.
#include "proxy/delivery/answer_kept.hpp"

#include "proxy/smtp/reply.hpp"

#include <algorithm>

namespace todoku::delivery {

namespace {

constexpr std::size_t most_of_why = 300;

std::string named(const std::string& relay) {
  return relay.empty() ? "the mail server" : relay;
}

// A relay's words may be UTF-8 and of several lines; the first lines of our answers are ASCII.
std::string short_ascii(const std::string& text) {
  auto made = smtp::cleaned(text, most_of_why);
  std::ranges::replace(made, '\n', ' ');
  std::ranges::replace_if(
      made, [](char c) { return c < ' ' || c > '~'; }, '?');
  return made;
}

std::string id_behind(const std::string& message_id) {
  return "\n(Todoku " + message_id + ")";
}

}  // namespace

Answer answer_for_queued(const std::string& message_id, const std::string& relay,
                         const std::string& why) {
  Answer answer;
  std::string text = "Not sent yet: queued as " + message_id +
                     ". Todoku tries again by itself; please do not send it again";
  if (!why.empty()) text += " (" + short_ascii(why) + ")";
  answer.reply = {250, "2.0.0", text};
  answer.sentence = {"smtp.queued", {{"relay", named(relay)}}};
  return answer;
}

Answer answer_for_unknown_kept(const std::string& message_id, const std::string& relay,
                               std::chrono::hours within) {
  Answer answer;
  answer.reply = {250, "2.0.0",
                  "Kept as " + message_id + ": " + named(relay) +
                      " took the whole message but did not confirm it, so it may have been "
                      "delivered. Todoku asks you before it is sent again"};
  answer.sentence = {"smtp.kept_unknown",
                     {{"relay", named(relay)}, {"hours", std::to_string(within.count())}}};
  return answer;
}

Answer answer_for_held(const std::string& message_id, std::chrono::hours within) {
  Answer answer;
  answer.reply = {250, "2.0.0",
                  "Held as " + message_id +
                      ": a check before sending found something. Todoku asks you before it is "
                      "sent; please do not send it again"};
  answer.sentence = {"smtp.held", {{"id", message_id}, {"hours", std::to_string(within.count())}}};
  return answer;
}

Answer answer_for_undoable(const std::string& message_id, std::chrono::seconds window) {
  const auto seconds = std::to_string(window.count());
  Answer answer;
  answer.reply = {250, "2.0.0",
                  "Kept as " + message_id + ": Todoku sends it by itself in " + seconds +
                      " seconds; until then it can be taken back"};
  answer.sentence = {"smtp.undoable", {{"id", message_id}, {"seconds", seconds}}};
  return answer;
}

Answer answer_for_repeat(const std::string& first_id) {
  Answer answer;
  answer.reply = {250, "2.0.0",
                  "The same message is here already: joined " + first_id +
                      ". It is sent only once; please do not send it again"};
  answer.sentence = {"smtp.joined_repeat", {}};
  return answer;
}

Answer answer_for_no_room(const std::string& message_id, const std::string& relay) {
  Answer answer;
  answer.reply = {452, "4.3.1",
                  "Not sent: " + named(relay) +
                      " cannot be reached, and there is not enough space on this PC to keep the "
                      "message. Nobody got it; please free some disk space and send again" +
                      id_behind(message_id)};
  answer.sentence = {"smtp.no_room", {{"relay", named(relay)}}};
  return answer;
}

Answer answer_for_locked_key(const std::string& message_id, const std::string& relay) {
  Answer answer;
  answer.reply = {451, "4.3.0",
                  "Not sent: " + named(relay) +
                      " cannot be reached, and the message cannot be kept because the password "
                      "store of this PC is locked. Nobody got it; please unlock it and send again" +
                      id_behind(message_id)};
  answer.sentence = {"smtp.key_locked", {{"relay", named(relay)}}};
  return answer;
}

}  // namespace todoku::delivery
