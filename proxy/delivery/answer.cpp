// SPDX-License-Identifier: Apache-2.0
// The one answer that the mail client gets, for all recipients together.
#include "proxy/delivery/verdict.hpp"

#include <algorithm>

namespace todoku::delivery {

namespace {

constexpr std::size_t most_of_withheld = 300;

std::string with_id(std::string text, const std::string& message_id) {
  if (!text.empty()) text += '\n';
  return text + "(Todoku " + message_id + ")";
}

// An upstream's 421 ends its connection, not ours: towards the client it is a plain "not now".
smtp::Reply passed_on(smtp::Reply reply) {
  if (reply.code == 421) reply.code = 451;
  if (reply.status.empty()) reply.status = reply.is_permanent() ? "5.0.0" : "4.0.0";
  if (reply.text.empty()) reply.text = "The server gave no reason";
  return reply;
}

struct ObstacleText {
  const char* status;
  const char* english;
  const char* key;
};

ObstacleText text_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::name_not_found:
      return {"4.4.3", "the name of the mail server was not found", "smtp.relay_unreachable"};
    case Obstacle::tls_problem:
      return {"4.7.5", "no safe connection to the mail server", "smtp.relay_tls_problem"};
    case Obstacle::no_common_login:
      return {"4.7.0", "the mail server offers no safe way to log in", "smtp.login_unavailable"};
    case Obstacle::broke_off:
      return {"4.4.2", "the connection to the mail server broke off", "smtp.relay_unreachable"};
    case Obstacle::timed_out:
      return {"4.4.2", "the mail server did not answer in time", "smtp.relay_unreachable"};
    case Obstacle::connected_to_self:
      return {"4.4.6", "the mail server in the settings is Todoku itself", "smtp.loop_detected"};
    case Obstacle::local_trouble:
      return {"4.3.0", "the message could not be kept on this PC", "smtp.spool_full"};
    case Obstacle::given_up:
      return {"4.3.2", "Todoku is stopping", "smtp.stopping"};
    case Obstacle::none:
    case Obstacle::unreachable:
    case Obstacle::answer_lost:
    case Obstacle::smtputf8_missing:
      break;
  }
  return {"4.4.1", "the mail server cannot be reached", "smtp.relay_unreachable"};
}

// One refused recipient of several: nobody got the message, and the reply names who was refused.
Answer for_refused_recipients(const Verdict& verdict, const std::string& message_id) {
  Answer answer;
  std::string names;
  std::string text = "Nobody got this message.";
  const smtp::Reply* decisive = nullptr;
  for (const auto& one : verdict.recipients) {
    if (one.state == RecipientState::waiting) continue;
    text += "\n<" + one.address + ">: " + smtp::to_line(one.reply);
    names += (names.empty() ? "" : ", ") + one.address;
    const bool is_graver =
        decisive == nullptr || (one.reply.is_permanent() && !decisive->is_permanent());
    if (is_graver) decisive = &one.reply;
  }
  const auto base = passed_on(*decisive);
  answer.reply = {base.is_permanent() ? 550 : 450, base.status, with_id(text, message_id)};
  answer.sentence = {
      base.is_permanent() ? "smtp.recipients_refused" : "smtp.recipients_refused_for_now",
      {{"addresses", names}}};
  return answer;
}

Answer for_refusal(const Verdict& verdict, const std::string& message_id) {
  const bool is_partial =
      verdict.recipients.size() > 1 && verdict.attempt.phase == smtp::Phase::recipient;
  if (is_partial) return for_refused_recipients(verdict, message_id);
  Answer answer;
  answer.reply = passed_on(verdict.recipients.empty() ? verdict.attempt.reply
                                                      : verdict.recipients.front().reply);
  answer.sentence = {
      answer.reply.is_permanent() ? "smtp.relay_refused" : "smtp.relay_refused_for_now",
      {{"relay", verdict.attempt.relay}}};
  answer.reply.text = with_id(answer.reply.text, message_id);
  return answer;
}

Answer for_obstacle(const Verdict& verdict, const std::string& message_id) {
  const auto& attempt = verdict.attempt;
  Answer answer;
  if (attempt.obstacle == Obstacle::smtputf8_missing) {
    answer.reply = {
        553, "5.6.7",
        with_id(attempt.relay + " cannot carry addresses that are not ASCII", message_id)};
    answer.sentence = {"smtp.smtputf8_missing", {{"relay", attempt.relay}}};
    return answer;
  }
  const auto text = text_of(attempt.obstacle);
  std::string words = "Not sent: " + std::string(text.english) + " (" + attempt.relay;
  if (!attempt.detail.empty()) words += ": " + attempt.detail;
  words += "). Nobody got this message; please try again later";
  answer.reply = {451, text.status, with_id(words, message_id)};
  answer.sentence = {text.key, {{"relay", attempt.relay}, {"problem", attempt.detail}}};
  return answer;
}

// Behind the server's own words, before our id.
void add_withheld(Answer& answer, const AlignmentRecord& record) {
  auto& text = answer.reply.text;
  const auto before_id = std::min(text.rfind('\n'), text.size());
  text.insert(before_id, "\n" + smtp::cleaned(withheld_in_english(record), most_of_withheld));
  answer.more.push_back({std::string("smtp.withheld_") + remedy_of(record), texts_of(record)});
}

Answer for_verdict(const Verdict& verdict, const std::string& message_id) {
  switch (verdict.state()) {
    case MessageState::sent: {
      Answer answer;
      answer.reply = {250, "2.0.0", "Sent as " + message_id + " by " + verdict.attempt.relay};
      if (const auto& said = verdict.attempt.reply.text; !said.empty()) {
        answer.reply.text += ": " + said.substr(0, said.find('\n'));
      }
      return answer;
    }
    case MessageState::unknown:
      return answer_for_perhaps_delivered(verdict.attempt.relay, message_id);
    case MessageState::arriving:
    case MessageState::sending:
    case MessageState::waiting:
    case MessageState::held:
    case MessageState::refused:
    case MessageState::returned:
    case MessageState::discarded:
      break;
  }
  return verdict.attempt.obstacle == Obstacle::none ? for_refusal(verdict, message_id)
                                                    : for_obstacle(verdict, message_id);
}

}  // namespace

Answer answer_for(const Verdict& verdict, const std::string& message_id) {
  auto answer = for_verdict(verdict, message_id);
  if (verdict.withheld && answer.reply.code >= 400) add_withheld(answer, *verdict.withheld);
  return answer;
}

Answer answer_for_perhaps_delivered(const std::string& relay, const std::string& message_id) {
  Answer answer;
  answer.reply = {
      451, "4.4.2",
      with_id(relay + " took the whole message but did not confirm it. It may have been "
                      "delivered: please check before you send it again",
              message_id)};
  answer.sentence = {"smtp.perhaps_delivered", {{"relay", relay}}};
  return answer;
}

std::string trouble_in_words(const Attempt& attempt) {
  if (attempt.reply.code >= 400) return smtp::to_line(attempt.reply);
  if (attempt.obstacle == Obstacle::none) return {};
  std::string words = text_of(attempt.obstacle).english;
  if (!attempt.detail.empty()) words += " (" + attempt.detail + ")";
  return words;
}

}  // namespace todoku::delivery
