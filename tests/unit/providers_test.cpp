// SPDX-License-Identifier: Apache-2.0
// Provider files: read strictly, found by domain and host, and those that are shipped complete.
#include "config/embedded.hpp"
#include "proxy/providers/directory.hpp"
#include "proxy/providers/shipped.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace todoku::providers {
namespace {

using testing::HasSubstr;

const std::string small = R"(kind = "access"
[name]
ja = "ことば"
en = "Words"
[source.help]
page = "https://words.example/help"
checked = 2026-11-27
[source.old]
page = "https://words.example/old"
[domains]
source = "help"
names = ["words.example", "*.words.example"]
[submission]
source = "help"
host = "smtp.words.example"
starttls = 587
tls = 465
[sends]
source = "old"
megabytes = 20
counts = "attachments"
[[rate]]
source = "help"
count = 100
counts = "recipients"
per = "hour"
whom = "small plan"
[spf]
source = "help"
include = "_spf.words.example"
[desk]
source = "help"
)";

Directory directory_of(const std::vector<ProviderText>& texts) {
  auto parsed = Directory::parse(texts);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed)) {
    for (const auto& one : *mistakes)
      ADD_FAILURE() << one.file << ":" << one.line << " " << one.what;
    return {};
  }
  return std::get<Directory>(std::move(parsed));
}

std::string first_mistake(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) return "the text has no " + std::string(from);
  text.replace(at, from.size(), to);
  const auto parsed = Directory::parse({{"words", text}});
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed);
  if (mistakes == nullptr) return {};
  return std::to_string(mistakes->front().line) + " " + mistakes->front().what;
}

TEST(Providers, ReadsEveryFactWithItsSource) {
  const auto directory = directory_of({{"words", small}});
  ASSERT_EQ(directory.all().size(), 1U);
  const auto& one = directory.all().front();
  EXPECT_EQ(one.id, "words");
  EXPECT_EQ(one.kind, Kind::access);
  EXPECT_EQ(one.name_ja, "ことば");
  ASSERT_TRUE(one.submission);
  ASSERT_EQ(one.submission->endpoints.size(), 2U);
  EXPECT_EQ(one.submission->endpoints[0].port, 465);
  EXPECT_EQ(one.submission->endpoints[0].security, Security::tls);
  EXPECT_EQ(one.submission->endpoints[1].port, 587);
  EXPECT_EQ(one.submission->source.checked, "2026-11-27");
  ASSERT_TRUE(one.sends);
  EXPECT_EQ(one.sends->bytes, 20'000'000U);
  EXPECT_EQ(one.sends->counts, SizeLimit::Counts::attachments);
  EXPECT_EQ(one.sends->source.checked, "");
  EXPECT_FALSE(one.takes);
  ASSERT_EQ(one.rates.size(), 1U);
  EXPECT_EQ(one.rates[0].count, 100U);
  EXPECT_EQ(one.rates[0].per, RateLimit::Per::hour);
  EXPECT_EQ(one.rates[0].whom, "small plan");
  EXPECT_EQ(one.spf, "_spf.words.example");
  EXPECT_EQ(one.desk, "https://words.example/help");
}

TEST(Providers, FindsByDomainAndHostInAnyCase) {
  const auto directory = directory_of({{"words", small}});
  EXPECT_NE(directory.of_domain("Words.example"), nullptr);
  EXPECT_NE(directory.of_domain("green.words.example."), nullptr);
  EXPECT_EQ(directory.of_domain("otherwords.example"), nullptr);
  EXPECT_EQ(directory.of_domain(""), nullptr);
  EXPECT_NE(directory.of_host("SMTP.words.example"), nullptr);
  EXPECT_EQ(directory.of_host("imap.words.example"), nullptr);
  EXPECT_NE(directory.find("words"), nullptr);
  EXPECT_EQ(directory.find("other"), nullptr);
}

TEST(Providers, AStarStandsForSomething) {
  EXPECT_TRUE(fits("mx1.words.example", "*.words.example"));
  EXPECT_TRUE(fits("mail01.words.example", "mail*.words.example"));
  EXPECT_FALSE(fits("words.example", "*.words.example"));
  EXPECT_FALSE(fits("mail.words.example", "mail*.words.example"));
  EXPECT_FALSE(fits("mx1.words.example.other.example", "*.words.example"));
}

