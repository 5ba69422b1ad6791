// SPDX-License-Identifier: Apache-2.0
// Every reader of TOML from outside (settings, rules, sentences, situations) answers a damaged file
// with the place of the mistake, and never ends the program.
#include "classifier/explain/messages.hpp"
#include "classifier/explain/situations.hpp"
#include "classifier/rules/judge.hpp"
#include "proxy/settings/settings.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace todoku {
namespace {

// The line of the first mistake; nothing = the text was taken.
using Line = std::optional<std::uint32_t>;

Line refused_by_rules(const std::string& text) {
  const auto parsed = rules::Rules::parse({{"admin.toml", text, true}});
  const auto* mistakes = std::get_if<std::vector<rules::Mistake>>(&parsed);
  if (mistakes == nullptr) return std::nullopt;
  EXPECT_FALSE(mistakes->front().what.empty());
  return mistakes->front().line;
}

Line refused_by_settings(const std::string& text) {
  settings::Settings into;
  const auto mistakes = settings::apply_toml(into, text, "todoku.toml");
  return mistakes.empty() ? Line() : Line(mistakes.front().line);
}

template <typename Parsed>
Line line_of(const Parsed& parsed) {
  const auto* error = std::get_if<explain::CatalogError>(&parsed);
  if (error == nullptr) return std::nullopt;
  EXPECT_FALSE(error->what.empty());
  return error->line;
}

const std::string deep(10000, '[');
const std::vector<std::string> damages{
    // headers
    "[$]", "[[[", "[", "[[", "[.x]", "[x.]", "[x..y]", "[ $ ]", "[[$]]", "[あ]", "[я]", "[\"]",
    "[x", "[[x]",
    // keys and values
    "x", "x =", "= 1", "x = $", "x = [", "x = " + deep, "x = \"\\u12\"", "x = '", "x = \"\"\"",
    "x = 1 1", "x = 2026-13-01", "x = 99999999999999999999", "x.y = 1\nx = 2", "x = {y = 1",
    "あ = 1",
    // bytes
    "\x01", std::string("\0", 1), "x = \"\xFF\"", "x = 1 \xE3\x81", "\xE2\x80\x83x = 1"};

TEST(DamagedToml, is_refused_with_its_line_by_every_reader) {
  for (const auto& damage : damages) {
    const auto text = "# a comment\n# another\n" + damage;
    SCOPED_TRACE(damage.substr(0, 40));
    for (const auto line :
         {refused_by_rules(text), refused_by_settings(text), line_of(explain::Catalog::parse(text)),
          line_of(explain::Situations::parse(text))}) {
      ASSERT_TRUE(line.has_value());
      EXPECT_GE(*line, 3U);
      EXPECT_LE(*line, 4U);
    }
  }
}

}  // namespace
}  // namespace todoku
