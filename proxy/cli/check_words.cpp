// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/check_words.hpp"

#include "classifier/explain/explanation.hpp"

#include <algorithm>

namespace todoku::cli {
namespace {

using explain::Catalog;
using explain::Parameters;

bool has(const Parameters& parameters, std::string_view name) {
  return std::ranges::any_of(parameters, [name](const auto& one) { return one.first == name; });
}

std::string place_of(const Catalog& words, const checks::Place& place) {
  const auto say = [&words](const char* key, const char* name, std::string value) {
    return words.render(key, explain::readable(words, {{name, std::move(value)}}));
  };
  if (!place.header.empty()) return say("checks.place_header", "header", place.header);
  if (!place.file.empty()) return say("checks.place_file", "file", place.file);
  if (place.character > 0)
    return say("checks.place_character", "character", std::to_string(place.character));
  if (place.line > 1) return say("checks.place_line", "line", std::to_string(place.line));
  return {};
}

}  // namespace

Parameters readable_finding(const Catalog& words, const Parameters& given) {
  auto parameters = explain::readable(words, given);
  if (has(given, "file") && !has(parameters, "file"))
    parameters.emplace_back("file", words.render("checks.unnamed_file"));
  if (!has(parameters, "who")) parameters.emplace_back("who", words.render("checks.unknown_who"));
  return parameters;
}

FindingWords words_of_code(const Catalog& words, const std::string& code, const Parameters& given) {
  FindingWords out;
  const auto key = "finding." + code;
  if (!words.has(key + ".saw")) return out;
  const auto parameters = readable_finding(words, given);
  out.saw = words.render(key + ".saw", parameters);
  if (words.why_incomplete(key + ".more", parameters).empty()) {
    if (!out.saw.ends_with("。")) out.saw += ' ';
    out.saw += words.render(key + ".more", parameters);
  }
  out.why = words.render(key + ".why", parameters);
  out.to_do = words.render(key + ".do", parameters);
  return out;
}

FindingWords words_of(const Catalog& words, const checks::Finding& finding) {
  auto out = words_of_code(words, finding.code, finding.parameters);
  const auto title = "check." + std::string(to_string(finding.check));
  out.title = words.render(title);
  out.place = place_of(words, finding.place);
  return out;
}

const char* level_name(settings::CheckLevel level) {
  switch (level) {
    case settings::CheckLevel::off:
      return "off";
    case settings::CheckLevel::note:
      return "note";
    case settings::CheckLevel::hold:
      return "hold";
    case settings::CheckLevel::refuse:
      return "refuse";
  }
  return "";
}

}  // namespace todoku::cli
