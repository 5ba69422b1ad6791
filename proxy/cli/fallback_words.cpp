// SPDX-License-Identifier: Apache-2.0
// Sentences come from the catalog; here are only their keys and parameters.
#include "proxy/cli/fallback_words.hpp"

namespace todoku::cli {

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

}  // namespace todoku::cli
