// SPDX-License-Identifier: Apache-2.0
// The catalog, and the two catalogs that are shipped: complete, alike, and all that the code needs.
#include "classifier/explain/messages.hpp"

#include "config/embedded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace todoku::explain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Catalog read(std::string_view text) {
  auto parsed = Catalog::parse(text);
  if (const auto* error = std::get_if<CatalogError>(&parsed)) {
    ADD_FAILURE() << "line " << error->line << ": " << error->what;
    return std::get<Catalog>(Catalog::parse("[empty]\n"));
  }
  return std::get<Catalog>(std::move(parsed));
}

Catalog shipped(const std::string& language) {
  const auto text = config::embedded("messages/" + language + ".toml");
  EXPECT_FALSE(text.empty());
  return read(text);
}

CatalogError error_of(std::string_view text) {
  const auto parsed = Catalog::parse(text);
  const auto* error = std::get_if<CatalogError>(&parsed);
  return error == nullptr ? CatalogError{} : *error;
}

TEST(Catalog, FillsNamedParameters) {
  const auto catalog = read("[smtp]\nhello = \"{who}, {what} ({who})\"\n");
  EXPECT_EQ(catalog.render("smtp.hello", {{"what", "b"}, {"who", "a"}}), "a, b (a)");
  EXPECT_THAT(catalog.keys(), ElementsAre("smtp.hello"));
  EXPECT_THAT(catalog.parameters_of("smtp.hello"), ElementsAre("what", "who"));
}

TEST(Catalog, NeverReadsBracesInWhatAServerSaid) {
  const auto catalog = read("[smtp]\nsaid = \"{text} {relay}\"\n");
  EXPECT_EQ(catalog.render("smtp.said", {{"text", "{relay} } {"}, {"relay", "x"}}),
            "{relay} } { x");
}

TEST(Catalog, UnknownKeyIsShownAndTold) {
  const auto catalog = read("[a]\nb = \"c\"\n");
  EXPECT_EQ(catalog.render("a.none"), "a.none");
  EXPECT_THAT(catalog.why_incomplete("a.none"), HasSubstr("a.none"));
  EXPECT_THAT(catalog.why_incomplete("a.b"), IsEmpty());
}

TEST(Catalog, MissingParameterIsShownAndTold) {
  const auto catalog = read("[a]\nb = \"to {relay}\"\n");
  EXPECT_EQ(catalog.render("a.b"), "to {relay}");
  EXPECT_THAT(catalog.why_incomplete("a.b"), HasSubstr("relay"));
}

TEST(Catalog, TellsTheLineOfAMistake) {
  EXPECT_EQ(error_of("[a]\nb = \"c\"\nd = \"{\"\n").line, 3U);
  EXPECT_THAT(error_of("[a]\nb = \"}\"\n").what, HasSubstr("a.b"));
  EXPECT_THAT(error_of("[a]\nb = \"{No Name}\"\n").what, HasSubstr("a.b"));
  EXPECT_THAT(error_of("[a]\nb = 3\n").what, HasSubstr("string"));
  EXPECT_THAT(error_of("[a]\nb = \"\"\n").what, HasSubstr("empty"));
  EXPECT_THAT(error_of("b = \"c\"\n").what, HasSubstr("section"));
  EXPECT_EQ(error_of("[a]\nb = \n").line, 2U);
}

TEST(ShippedMessages, BothLanguagesHaveTheSameKeysAndParameters) {
  const auto japanese = shipped("ja");
  const auto english = shipped("en");
  EXPECT_EQ(japanese.keys(), english.keys());
  for (const auto& key : english.keys()) {
    EXPECT_EQ(japanese.parameters_of(key), english.parameters_of(key)) << key;
  }
}

TEST(ShippedMessages, NoSentenceIsBlank) {
  for (const auto* language : {"ja", "en"}) {
    const auto catalog = shipped(language);
    for (const auto& key : catalog.keys()) {
      EXPECT_NE(catalog.render(key).find_first_not_of(" \n\t"), std::string::npos) << key;
    }
  }
}

// They become reply lines: one line each, short, and a sentence to its end.
TEST(ShippedMessages, RefusalsAreShortWholeSentences) {
  for (const auto* language : {"ja", "en"}) {
    const auto catalog = shipped(language);
    for (const auto& key : catalog.keys()) {
      if (key.rfind("smtp.", 0) != 0) continue;
      const auto text = catalog.render(key);
      EXPECT_LT(text.size(), 400U) << key;
      EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos) << key;
      const bool ends = text.ends_with("。") || text.ends_with(".");
      EXPECT_TRUE(ends) << language << " " << key;
    }
  }
}

TEST(ShippedMessages, JapaneseIsJapanese) {
  const auto japanese = shipped("ja");
  for (const auto& key : japanese.keys()) {
    const auto text = japanese.render(key);
    const bool has_japanese = std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xE3; });
    EXPECT_TRUE(has_japanese) << key;
  }
}

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

// Every key in the sources: in render("..."), or a whole literal in a folder that speaks of no
// settings (there "smtp.max_hops" is a setting).
std::vector<std::string> keys_in(const std::filesystem::path& file) {
  const std::regex rendered(R"(render\(\s*"([a-z_.0-9]+)\")");
  const std::regex literal(R"("((?:smtp|demo|serve)\.[a-z_0-9]*[a-z0-9])\")");
  const std::string text = content_of(file);
  const auto path = file.generic_string();
  const bool speaks_of_settings =
      path.find("/settings/") != std::string::npos || path.find("/cli/") != std::string::npos;
  std::vector<std::string> keys;
  const auto collect = [&](const std::regex& pattern) {
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
      keys.push_back((*at)[1]);
    }
  };
  collect(rendered);
  if (!speaks_of_settings) collect(literal);
  return keys;
}

TEST(ShippedMessages, EveryKeyInTheCodeExists) {
  auto catalog = shipped("en");
  catalog.add(shipped("explain.en"));
  catalog.add(shipped("addresses.en"));
  catalog.add(shipped("checks.en"));
  const std::filesystem::path root = TODOKU_SOURCE_DIR;
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "proxy")) {
    const auto extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".hpp") continue;
    for (const auto& key : keys_in(entry.path())) {
      ++found;
      EXPECT_TRUE(catalog.has(key)) << key << " in " << entry.path();
    }
  }
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace todoku::explain
