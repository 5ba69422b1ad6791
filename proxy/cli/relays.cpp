// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/relays.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/fallback_words.hpp"
#include "proxy/cli/look.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/platform/instance_lock.hpp"
#include "proxy/settings/fallback_causes.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace todoku::cli {

namespace {

namespace json = boost::json;
using Paths = std::vector<delivery::RememberedPath>;
using Relays = std::vector<store::StoredRelay>;

constexpr std::size_t margin = 2;
constexpr std::size_t most_events = 10;

std::string cause_word(const Look& look, delivery::FallbackCause cause) {
  const auto name = std::string(settings::to_string(cause));
  return look.catalog.render(std::string("relays.cause_") + name);
}

Colour colour_of(store::RelayState state) {
  switch (state) {
    case store::RelayState::not_tried:
      return Colour::cyan;
    case store::RelayState::in_reach:
      return Colour::green;
    case store::RelayState::out_of_reach:
      break;
  }
  return Colour::red;
}

std::string relay_lines(const Look& look, const store::StoredRelay& relay) {
  const auto state = look.catalog.render(std::string("relays.") + store::to_string(relay.state),
                                         {{"since", time_text(look, relay.since)}});
  const bool has_name = !relay.fallback.empty() && relay.fallback != relay.name;
  const auto name = shown(has_name ? relay.fallback + " (" + relay.name + ")" : relay.name);
  std::string out = std::string(margin, ' ') + coloured(look, Colour::bold, name) + "  " +
                    coloured(look, colour_of(relay.state), state) + "\n";
  if (!relay.trouble.empty()) out += indented(look, shown(relay.trouble), 2 * margin);
  return out;
}

std::string heading(const Look& look, std::string_view key) {
  return coloured(look, Colour::bold, look.catalog.render(key)) + "\n";
}

std::string relay_part(const Look& look, const Relays& relays, bool fallbacks) {
  std::string out;
  for (const auto& relay : relays) {
    if (relay.fallback.empty() != fallbacks) out += relay_lines(look, relay);
  }
  if (out.empty()) out = indented(look, look.catalog.render("relays.no_fallback"), margin);
  return heading(look, fallbacks ? "relays.title_fallbacks" : "relays.title_usual") + out + "\n";
}

std::string path_lines(const Look& look, const delivery::RememberedPath& path) {
  const auto way = path.fallback.empty() ? std::string("relays.path_blocked") : "relays.path_round";
  std::string out =
      indented(look,
               look.catalog.render(way, {{"domain", shown(path.domain)},
                                         {"relay", shown(path.relay)},
                                         {"fallback", shown(path.fallback)},
                                         {"since", time_text(look, path.since)},
                                         {"until", time_text(look, path.until)},
                                         {"probe", time_text(look, path.next_probe)}}),
               margin);
  for (const auto& evidence : path.evidence) {
    out += indented(
        look,
        look.catalog.render("relays.evidence", {{"at", time_text(look, evidence.at)},
                                                {"cause", cause_word(look, evidence.cause)},
                                                {"id", shown(evidence.message_id)},
                                                {"reply", shown(evidence.reply)}}),
        2 * margin);
  }
  return out;
}

bool is_there(const Relays& relays, const std::string& fallback) {
  return std::ranges::any_of(
      relays, [&](const auto& relay) { return !fallback.empty() && relay.fallback == fallback; });
}

// By whose mail a fallback would be taken for a forger, and what would change that.
std::string alignment_part(const Look& look, const Relays& relays, const store::RelayFacts& facts) {
  std::string out;
  for (const auto& record : facts.alignments) {
    if (record.is_allowed() || !is_there(relays, record.fallback)) continue;
    out += withheld_text(look, record, margin);
  }
  return out.empty() ? out : "\n" + heading(look, "relays.title_alignment") + out;
}

std::string lesson_part(const Look& look, const Relays& relays, const store::RelayFacts& facts) {
  std::string out;
  for (const auto& lesson : facts.lessons) {
    if (!is_there(relays, lesson.fallback)) continue;
    out += indented(look, shown(lesson.fallback), margin) + lesson_text(look, lesson, 2 * margin);
  }
  return out.empty() ? out : "\n" + heading(look, "relays.title_tests") + out;
}

// Which sentence tells it.
std::string event_key(const store::StoredEvent& event) {
  std::string key = std::string("event.") + store::to_string(event.kind);
  const auto has = [&event](std::string_view name) {
    return std::ranges::any_of(event.parameters,
                               [name](const auto& one) { return one.first == name; });
  };
  switch (event.kind) {
    case store::EventKind::detour_began:
      return has("domain") ? key + "_for_days" : key;
    case store::EventKind::alignment_changed: {
      const bool is_allowed = delivery::record_from(event.parameters, event.at).is_allowed();
      return key + (is_allowed ? "_allowed" : "_withheld");
    }
    case store::EventKind::relay_tested: {
      const bool rewrites = delivery::lesson_from(event.parameters, event.at).rewrites_from;
      return key + (rewrites ? "_rewrites" : "_fine");
    }
    default:
      return key;
  }
}

// Seconds since 1970, as events carry a time.
std::string time_of_seconds(const Look& look, const std::string& seconds) {
  std::int64_t number = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), number);
  return time_text(look, store::Time(std::chrono::seconds(number)));
}

std::string event_part(const Look& look, const std::vector<store::StoredEvent>& events) {
  std::string out;
  for (const auto& event : events) {
    explain::Parameters texts;
    for (const auto& [name, text] : event.parameters) {
      texts.emplace_back(name, name == "until" ? time_of_seconds(look, text) : shown(text));
    }
    out += indented(look, time_text(look, event.at), margin) +
           indented(look, look.catalog.render(event_key(event), texts), 2 * margin);
  }
  return out.empty() ? out : "\n" + heading(look, "relays.title_events") + out;
}