TEST(Providers, TellsMistakesWithLineAndKey) {
  EXPECT_THAT(first_mistake(small, "megabytes = 20", "megabits = 20"),
              HasSubstr("20 sends.megabits: unknown key"));
  EXPECT_THAT(first_mistake(small, "megabytes = 20", "megabytes = \"20\""),
              HasSubstr("sends.megabytes: must be a number"));
  EXPECT_THAT(first_mistake(small, "kind = \"access\"", "kind = \"shop\""),
              HasSubstr("kind: must be one of mailbox, carrier"));
  EXPECT_THAT(first_mistake(small, "source = \"old\"", "source = \"none\""),
              HasSubstr("sends.source: there is no [source.none]"));
  EXPECT_THAT(first_mistake(small, "https://words.example/old", "words"),
              HasSubstr("source.old.page: must be a URL"));
  EXPECT_THAT(first_mistake(small, "checked = 2026-11-27", "checked = \"today\""),
              HasSubstr("source.help.checked: must be a date"));
  EXPECT_THAT(first_mistake(small, "\"words.example\"", "\"Words Example\""),
              HasSubstr("domains.names"));
  EXPECT_THAT(first_mistake(small, "starttls = 587\ntls = 465\n", ""),
              HasSubstr("submission: needs tls"));
  EXPECT_THAT(first_mistake(small, "tls = 465", "tls = 70000"), HasSubstr("submission.tls"));
  EXPECT_THAT(first_mistake(small, "_spf.words.example", "include:_spf.words.example"),
              HasSubstr("spf.include"));
  EXPECT_THAT(first_mistake(small, "per = \"hour\"", "per = \"year\""), HasSubstr("rate.per"));
  EXPECT_THAT(first_mistake(small, "[[rate]]", "[rate]"), HasSubstr("rate: write [[rate]]"));
  EXPECT_THAT(first_mistake(small, "[desk]\nsource = \"help\"\n", "[unheard]\n"),
              HasSubstr("unheard: unknown key"));
  EXPECT_THAT(first_mistake(small, "[sends]\nsource = \"old\"", "[sends]\nsource = \"help\""),
              HasSubstr("source.old: no fact names it"));
  EXPECT_THAT(first_mistake(small, "[name]", "[name"), HasSubstr("2 "));
}

TEST(Providers, ADomainBelongsToOne) {
  const auto parsed = Directory::parse({{"words", small}, {"again", small}});
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed);
  ASSERT_NE(mistakes, nullptr);
  EXPECT_THAT(mistakes->front().what, HasSubstr("words.example is also in words"));
}

const Directory& shipped() {
  static const Directory directory = [] {
    std::vector<ProviderText> texts;
    for (const auto id : shipped_ids) {
      const auto file = "providers/" + std::string(id) + ".toml";
      texts.push_back({std::string(id), std::string(config::embedded(file))});
    }
    return directory_of(texts);
  }();
  return directory;
}

TEST(ShippedProviders, EveryFileOfTheFolderIsNamed) {
  const std::set<std::string, std::less<>> named(shipped_ids.begin(), shipped_ids.end());
  const auto folder = std::string(TODOKU_SOURCE_DIR) + "/config/providers";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_TRUE(named.contains(entry.path().stem().string())) << entry.path();
  }
  EXPECT_EQ(shipped().all().size(), named.size());
}

TEST(ShippedProviders, MailboxesThatManyWriteToAreTargetsOfTheAddressCheck) {
  const auto targets = config::embedded("addresses/targets.toml");
  for (const auto& one : shipped().all()) {
    if (one.kind != Kind::mailbox && one.kind != Kind::carrier) continue;
    for (const auto& domain : one.domains) {
      // Not the names of customers, nor a family in many countries.
      const bool is_single = domain.find('*') == std::string::npos && one.id != "outlook-com";
      const bool is_target = targets.find('"' + domain + '"') != std::string_view::npos;
      EXPECT_TRUE(is_target || !is_single) << domain;
    }
  }
}

TEST(ShippedProviders, EachIsComplete) {
  for (const auto& one : shipped().all()) {
    EXPECT_FALSE(one.name_ja.empty() || one.name_en.empty()) << one.id;
    EXPECT_FALSE(one.desk.empty()) << one.id << ": where do people ask?";
    EXPECT_FALSE(one.domains.empty() && one.kind != Kind::hosting && one.kind != Kind::sending)
        << one.id << ": whose mailboxes?";
    const bool reads_mail = one.imap || one.pop;
    EXPECT_TRUE(reads_mail || !one.submission || one.kind == Kind::sending) << one.id;
  }
}

TEST(ShippedProviders, AreFoundByWhatPeopleWriteToAndSendThrough) {
  const auto of_domain = [](const char* domain) {
    const auto* one = shipped().of_domain(domain);
    return one == nullptr ? std::string() : one->id;
  };
  const auto of_host = [](const char* host) {
    const auto* one = shipped().of_host(host);
    return one == nullptr ? std::string() : one->id;
  };
  EXPECT_EQ(of_domain("gmail.com"), "gmail");
  EXPECT_EQ(of_domain("green.ocn.ne.jp"), "ocn");
  EXPECT_EQ(of_domain("yahoo.ne.jp"), "ymobile");
  EXPECT_EQ(of_domain("koinca.co.jp"), "");
  EXPECT_EQ(of_host("gmail-smtp-in.l.google.com"), "gmail");
  EXPECT_EQ(of_host("koinca-co-jp.mail.protection.outlook.com"), "microsoft-365");
  EXPECT_EQ(of_host("outlook-com.olc.protection.outlook.com"), "outlook-com");
  EXPECT_EQ(of_host("sv1234.xserver.jp"), "xserver");
  EXPECT_EQ(of_host("email-smtp.ap-northeast-1.amazonaws.com"), "amazon-ses");
  EXPECT_EQ(of_host("smtp.koinca.co.jp"), "");
}

}  // namespace
}  // namespace todoku::providers
