// SPDX-License-Identifier: Apache-2.0
// Opens the database, picks the action, tells what stands in the way.
#include "proxy/cli/messages.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/cli/messages_json.hpp"
#include "proxy/cli/messages_list.hpp"
#include "proxy/cli/messages_request.hpp"
#include "proxy/cli/messages_show.hpp"
#include "proxy/cli/messages_terminal.hpp"
#include "proxy/platform/instance_lock.hpp"

#include <iostream>
#include <map>
#include <string>
#include <utility>

namespace todoku::cli {

namespace {

int tell(const Look& look, const Console& console, const Problem& problem) {
  console.error << told(look, problem.key, problem.parameters);
  return problem.exit_code;
}

int list(const Look& look, store::Reader& reader, const std::filesystem::path& state_dir,
         const MessagesOptions& options, const Console& console) {
  const auto selected = select_messages(reader, options);
  if (selected.has_error()) return tell(look, console, reader_problem(state_dir, selected.error()));
  console.out << (options.json ? list_json(*selected, look.is_running)
                               : list_text(look, *selected));
  return exit_ok;
}

int show(const Look& look, store::Reader& reader, const std::filesystem::path& state_dir,
         store::StoredMessage message, const MessagesOptions& options, const Console& console) {
  auto attempts = reader.attempts_of(message.id);
  if (attempts.has_error()) return tell(look, console, reader_problem(state_dir, attempts.error()));
  auto events = reader.events_of(message.id);
  if (events.has_error()) return tell(look, console, reader_problem(state_dir, events.error()));
  const MessageStory story{std::move(message), std::move(*attempts), std::move(*events)};
  console.out << (options.json ? show_json(story, look.is_running) : show_text(look, story));
  return exit_ok;
}

// By message; the newest wish counts. What cannot be read is not shown.
std::map<std::string, store::Verb> asked_for(store::Reader& reader) {
  std::map<std::string, store::Verb> asked;
  const auto requests = reader.open_requests();
  if (requests.has_error()) return asked;
  for (const auto& request : *requests) asked[request.message_id] = request.verb;
  return asked;
}

}  // namespace

Console terminal_console() {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return {std::cout,          std::cerr,         std::cin, terminal_columns(),
          colour_is_wanted(), person_is_there(), now};
}

int run_messages(const MessagesOptions& options, const std::filesystem::path& state_dir,
                 std::shared_ptr<const store::Sealer> sealer, const explain::Catalog& catalog,
                 const Console& console) {
  Look look{catalog,
            console.columns,
            console.has_colour,
            console.now,
            true,
            place_options(options.config, options.state_dir)};
  auto opened = open_reader(state_dir, std::move(sealer));
  if (const auto* problem = std::get_if<Problem>(&opened)) return tell(look, console, *problem);
  auto& reader = *std::get<std::unique_ptr<store::Reader>>(opened);
  // Not to be told apart from "runs" when it cannot be looked at: then the wait decides.
  look.is_running = platform::InstanceLock::is_held(state_dir);
  if (!look.is_running) look.asked = asked_for(reader);
  if (options.action == MessagesAction::list)
    return list(look, reader, state_dir, options, console);
  auto found = find_message(reader, state_dir, options.id);
  if (const auto* problem = std::get_if<Problem>(&found)) return tell(look, console, *problem);
  auto& message = std::get<store::StoredMessage>(found);
  if (options.action == MessagesAction::show)
    return show(look, reader, state_dir, std::move(message), options, console);
  return make_request(look, reader, state_dir, message, options, console);
}

}  // namespace todoku::cli