// All that the page shows.
struct Known {
  Relays relays;
  Paths paths;
  store::RelayFacts facts;
  std::vector<store::StoredEvent> events;  // the newest first
};

std::string text_of(const Look& look, const Known& known) {
  const auto& relays = known.relays;
  const auto& paths = known.paths;
  std::string out;
  if (!look.is_running) out += indented(look, look.catalog.render("relays.not_running"), 0) + "\n";
  out += relay_part(look, relays, false) + relay_part(look, relays, true);
  out += heading(look, "relays.title_paths");
  if (paths.empty()) out += indented(look, look.catalog.render("relays.no_paths"), margin);
  for (const auto& path : paths) out += path_lines(look, path);
  return out + alignment_part(look, known.relays, known.facts) +
         lesson_part(look, known.relays, known.facts) + event_part(look, known.events);
}

json::object object_of(const store::StoredRelay& relay) {
  return {{"relay", relay.name},
          {"fallback", relay.fallback.empty() ? json::value(nullptr) : json::value(relay.fallback)},
          {"state", store::to_string(relay.state)},
          {"since", utc_text(relay.since)},
          {"trouble", relay.trouble.empty() ? json::value(nullptr) : json::value(relay.trouble)}};
}

json::object object_of(const delivery::RememberedPath& path) {
  json::array evidence;
  for (const auto& one : path.evidence) {
    evidence.push_back(json::object{{"at", utc_text(one.at)},
                                    {"message", one.message_id},
                                    {"cause", settings::to_string(one.cause)},
                                    {"reply", one.reply}});
  }
  return {{"domain", path.domain},
          {"relay", path.relay},
          {"fallback", path.fallback.empty() ? json::value(nullptr) : json::value(path.fallback)},
          {"since", utc_text(path.since)},
          {"until", utc_text(path.until)},
          {"next_probe", utc_text(path.next_probe)},
          {"evidence", std::move(evidence)}};
}

json::object object_of(const delivery::AlignmentRecord& record) {
  json::object object{{"at", utc_text(record.at)}, {"allowed", record.is_allowed()}};
  for (const auto& [name, text] : delivery::texts_of(record)) {
    object[name] = text.empty() ? json::value(nullptr) : json::value(text);
  }
  return object;
}

json::object object_of(const delivery::RelayLesson& lesson) {
  json::object object{{"at", utc_text(lesson.at)}};
  for (const auto& [name, text] : delivery::texts_of(lesson)) object[name] = text;
  object["rewrites_from"] = lesson.rewrites_from;
  object["keeps_message_id"] = lesson.keeps_message_id;
  return object;
}

json::object object_of(const store::StoredEvent& event) {
  json::object parameters;
  for (const auto& [name, text] : event.parameters) parameters[name] = smtp::cleaned(text, 4'096);
  return {{"at", utc_text(event.at)},
          {"event", store::to_string(event.kind)},
          {"parameters", std::move(parameters)}};
}

std::string json_of(const Known& known, bool is_running) {
  json::array of_relays;
  for (const auto& relay : known.relays) of_relays.push_back(object_of(relay));
  json::array of_paths;
  for (const auto& path : known.paths) of_paths.push_back(object_of(path));
  json::array of_alignments;
  for (const auto& record : known.facts.alignments) {
    if (is_there(known.relays, record.fallback)) of_alignments.push_back(object_of(record));
  }
  json::array of_lessons;
  for (const auto& lesson : known.facts.lessons) {
    if (is_there(known.relays, lesson.fallback)) of_lessons.push_back(object_of(lesson));
  }
  json::array of_events;
  for (const auto& event : known.events) of_events.push_back(object_of(event));
  return json::serialize(json::object{{"relays", std::move(of_relays)},
                                      {"paths", std::move(of_paths)},
                                      {"alignments", std::move(of_alignments)},
                                      {"tests", std::move(of_lessons)},
                                      {"events", std::move(of_events)},
                                      {"serve_running", is_running}}) +
         "\n";
}

Result<Known> known_to(store::Reader& reader) {
  auto relays = reader.relays();
  if (relays.has_error()) return relays.error();
  auto paths = reader.paths();
  if (paths.has_error()) return paths.error();
  auto facts = reader.relay_facts();
  if (facts.has_error()) return facts.error();
  auto events = reader.relay_events(most_events);
  if (events.has_error()) return events.error();
  return Known{std::move(*relays), std::move(*paths), std::move(*facts), std::move(*events)};
}

int tell(const Look& look, const Console& console, const Problem& problem) {
  console.error << told(look, problem.key, problem.parameters);
  return problem.exit_code;
}

}  // namespace

int run_relays(const RelaysOptions& options, const std::filesystem::path& state_dir,
               std::shared_ptr<const store::Sealer> sealer, const explain::Catalog& catalog,
               const Console& console) {
  Look look{catalog, console.columns, console.has_colour, console.now};
  auto opened = open_reader(state_dir, std::move(sealer));
  if (const auto* problem = std::get_if<Problem>(&opened)) return tell(look, console, *problem);
  auto& reader = *std::get<std::unique_ptr<store::Reader>>(opened);
  look.is_running = platform::InstanceLock::is_held(state_dir);
  const auto known = known_to(reader);
  if (known.has_error()) return tell(look, console, reader_problem(state_dir, known.error()));
  console.out << (options.json ? json_of(*known, look.is_running) : text_of(look, *known));
  return exit_ok;
}

}  // namespace todoku::cli
