// SPDX-License-Identifier: Apache-2.0
// config/addresses: read strictly, and what is shipped is well-formed and has its words.
#include "classifier/explain/messages.hpp"
#include "config/embedded.hpp"
#include "proxy/addresses/data.hpp"
#include "proxy/addresses/domain_name.hpp"
#include "proxy/addresses/known_domains.hpp"
#include "proxy/addresses/public_suffixes.hpp"
#include "proxy/addresses/reason.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace todoku::addresses {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string first_mistake(std::string_view text) {
  Data data;
  std::vector<DataMistake> mistakes;
  read_targets(text, data, mistakes);
  if (mistakes.empty()) return {};
  return std::to_string(mistakes.front().line) + " " + mistakes.front().what;
}

TEST(AddressData, ReadsAGroup) {
  Data data;
  std::vector<DataMistake> mistakes;
  read_targets(
      "[[group]]\nwhat = \"a\"\nsource = \"b\"\nrank = 2\ndots = \"allowed\"\nbelow = true\n"
      "domains = [\"koinca.jp\"]\n[heard]\n\"koinca.jp\" = [\"koinka\"]\n",
      data, mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  ASSERT_EQ(data.targets.size(), 1U);
  EXPECT_EQ(data.targets[0].domain, "koinca.jp");
  EXPECT_EQ(data.targets[0].rank, 2);
  EXPECT_EQ(data.targets[0].dots, Dots::allowed);
  EXPECT_TRUE(data.targets[0].has_below);
  EXPECT_FALSE(data.targets[0].is_family);
  ASSERT_EQ(data.heard.size(), 1U);
  EXPECT_EQ(data.heard[0].second, "koinka");
}

TEST(AddressData, TellsMistakesWithTheirLines) {
  const std::string good = "[[group]]\nwhat = \"a\"\nsource = \"b\"\nrank = 2\n";
  EXPECT_THAT(first_mistake(good + "domain = []\n"), HasSubstr("5 domain: unknown key"));
  EXPECT_THAT(first_mistake(good + "domains = [\"Koinca.jp\"]\n"),
              HasSubstr("no lower-case domain"));
  EXPECT_THAT(first_mistake(good + "domains = [7]\n"), HasSubstr("5 domains"));
  EXPECT_THAT(first_mistake(good + "dots = \"yes\"\ndomains = []\n"), HasSubstr("5 dots"));
  EXPECT_THAT(first_mistake(good + "below = 1\ndomains = []\n"), HasSubstr("5 below"));
  EXPECT_THAT(first_mistake("[[group]]\nwhat = \"a\"\nsource = \"b\"\ndomains = []\n"),
              HasSubstr("rank"));
  EXPECT_THAT(first_mistake("group = 1\n"), HasSubstr("group"));
  EXPECT_THAT(first_mistake("x"), HasSubstr("1 "));
}

TEST(ShippedAddressData, EachDomainStandsOnceBelowARealEnding) {
  Data data;
  std::vector<DataMistake> mistakes;
  read_targets(config::embedded("addresses/targets.toml"), data, mistakes);
  for (const auto& one : mistakes) ADD_FAILURE() << one.file << ":" << one.line << " " << one.what;
  std::set<std::string> seen;
  for (const auto& target : data.targets) {
    EXPECT_TRUE(seen.insert(target.domain).second) << target.domain << " stands twice";
    const auto ending = public_ending(target.domain);
    EXPECT_FALSE(ending.empty() || ending.size() == target.domain.size()) << target.domain;
  }
  for (const auto& [domain, spelling] : data.heard)
    EXPECT_TRUE(seen.contains(domain)) << "heard: " << domain << " is no target";
}

TEST(ShippedAddressData, EndingsExist) {
  Data data;
  std::vector<DataMistake> mistakes;
  read_endings(config::embedded("addresses/endings.toml"), data, mistakes);
  EXPECT_TRUE(mistakes.empty());
  EXPECT_FALSE(data.endings.empty());
  for (const auto& ending : data.endings) EXPECT_TRUE(is_public_ending(ending)) << ending;
  for (const auto& label : data.organisations)
    EXPECT_TRUE(is_public_ending(label + ".jp")) << label;
}

TEST(ShippedAddressData, KnownDomainsAreSortedDomains) {
  const std::string text(config::embedded("addresses/known.txt"));
  std::istringstream lines(text);
  std::string before;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    EXPECT_TRUE(is_host_name(line)) << line;
    EXPECT_LT(before, line);
    before = line;
  }
  const KnownDomains known(text);
  EXPECT_TRUE(known.contains(before));
  EXPECT_FALSE(known.contains("hotmai.com"));
}

TEST(KnownDomains, AreFoundInAnyOrder) {
  const KnownDomains known("b.example\n# a note\n\na.example\nc.example");
  EXPECT_EQ(known.size(), 3U);
  for (const char* domain : {"a.example", "b.example", "c.example"})
    EXPECT_TRUE(known.contains(domain));
  EXPECT_FALSE(known.contains("# a note"));
  EXPECT_FALSE(known.contains(""));
}

TEST(AddressWords, BothLanguagesHaveEveryReason) {
  std::vector<std::vector<std::string>> keys;
  for (const char* language : {"ja", "en"}) {
    const auto parsed = explain::Catalog::parse(
        config::embedded("messages/addresses." + std::string(language) + ".toml"));
    const auto* words = std::get_if<explain::Catalog>(&parsed);
    ASSERT_NE(words, nullptr) << language;
    keys.push_back(words->keys());
    for (int i = 0; i <= static_cast<int>(Reason::only_an_ending); ++i) {
      const auto key = "address." + std::string(code_of(static_cast<Reason>(i)));
      EXPECT_TRUE(words->has(key)) << language << " " << key;
    }
    for (const char* key : {"check_address.suggestion", "check_address.suggestions",
                            "check_address.looks_right", "check_address.flagged"})
      EXPECT_EQ(words->why_incomplete(key, {{"suggestion", "a"}, {"second", "b"}}), "");
  }
  EXPECT_EQ(keys[0], keys[1]);
}

TEST(PublicEnding, FollowsTheList) {
  EXPECT_EQ(public_ending("mail.koinca.co.jp"), "co.jp");
  EXPECT_EQ(public_ending("koinca.example.jp"), "jp");
  EXPECT_EQ(public_ending("koinca.nosuchtld"), "");
  EXPECT_EQ(public_ending("koinca.co.za"), "co.za");  // "za" alone has no rule
  EXPECT_EQ(public_ending("city.hakodate.hokkaido.jp"), "hakodate.hokkaido.jp");
  EXPECT_EQ(public_ending(""), "");
  EXPECT_EQ(public_ending(std::string(400, 'a')), "");
  EXPECT_TRUE(is_public_ending("or.jp"));
  EXPECT_FALSE(is_public_ending("koinca.or.jp"));
}

}  // namespace
}  // namespace todoku::addresses
