// SPDX-License-Identifier: Apache-2.0
// Keys are only ever added. Texts are as they were said, with bytes that are no UTF-8 replaced.
#include "proxy/cli/messages_json.hpp"

#include "proxy/smtp/client_dialogue.hpp"

#include <boost/json.hpp>

namespace todoku::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t max_text = 64UL * 1024;  // bytes of one text

json::string text(std::string_view value) {
  return json::string(smtp::cleaned(value, max_text));
}

json::value text_or_null(std::string_view value) {
  return value.empty() ? json::value(nullptr) : json::value(text(value));
}

json::value time_or_null(store::Time at) {
  return at == store::Time{} ? json::value(nullptr) : json::value(utc_text(at));
}

json::value reply_or_null(const smtp::Reply& reply) {
  if (reply.code == 0) return nullptr;
  return json::object{
      {"code", reply.code}, {"status", text_or_null(reply.status)}, {"text", text(reply.text)}};
}

json::array recipients_of(const store::StoredMessage& message) {
  json::array recipients;
  for (std::size_t i = 0; i < message.envelope.recipients.size(); ++i) {
    json::object one{{"address", text(message.envelope.recipients[i].address)},
                     {"state", "waiting"},
                     {"reply", nullptr}};
    if (i < message.outcomes.size()) {
      one["state"] = delivery::to_string(message.outcomes[i].state);
      one["reply"] = reply_or_null(message.outcomes[i].reply);
    }
    recipients.push_back(std::move(one));
  }
  return recipients;
}

json::object message_object(const store::StoredMessage& message) {
  json::array actions;
  for (const auto verb : actions_of(message)) actions.emplace_back(store::to_string(verb));
  const bool waits = message.state == delivery::MessageState::waiting;
  const bool is_open = waits || message.state == delivery::MessageState::held ||
                       message.state == delivery::MessageState::unknown;
  return {{"id", message.id},
          {"state", delivery::to_string(message.state)},
          {"waits_for", store::to_string(message.waits_for)},
          {"readable", is_readable(message)},
          {"account", text(message.account)},
          {"user", text_or_null(message.user)},
          {"sender", text(message.envelope.sender)},
          {"recipients", recipients_of(message)},
          {"subject", text(decoded_subject(message))},
          {"message_id", text_or_null(message.message_id_header)},
          {"size", message.size},
          {"attempts", message.attempts},
          {"arrived", time_or_null(message.arrived)},
          {"changed", time_or_null(message.changed)},
          {"next_attempt", waits ? time_or_null(message.next_attempt) : json::value(nullptr)},
          {"deadline", is_open ? time_or_null(message.deadline) : json::value(nullptr)},
          {"has_body", message.body != store::BodyPlace::none},
          {"was_resent", message.was_resent},
          {"notice_about", text_or_null(message.notice_about)},
          {"actions", std::move(actions)}};
}

json::object moment_object(const store::StoredAttempt& stored) {
  const auto& attempt = stored.attempt;
  return {{"at", time_or_null(stored.at)},
          {"what", "attempt"},
          {"relay", text(attempt.relay)},
          {"phase", smtp::to_string(attempt.phase)},
          {"obstacle", attempt.obstacle == delivery::Obstacle::none
                           ? json::value(nullptr)
                           : json::value(to_string(attempt.obstacle))},
          {"detail", text_or_null(attempt.detail)},
          {"reply", reply_or_null(attempt.reply)},
          {"took_ms", static_cast<std::int64_t>(attempt.took.count())}};
}

json::object moment_object(const store::StoredEvent& event) {
  json::object parameters;
  for (const auto& [name, value] : event.parameters) parameters[name] = text(value);
  return {{"at", time_or_null(event.at)},
          {"what", "event"},
          {"event", store::to_string(event.kind)},
          {"parameters", std::move(parameters)}};
}

std::string line(const json::object& object) {
  return json::serialize(object) + "\n";
}

}  // namespace

std::string list_json(const MessageList& list, bool is_running) {
  json::array messages;
  for (const auto& message : list.messages) messages.push_back(message_object(message));
  return line(
      {{"messages", std::move(messages)}, {"more", list.has_more}, {"serve_running", is_running}});
}

std::string show_json(const MessageStory& story, bool is_running) {
  json::array timeline;
  timeline.push_back(
      json::object{{"at", time_or_null(story.message.arrived)}, {"what", "arrived"}});
  for (const auto& moment : timeline_of(story)) {
    timeline.push_back(std::visit([](const auto* one) { return moment_object(*one); }, moment));
  }
  return line({{"message", message_object(story.message)},
               {"timeline", std::move(timeline)},
               {"serve_running", is_running}});
}

std::string request_json(const store::Request& request, store::RequestOutcome outcome,
                         bool is_running) {
  return line({{"id", request.message_id},
               {"request", store::to_string(request.verb)},
               {"outcome", store::to_string(outcome)},
               {"serve_running", is_running}});
}

}  // namespace todoku::cli
