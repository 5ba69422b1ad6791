// SPDX-License-Identifier: Apache-2.0
// For each finding a message that has it, and the same message without. Whatever is not the point
// of a pair may not be found in it.
#include "classifier/explain/messages.hpp"
#include "proxy/checks/own_password.hpp"
#include "tests/checks/check_fixture.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>

namespace todoku::checks {
namespace {

using settings::CheckLevel;

struct Setup {
  Facts facts;
  settings::Checks settings;
  bool is_faulty = false;
};

struct Pair {
  std::string code;
  // What is known around the message; may differ for the faulty one.
  std::function<void(Setup&)> prepare;
  std::string name;  // of the files; empty = the code
};

void PrintTo(const Pair& pair, std::ostream* out) {
  *out << pair.code;
}

std::function<void(Setup&)> rate(std::uint32_t RateFacts::*sent, std::uint32_t RateFacts::*most) {
  return [sent, most](Setup& setup) {
    RateFacts facts;
    facts.provider = "Minato Server";
    facts.*most = 100;
    facts.*sent = setup.is_faulty ? 80 : 79;
    setup.facts.rate = facts;
  };
}

std::function<void(Setup&)> record(AuthState AuthFacts::*which, AuthState state) {
  return [which, state](Setup& setup) {
    AuthFacts facts;
    facts.domain = "minato.example";
    facts.spf = facts.dkim = facts.dmarc = AuthState::good;
    if (setup.is_faulty) facts.*which = state;
    setup.facts.authentication = facts;
  };
}

std::function<void(Setup&)> recipient_limit(std::optional<std::uint64_t> RecipientFacts::*limit) {
  return [limit](Setup& setup) {
    RecipientFacts one;
    one.address = "yamada@aozora.example";
    one.*limit = 20'000;
    setup.facts.recipients = {one};
  };
}

std::function<void(Setup&)> doubted(addresses::Reason reason) {
  return [reason](Setup& s) {
    if (s.is_faulty)
      s.facts.mistyped = {{"yamada@aozora.exmaple", "yamada@aozora.example", reason}};
  };
}

// size: a table
std::vector<Pair> all_pairs() {
  std::vector<Pair> pairs{
      {"size-upstream", [](Setup& s) { s.facts.upstream_limit = 20'000; }, ""},
      {"size-own", [](Setup& s) { s.settings.max_message = 20'000; }, ""},
      {"size-own-file", [](Setup& s) { s.settings.max_attachment = 20'000; }, ""},
      {"size-recipient", recipient_limit(&RecipientFacts::provider_limit), ""},
      {"size-recipient-learned", recipient_limit(&RecipientFacts::learned_limit), ""},
      {"charset-wrong", {}, "charset-wrong-jis"},
      {"charset-wrong", {}, "charset-wrong-euc"},
      {"attachment-forgotten", {}, "attachment-forgotten-english"},
      {"attachment-forgotten", {}, "attachment-forgotten-quoted"},
      {"from-not-account", [](Setup& s) { s.facts.account_senders = {"@minato.example"}; }, ""},
      {"virus-found",
       [](Setup& s) {
         if (s.is_faulty) s.facts.scan.found = {"Test.Signature"};
       },
       "scanned"},
      {"virus-found-somewhere",
       [](Setup& s) {
         if (s.is_faulty) s.facts.scan.found = {"Test.Signature"};
       },
       "account"},
      {"virus-not-scanned", [](Setup& s) { s.facts.scan.has_failed = s.is_faulty; }, "scanned"},
      {"domain-new-in-reply",
       [](Setup& s) {
         if (s.is_faulty) s.facts.strangers = {"yamada@aozora-shop.example"};
       },
       ""},
      {"address-mistyped",
       [](Setup& s) {
         if (s.is_faulty)
           s.facts.mistyped = {
               {"yamada@aozora.exmaple", "yamada@aozora.example", addresses::Reason::near_name}};
       },
       "account"},
      {"address-doubtful",
       [](Setup& s) {
         if (s.is_faulty)
           s.facts.mistyped = {{"yamada@aozora.exx", "", addresses::Reason::unknown_ending}};
       },
       "account"},
      {"address-no-such-domain", doubted(addresses::Reason::no_such_domain), "account"},
      {"address-refuses-mail", doubted(addresses::Reason::refuses_mail), "account"},
      {"address-no-mail-host", doubted(addresses::Reason::no_mail_host), "account"},
      {"address-near-known", doubted(addresses::Reason::near_correspondent), "account"},
      {"recipient-blocked", [](Setup& s) { s.settings.blocked_addresses = {"@rival.example"}; },
       ""},
      {"recipients-external", [](Setup& s) { s.settings.external_recipients = CheckLevel::note; },
       ""},
      {"company-other-domain",
       [](Setup& s) { s.settings.companies = {"青空商事 = aozora.example"}; }, ""},
      {"keyword-found", [](Setup& s) { s.settings.watched_words = {"社外秘"}; }, ""},
      {"password-in-text",
       [](Setup& s) {
         s.facts.own_password_in = [](std::string_view text) {
           return find_password(text, "kamome-2031");
         };
       },
       ""},
      {"same-again",
       [](Setup& s) {
         if (s.is_faulty) s.facts.same_content = SentBefore{std::chrono::seconds{90}};
       },
       "account"},
      {"rate-messages-hour", rate(&RateFacts::messages_hour, &RateFacts::max_messages_hour),
       "account"},
      {"rate-messages-day", rate(&RateFacts::messages_day, &RateFacts::max_messages_day),
       "account"},
      {"rate-recipients-hour", rate(&RateFacts::recipients_hour, &RateFacts::max_recipients_hour),
       "account"},
      {"rate-recipients-day", rate(&RateFacts::recipients_day, &RateFacts::max_recipients_day),
       "account"},
      {"sudden-rise",
       [](Setup& s) {
         RateFacts facts;
         facts.usual_messages_hour = 6;
         facts.messages_hour = s.is_faulty ? 30 : 29;
         s.facts.rate = facts;
       },
       "account"},
      {"spf-missing", record(&AuthFacts::spf, AuthState::missing), "account"},
      {"spf-broken", record(&AuthFacts::spf, AuthState::broken), "account"},
      {"dkim-missing", record(&AuthFacts::dkim, AuthState::missing), "account"},
      {"dkim-broken", record(&AuthFacts::dkim, AuthState::broken), "account"},
      {"dmarc-missing", record(&AuthFacts::dmarc, AuthState::missing), "account"},
      {"dmarc-broken", record(&AuthFacts::dmarc, AuthState::broken), "account"},
  };
  for (const auto* code : {"line-too-long",
                           "line-end-broken",
                           "charset-undeclared",
                           "charset-wrong",
                           "half-width-kana",
                           "machine-characters",
                           "header-not-encoded",
                           "half-width-kana-header",
                           "file-name-not-encoded",
                           "boundary-missing",
                           "boundary-not-closed",
                           "encoding-wrong",
                           "header-broken",
                           "type-wrong",
                           "nul-octets",
                           "from-missing",
                           "reply-to-elsewhere",
                           "html-script",
                           "html-form",
                           "html-local-picture",
                           "html-local-link",
                           "html-relative-link",
                           "text-missing-beside-html",
                           "text-missing",
                           "attachment-forgotten",
                           "file-double-extension",
                           "file-program",
                           "file-disguised",
                           "file-with-macros",
                           "archive-with-program",
                           "archive-encrypted",
                           "winmail",
                           "file-empty",
                           "recipients-many",
                           "company-other-name",
                           "person-other-name",
                           "spam-words",
                           "links-many"})
    pairs.push_back({code, {}, ""});
  return pairs;
}

Verdict judged(const Pair& pair, const std::string& file, bool is_faulty) {
  Setup setup;
  setup.is_faulty = is_faulty;
  if (pair.prepare) pair.prepare(setup);
  const auto skeleton = skeleton::read(
      content_of(std::filesystem::path(TODOKU_SOURCE_DIR) / "tests/checks/pairs" / file));
  auto envelope = envelope_of(skeleton);
  if (!setup.facts.account_senders.empty()) envelope.sender = "sato@minato.example";
  return judge({setup.settings, shipped_lists()}, skeleton, envelope, setup.facts);
}

class Pairs : public testing::TestWithParam<Pair> {};

TEST_P(Pairs, TheFaultIsFoundAndNothingElse) {
  const auto& pair = GetParam();
  const auto name = pair.name.empty() ? pair.code : pair.name;
  const bool is_shared = name == "account" || name == "scanned";
  const auto faulty = judged(pair, name + (is_shared ? ".eml" : ".faulty.eml"), true);
  EXPECT_THAT(codes_of(faulty), testing::ElementsAre(pair.code));
  const auto clean = judged(pair, name + (is_shared ? ".eml" : ".clean.eml"), false);
  EXPECT_THAT(codes_of(clean), testing::IsEmpty());
}

explain::Catalog shipped(const std::string& language) {
  auto read = explain::Catalog::parse(config::embedded("messages/checks." + language + ".toml"));
  if (const auto* error = std::get_if<explain::CatalogError>(&read))
    ADD_FAILURE() << language << ":" << error->line << ": " << error->what;
  return std::holds_alternative<explain::Catalog>(read)
             ? std::get<explain::Catalog>(std::move(read))
             : explain::Catalog{};
}

TEST_P(Pairs, EveryFindingIsAWholeSentenceInBothLanguages) {
  const auto& pair = GetParam();
  const auto name = pair.name.empty() ? pair.code : pair.name;
  const bool is_shared = name == "account" || name == "scanned";
  const auto verdict = judged(pair, name + (is_shared ? ".eml" : ".faulty.eml"), true);
  for (const auto* language : {"ja", "en"}) {
    const auto words = shipped(language);
    for (const auto& finding : verdict.findings) {
      for (const auto* part : {".saw", ".why", ".do"})
        EXPECT_EQ(words.why_incomplete("finding." + finding.code + part, finding.parameters), "");
      EXPECT_TRUE(words.has("check." + std::string(to_string(finding.check))));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Pairs, testing::ValuesIn(all_pairs()), [](const auto& tested) {
  auto name =
      tested.param.name.empty() || tested.param.name == "account" || tested.param.name == "scanned"
          ? tested.param.code
          : tested.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(CheckWords, EveryFindingThatHasWordsHasAPair) {
  std::set<std::string> in_words, in_pairs{"check-failed", "not-all-checked"};
  for (const auto& key : shipped("ja").keys()) {
    if (key.starts_with("finding.")) in_words.insert(key.substr(8, key.rfind('.') - 8));
  }
  for (const auto& pair : all_pairs()) in_pairs.insert(pair.code);
  EXPECT_EQ(in_words, in_pairs);
}

TEST(CheckWords, BothLanguagesHaveTheSameKeysAndParameters) {
  const auto japanese = shipped("ja"), english = shipped("en");
  EXPECT_EQ(japanese.keys(), english.keys());
}

}  // namespace
}  // namespace todoku::checks
