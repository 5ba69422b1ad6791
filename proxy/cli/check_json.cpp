// SPDX-License-Identifier: Apache-2.0
// Whatever the message has becomes whole UTF-8 first: JSON has nothing else.
#include "classifier/mail/charset.hpp"
#include "proxy/cli/check_page.hpp"
#include "proxy/cli/check_words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace todoku::cli {
namespace {

namespace json = boost::json;

std::string whole_text(std::string_view text) {
  return mail::to_utf8(text, "utf-8");
}

json::object place_of(const checks::Place& place) {
  json::object out;
  if (!place.header.empty()) out["header"] = whole_text(place.header);
  if (place.part) out["part"] = *place.part;
  if (!place.file.empty()) out["file"] = whole_text(place.file);
  if (place.line > 0) out["line"] = place.line;
  if (place.character > 0) out["character"] = place.character;
  return out;
}

json::object object_of(const checks::Finding& finding, const explain::Catalog* words) {
  json::object out;
  out["check"] = to_string(finding.check);
  out["code"] = finding.code;
  out["level"] = level_name(finding.level);
  json::object parameters;
  for (const auto& [name, value] : finding.parameters) parameters[name] = whole_text(value);
  out["parameters"] = std::move(parameters);
  out["place"] = place_of(finding.place);
  if (words == nullptr) return out;
  const auto said = words_of(*words, finding);
  out["saw"] = whole_text(said.saw);
  out["why"] = said.why;
  out["what_to_do"] = whole_text(said.to_do);
  return out;
}

const char* name_of(checks::Outcome outcome) {
  switch (outcome) {
    case checks::Outcome::accept:
      return "accept";
    case checks::Outcome::hold:
      return "hold";
    case checks::Outcome::refuse:
      return "refuse";
  }
  return "";
}

}  // namespace

std::string check_json(const checks::Verdict& verdict, std::string_view file,
                       const explain::Catalog* words) {
  json::object out;
  out["file"] = whole_text(file);
  out["outcome"] = name_of(verdict.outcome);
  json::array findings;
  for (const auto& finding : verdict.findings) findings.push_back(object_of(finding, words));
  out["findings"] = std::move(findings);
  return json::serialize(out) + "\n";
}

}  // namespace todoku::cli
