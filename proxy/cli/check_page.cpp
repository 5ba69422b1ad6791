// SPDX-License-Identifier: Apache-2.0
// Everything that came from the message goes through printable() before it is shown.
#include "proxy/cli/check_page.hpp"

#include "proxy/cli/check_words.hpp"
#include "proxy/demo/layout.hpp"

namespace todoku::cli {
namespace {

using checks::Outcome;

const char* summary_key(const checks::Verdict& verdict) {
  if (verdict.findings.empty()) return "checks.none";
  switch (verdict.outcome) {
    case Outcome::accept:
      return "checks.accept";
    case Outcome::hold:
      return "checks.hold";
    case Outcome::refuse:
      return "checks.refuse";
  }
  return "checks.none";
}

void add(std::string& page, std::string_view text, std::string_view indent,
         const Terminal& terminal) {
  if (text.empty()) return;
  for (const auto& line :
       demo::wrap(printable(text), terminal.columns - demo::display_width(indent)))
    page += std::string(indent) + line + "\n";
}

void add_finding(std::string& page, const checks::Finding& finding, const explain::Catalog& words,
                 const Terminal& terminal) {
  const auto said = words_of(words, finding);
  const auto mark = words.render(std::string("checks.mark_") + level_name(finding.level));
  const auto title = words.render("checks.mark_of", {{"mark", mark}, {"check", said.title}});
  page += "\n";
  page += terminal.has_colour ? "\x1b[1m■ " + title + "\x1b[0m\n" : "■ " + title + "\n";
  add(page, said.saw, "  ", terminal);
  add(page, said.why, "  ", terminal);
  add(page, words.render("checks.do_label", {{"value", said.to_do}}), "  ", terminal);
  add(page, said.place, "  ", terminal);
}

}  // namespace

std::string check_page(const checks::Verdict& verdict, std::string_view file,
                       const explain::Catalog& words, const Terminal& terminal) {
  std::string page;
  if (!file.empty())
    add(page, words.render("checks.title", {{"file", std::string(file)}}), "", terminal);
  const auto count = std::to_string(verdict.findings.size());
  add(page, words.render(summary_key(verdict), {{"count", count}}), "", terminal);
  for (const auto& finding : verdict.findings) add_finding(page, finding, words, terminal);
  return page;
}

}  // namespace todoku::cli
