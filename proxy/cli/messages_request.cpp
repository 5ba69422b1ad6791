// SPDX-License-Identifier: Apache-2.0
// A message that may have arrived is sent again only after a clear yes.
#include "proxy/cli/messages_request.hpp"

#include "proxy/cli/asking.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/messages_json.hpp"

#include <algorithm>
#include <ostream>

namespace todoku::cli {

namespace {

using delivery::MessageState;
using store::RequestOutcome;
using store::Verb;

Verb verb_of(MessagesAction action) {
  switch (action) {
    case MessagesAction::release:
      return Verb::release;
    case MessagesAction::discard:
      return Verb::discard;
    case MessagesAction::list:
    case MessagesAction::show:
    case MessagesAction::retry:
      break;
  }
  return Verb::retry;
}

Problem wrong_state(const Look& look, const store::StoredMessage& message, Verb verb) {
  const explain::Parameters parameters{{"id", message.id}, {"state", state_word(look, message)}};
  const bool has_body = message.body != store::BodyPlace::none;
  const bool is_open = message.state == MessageState::waiting ||
                       message.state == MessageState::held ||
                       message.state == MessageState::unknown;
  if (verb == Verb::retry && message.state == MessageState::held) {
    auto more = parameters;
    more.emplace_back("command", command_for(look, message, Verb::release));
    return {"messages.held_needs_release", more, exit_data};
  }
  if (is_open && verb != Verb::discard && !has_body)
    return {"messages.body_gone", parameters, exit_data};
  if (!delivery::is_settled(message.state) && !is_open)
    return {"messages.is_under_way", parameters, exit_try_later};
  return {std::string("messages.cannot_") + store::to_string(verb), parameters, exit_data};
}

// An address as it can stand in an envelope; the server has the last word.
bool looks_like_address(std::string_view text) {
  const auto at = text.rfind('@');
  const bool has_both = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  constexpr std::size_t longest = 320;  // RFC 3696 errata 1690 and RFC 5321 4.5.3.1 leave less
  return has_both && text.size() <= longest && std::ranges::none_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte <= 0x20 || byte == 0x7F || c == '<' || c == '>';
         });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// OLD=NEW; an address may hold '=' itself, so OLD is looked for among the recipients.
std::variant<std::pair<std::string, std::string>, Problem> correction_in(
    const store::StoredMessage& message, std::string_view text) {
  std::string recipients;
  for (const auto& recipient : message.envelope.recipients) {
    const auto& old = recipient.address;
    recipients += (recipients.empty() ? "" : ", ") + shown(old);
    const bool is_this = text.size() > old.size() && text[old.size()] == '=' &&
                         lower(text.substr(0, old.size())) == lower(old);
    if (!is_this) continue;
    const auto corrected = text.substr(old.size() + 1);
    if (!looks_like_address(corrected))
      return Problem{"messages.no_address", {{"address", shown(corrected)}}, exit_usage};
    return std::pair(old, std::string(corrected));
  }
  return Problem{"messages.no_such_recipient",
                 {{"correction", shown(text)}, {"recipients", recipients}},
                 exit_usage};
}

int tell(const Look& look, const Console& console, const Problem& problem) {
  console.error << told(look, problem.key, problem.parameters);
  return problem.exit_code;
}

Consent ask_about(const Look& look, const Console& console, const store::StoredMessage& message) {
  const auto warning =
      look.catalog.render("messages.may_arrive_twice", {{"subject", subject_text(look, message)}});
  return ask_consent(console,
                     indented(look, warning, 0) + look.catalog.render("messages.ask_consent"));
}

int exit_code_of(RequestOutcome outcome, bool is_running) {
  switch (outcome) {
    case RequestOutcome::pending:
      return is_running ? exit_try_later : exit_ok;
    case RequestOutcome::done:
      return exit_ok;
    case RequestOutcome::no_such_message:
      return exit_no_input;
    case RequestOutcome::wrong_state:
    case RequestOutcome::body_gone:
      return exit_data;
  }
  return exit_software;
}

std::string outcome_text(const Look& look, const store::Request& request, RequestOutcome outcome) {
  std::string key = "messages.outcome_";
  switch (outcome) {
    case RequestOutcome::done:
      key = std::string("messages.done_") + store::to_string(request.verb);
      break;
    case RequestOutcome::pending:
      key += look.is_running ? "no_answer" : "at_next_start";
      break;
    case RequestOutcome::no_such_message:
    case RequestOutcome::wrong_state:
    case RequestOutcome::body_gone:
      key += store::to_string(outcome);
      break;
  }
  const auto show = "todoku messages show " + request.message_id + look.place_option;
  return told(look, key, {{"id", request.message_id}, {"show", show}});
}

}  // namespace

std::variant<store::Request, Problem> request_for(const Look& look,
                                                  const store::StoredMessage& message,
                                                  const MessagesOptions& options) {
  store::Request request;
  request.verb = verb_of(options.action);
  request.message_id = message.id;
  const auto actions = actions_of(message);
  if (std::ranges::find(actions, request.verb) == actions.end())
    return wrong_state(look, message, request.verb);
  for (const auto& text : options.corrections) {
    auto correction = correction_in(message, text);
    if (auto* problem = std::get_if<Problem>(&correction)) return std::move(*problem);
    request.corrections.push_back(std::get<0>(std::move(correction)));
  }
  return request;
}

int make_request(const Look& look, store::Reader& reader, const std::filesystem::path& state_dir,
                 const store::StoredMessage& message, const MessagesOptions& options,
                 const Console& console) {
  const auto made = request_for(look, message, options);
  if (const auto* problem = std::get_if<Problem>(&made)) return tell(look, console, *problem);
  const auto& request = std::get<store::Request>(made);
  const bool may_double = request.verb == Verb::retry && message.state == MessageState::unknown;
  if (may_double && !options.yes) {
    const auto consent = ask_about(look, console, message);
    if (consent == Consent::cannot_ask)
      return tell(look, console,
                  {"messages.needs_yes",
                   {{"id", message.id}, {"command", command_for(look, message, request.verb)}},
                   exit_usage});
    if (consent == Consent::refused) {
      console.error << indented(look, look.catalog.render("messages.left_alone"), 0);
      return exit_ok;
    }
  }
  const auto number = reader.ask(request);
  if (number.has_error()) return tell(look, console, reader_problem(state_dir, number.error()));
  auto outcome = Result<RequestOutcome>(RequestOutcome::pending);
  if (look.is_running) outcome = wait_for_outcome(reader, *number, console);
  if (outcome.has_error()) return tell(look, console, reader_problem(state_dir, outcome.error()));
  const auto exit_code = exit_code_of(*outcome, look.is_running);
  if (options.json) {
    console.out << request_json(request, *outcome, look.is_running);
  } else {
    (exit_code == exit_ok ? console.out : console.error) << outcome_text(look, request, *outcome);
  }
  return exit_code;
}

}  // namespace todoku::cli
