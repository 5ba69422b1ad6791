// SPDX-License-Identifier: Apache-2.0
// The shipped rules: every sample is decided by its own rule, the phrases that people really meet
// get their cause, near misses do not, parameters are pulled out, and hostile text costs little.
#include "classifier/rules/judge.hpp"
#include "classifier/rules/pattern_set.hpp"
#include "classifier/rules/rule.hpp"
#include "classifier/rules/shipped.hpp"
#include "config/embedded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace todoku::rules {
namespace {

const Rules& shipped() {
  static const Rules rules = [] {
    std::vector<RuleText> texts;
    for (const auto name : shipped_files) {
      texts.push_back({std::string(name), std::string(config::embedded(name)), false});
    }
    auto parsed = Rules::parse(texts);
    if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed)) {
      for (const auto& m : *mistakes) ADD_FAILURE() << m.file << ":" << m.line << " " << m.what;
      return std::get<Rules>(Rules::parse({}));
    }
    return std::get<Rules>(std::move(parsed));
  }();
  return rules;
}

Judgement judge(std::string_view diagnostic) {
  Evidence evidence;
  evidence.diagnostic = diagnostic;
  return shipped().judge(evidence);
}

std::string cause(std::string_view diagnostic) {
  return std::string(to_string(judge(diagnostic).cause));
}

TEST(ShippedRules, every_file_of_the_folder_is_named) {
  std::set<std::string> named;
  for (const auto name : shipped_files) named.emplace(name);
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(TODOKU_SOURCE_DIR) + "/config/rules")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_TRUE(named.contains("rules/" + entry.path().filename().string())) << entry.path();
  }
}

TEST(ShippedRules, each_sample_is_decided_by_its_own_rule) {
  ASSERT_GT(shipped().samples().size(), 300U);
  for (const auto& sample : shipped().samples()) {
    Evidence evidence;
    evidence.diagnostic = sample.text;
    evidence.status = sample.status;
    evidence.command = sample.command;
    evidence.remote_host = sample.remote_host;
    evidence.system = sample.system;
    evidence.action = sample.action;
    const auto judgement = shipped().judge(evidence);
    EXPECT_EQ(judgement.rule, sample.rule) << sample.text;
    EXPECT_EQ(judgement.cause, sample.cause) << sample.text;
  }
}

TEST(ShippedRules, misleading_words_do_not_mislead) {
  EXPECT_EQ(cause("550 5.7.1 Client host [192.0.2.1] blocked; see https://www.spamhaus.org/"),
            "blocklisted");
  EXPECT_EQ(cause("550-5.7.26 This mail is unauthenticated, which poses a security risk to the "
                  "550-5.7.26 sender "
                  "and Gmail users, and has been blocked."),
            "auth-failure");
  EXPECT_EQ(cause("554 delivery error: dd Sorry, user spam@example.jp is over quota"),
            "mailbox-full");
  EXPECT_EQ(cause("550 <virus@example.jp>: user unknown"), "user-unknown");
  EXPECT_EQ(cause("550 5.2.2 user unknown"), "user-unknown");
  EXPECT_EQ(cause("551 Access denied"), "policy");
  EXPECT_EQ(cause("451"), "unclear");
  EXPECT_EQ(cause("SMTP error from remote mail server after end of data:"), "undefined");
  EXPECT_EQ(cause("MAILER-DAEMON@example.jp"), "undefined");
}

TEST(ShippedRules, the_providers_own_cases_are_named) {
  EXPECT_EQ(judge("550-5.7.26 This mail is unauthenticated, which poses a risk").provider_case,
            "gmail-5.7.26");
  EXPECT_EQ(judge("550 part of their network is on our block list (S3140).").provider_case,
            "microsoft-s3140");
  EXPECT_EQ(judge("421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred").provider_case,
            "yahoo-tss");
}

TEST(ShippedRules, a_carrier_that_says_unknown_after_data_refuses_the_sender) {
  Evidence evidence;
  evidence.diagnostic = "550 Unknown user taro@docomo.ne.jp";
  evidence.remote_host = "mfsmax.docomo.ne.jp";
  evidence.command = "EOM";
  const auto judgement = shipped().judge(evidence);
  EXPECT_EQ(judgement.provider_case, "carrier-domain-refusal");
  EXPECT_EQ(judgement.second, Cause::user_unknown);
  EXPECT_TRUE(judgement.reason_hidden);
}

TEST(ShippedRules, parameters_are_pulled_out) {
  const auto spf = judge(
      "550-5.7.26 ... SPF check for [example.com] did not 550-5.7.26 pass with ip: [192.0.2.1].");
  EXPECT_EQ(spf.parameters.spf_domain, "example.com");
  EXPECT_EQ(spf.parameters.spf_ip, "192.0.2.1");
  const auto list = judge(
      "host mx.example.jp[192.0.2.9] said: 554 5.7.1 Service unavailable; Client host [192.0.2.1] "
      "blocked using bl.example.net; https://bl.example.net/?ip=192.0.2.1 (in reply)");
  EXPECT_EQ(list.parameters.ip, "192.0.2.1");
  EXPECT_EQ(list.parameters.blocklist, "bl.example.net");
  EXPECT_EQ(list.parameters.url, "https://bl.example.net/?ip=192.0.2.1");
  EXPECT_EQ(list.parameters.remote_host, "mx.example.jp");
  EXPECT_EQ(judge("552 message size exceeds maximum of 10240000 bytes").parameters.size_limit,
            "10240000 bytes");
  EXPECT_EQ(judge("450 greylisted, try again in 300 seconds").parameters.wait, "300 seconds");
  EXPECT_EQ(judge("550 <taro@example.jp>: user unknown").parameters.recipient, "taro@example.jp");
}

// A pattern without a literal of three letters in each of its alternatives is tried on every text.
TEST(ShippedRules, every_pattern_waits_for_a_literal) {
  PatternSet set;
  std::vector<std::string> patterns;
  for (const auto name : shipped_files) {
    std::vector<Mistake> mistakes;
    const RuleText source{std::string(name), std::string(config::embedded(name)), false};
    for (const auto& rule : read_rules(source, mistakes).rules) {
      for (const auto& pattern : rule.patterns) {
        ASSERT_FALSE(set.add(pattern).has_value()) << pattern;
        patterns.push_back(rule.id + ": " + pattern);
      }
    }
  }
  set.compile();
  for (const int number : set.candidates("x"))
    ADD_FAILURE() << patterns.at(static_cast<std::size_t>(number));
}

// Not a measurement (tests/bench has that): only that nothing grows with the text.
TEST(ShippedRules, a_hostile_line_costs_little) {
  const auto begin = std::chrono::steady_clock::now();
  for (const auto* piece :
       {"user ", "(", "mailbox is full ", "550-5.1.1 ", "a@", "1.2.3.4 ", "\xE3\x83", "\n"}) {
    std::string text;
    while (text.size() < (1U << 20U)) text += piece;
    const auto judgement = judge(text);
    EXPECT_LE(judgement.phrase_begin, judgement.phrase_end);
    EXPECT_LE(judgement.phrase_end, text.size());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace todoku::rules
