// SPDX-License-Identifier: Apache-2.0
// The engine of the rules, with small rule sets of its own: weighing, conditions, layering,
// disguises, bounds; and the normal form that patterns are written for.
#include "classifier/rules/judge.hpp"
#include "classifier/rules/literal_scanner.hpp"
#include "classifier/rules/normal_text.hpp"
#include "classifier/rules/pattern_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace todoku::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view head =
    "default_source = \"here\"\n[source.here]\npage = \"https://example.jp\"\nchecked = "
    "2026-11-24\n";

RuleText vendor(std::string_view body) {
  return {"vendor.toml", std::string(head) + std::string(body), false};
}
RuleText admin(std::string_view body) {
  return {"admin.toml", std::string(body), true};
}

Rules rules_of(const std::vector<RuleText>& texts) {
  auto parsed = Rules::parse(texts);
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed)) {
    for (const auto& mistake : *mistakes)
      ADD_FAILURE() << mistake.file << ":" << mistake.line << " " << mistake.what;
    return std::get<Rules>(Rules::parse({}));
  }
  return std::get<Rules>(std::move(parsed));
}

std::string mistake_of(const std::vector<RuleText>& texts) {
  const auto parsed = Rules::parse(texts);
  const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed);
  return mistakes == nullptr || mistakes->empty() ? std::string() : mistakes->front().what;
}

Judgement judge(const Rules& rules, std::string_view diagnostic) {
  Evidence evidence;
  evidence.diagnostic = diagnostic;
  return rules.judge(evidence);
}

std::string rule(std::string_view id, std::string_view cause, std::string_view says,
                 std::string_view more) {
  return "[[rule]]\nid = \"" + std::string(id) + "\"\ncause = \"" + std::string(cause) +
         "\"\nsays = \"" + std::string(says) + "\"\nsample = [\"x\"]\n" + std::string(more) + "\n";
}

TEST(NormalText, is_lower_case_with_single_spaces_and_plain_quotes) {
  EXPECT_EQ(NormalText("  The MTA\xE2\x80\x99s\r\n\t poor  ＲＥＰ ").text(), "the mta's poor rep");
}

TEST(NormalText, hides_addresses_and_ip_addresses) {
  EXPECT_EQ(NormalText("550 <spam.virus+x@example.jp>: from [192.0.2.1] or [2001:db8::1]").text(),
            "550 <@>: from [ip] or [ip]");
  EXPECT_EQ(NormalText("宛先taro@example.jpは不明").text(), "宛先@は不明");
}

TEST(NormalText, joins_the_lines_of_one_reply) {
  EXPECT_EQ(
      NormalText("550-5.7.26 This mail is\r\n550-5.7.26 unauthenticated and\r\n550 5.7.26 blocked")
          .text(),
      "550-5.7.26 this mail is unauthenticated and blocked");
}

TEST(NormalText, leads_back_to_the_original) {
  const std::string original = "550-5.7.1 No\xC2\xA0 550-5.7.1 USER <a@example.jp> here";
  const NormalText normal(original);
  const auto begin = normal.text().find("no user");
  ASSERT_NE(begin, std::string_view::npos);
  const auto [from, to] = normal.origin(begin, begin + 7);
  EXPECT_EQ(original.substr(from, to - from), "No\xC2\xA0 550-5.7.1 USER");
}

TEST(NormalText, keeps_the_two_ends_of_a_long_text) {
  const std::string original = "begin " + std::string(1 << 20, 'x') + " end";
  const NormalText normal(original);
  EXPECT_LE(normal.text().size(), NormalText::longest_head + NormalText::longest_tail + 1);
  EXPECT_TRUE(normal.text().starts_with("begin "));
  EXPECT_TRUE(normal.text().ends_with(" end"));
}

TEST(LeadingCodes, are_found_with_and_without_marks) {
  EXPECT_EQ(leading_codes("550 5.1.1 x").status, "5.1.1");
  EXPECT_EQ(leading_codes("#550 5.1.1 x").reply, "550");
  EXPECT_EQ(leading_codes("5.1.1 x").status, "5.1.1");
  EXPECT_EQ(leading_codes("192.0.2.1 x").status, "");
  EXPECT_EQ(leading_codes("5500 x").reply, "");
}

TEST(LiteralScanner, finds_each_literal_once_also_inside_another) {
  auto found =
      LiteralScanner(std::vector<std::string>{"he", "she", "hers", "none"}).find("ushers and she");
  std::sort(found.begin(), found.end());
  EXPECT_THAT(found, ElementsAre(0, 1, 2));
  EXPECT_THAT(LiteralScanner(std::vector<std::string>{}).find("text"), IsEmpty());
}

TEST(PatternSet, still_answers_when_an_automaton_has_no_memory_left) {
  PatternSet set;
  // Every text makes new states of this one; its automaton cannot hold them.
  ASSERT_FALSE(set.add("end[ab]*a[ab]{200}x").has_value());
  ASSERT_FALSE(set.add("plain words").has_value());
  set.compile();
  std::string text = "end";
  unsigned state = 1;
  for (int i = 0; i < 6000; ++i)
    text += (state = state * 1103515245U + 12345U) & 0x10000U ? 'a' : 'b';
  const auto without = text + "b" + std::string(200, 'b') + "x plain words";
  const auto with = text + "a" + std::string(200, 'b') + "x plain words";
  EXPECT_THAT(set.candidates(with), ElementsAre(0, 1));
  EXPECT_FALSE(set.occurs(0, without));
  EXPECT_TRUE(set.occurs(0, with));
  EXPECT_TRUE(set.occurs(1, without));
}

TEST(PatternSet, refuses_what_is_no_pattern_and_what_is_too_large) {
  PatternSet set;
  EXPECT_TRUE(set.add("(open").has_value());
  EXPECT_TRUE(set.add("((a{1000}){1000}){1000}").has_value());
  EXPECT_TRUE(set.add("(?=ahead)").has_value());
}

TEST(Rules, heavier_words_win_and_the_earlier_rule_among_equals) {
  const auto rules = rules_of({vendor(rule("weak", "policy", "weak", "pattern = \"refused\"") +
                                      rule("first", "spam-content", "plain", "pattern = \"spam\"") +
                                      rule("second", "virus", "plain", "pattern = \"virus\""))});
  EXPECT_EQ(judge(rules, "refused: virus").rule, "second");
  const auto both = judge(rules, "refused: virus and spam");
  EXPECT_EQ(both.rule, "first");
  EXPECT_EQ(both.second, Cause::virus);
  EXPECT_LT(both.certainty, judge(rules, "spam").certainty);
}

TEST(Rules, words_beat_numbers) {
  const auto rules =
      rules_of({vendor(rule("number", "moved", "code", "status = [\"5.1.6\"]") +
                       rule("words", "mailbox-full", "plain", "pattern = \"mailbox full\""))});
  EXPECT_EQ(judge(rules, "551 5.1.6 Mailbox full").cause, Cause::mailbox_full);
  EXPECT_EQ(judge(rules, "551 5.1.6 sorry").cause, Cause::moved);
}

TEST(Rules, conditions_hold_a_rule_back) {
  const auto rules =
      rules_of({vendor(rule("there", "policy", "plain",
                            "pattern = \"no\"\nreceiver = [\"example.jp\"]\nstage = [\"RCPT\"]"))});
  Evidence evidence;
  evidence.diagnostic = "550 no";
  evidence.command = "RCPT";
  evidence.remote_host = "mx.example.jp.";
  EXPECT_EQ(rules.judge(evidence).rule, "there");
  evidence.remote_host = "notexample.jp";
  EXPECT_EQ(rules.judge(evidence).rule, "none");
  evidence.recipient = "taro@sub.example.jp";
  EXPECT_EQ(rules.judge(evidence).rule, "there");
  evidence.command = "DATA";
  EXPECT_EQ(rules.judge(evidence).rule, "none");
}

TEST(Rules, the_reports_text_is_asked_only_when_the_diagnostic_says_little) {
  const auto rules = rules_of({vendor(rule("virus", "virus", "strong", "pattern = \"virus\"") +
                                      rule("full", "mailbox-full", "weak", "pattern = \"full\""))});
  Evidence evidence;
  evidence.text = "a virus was found";
  EXPECT_EQ(rules.judge(evidence).cause, Cause::virus);
  evidence.diagnostic = "mailbox full";
  EXPECT_EQ(rules.judge(evidence).cause, Cause::mailbox_full);
}

TEST(Rules, a_disguise_is_seen_through_at_its_moment_only) {
  const auto rules =
      rules_of({vendor(rule("unknown", "user-unknown", "strong", "pattern = \"user unknown\"") +
                       "[[disguise]]\nid = \"late\"\nfrom = \"user-unknown\"\n"
                       "to = \"recipient-filter\"\nstage = [\"DATA\"]\n")});
  Evidence evidence;
  evidence.diagnostic = "550 User unknown";
  evidence.command = "RCPT";
  EXPECT_EQ(rules.judge(evidence).cause, Cause::user_unknown);
  EXPECT_FALSE(rules.judge(evidence).reason_hidden);
  evidence.command = "DATA";
  const auto late = rules.judge(evidence);
  EXPECT_EQ(late.cause, Cause::recipient_filter);
  EXPECT_EQ(late.second, Cause::user_unknown);
  EXPECT_EQ(late.rule, "unknown as late");
  EXPECT_TRUE(late.reason_hidden);
}

TEST(Rules, marks_the_decisive_phrase) {
  const auto rules =
      rules_of({vendor(rule("spf", "auth-failure", "plain", "pattern = \"spf check failed\""))});
  const std::string text = "550-5.7.1 SPF\r\n550 5.7.1 check FAILED for x";
  const auto found = judge(rules, text);
  EXPECT_EQ(text.substr(found.phrase_begin, found.phrase_end - found.phrase_begin),
            "SPF\r\n550 5.7.1 check FAILED");
}

TEST(Rules, an_administrator_replaces_adds_and_disables) {
  const auto below = vendor(rule("a", "policy", "plain", "pattern = \"alpha\"") +
                            rule("b", "virus", "plain", "pattern = \"beta\""));
  const auto rules = rules_of(
      {below,
       admin(
           "disable = [\"b\"]\n[[rule]]\nid = \"a\"\ncause = \"moved\"\nsays = \"weak\"\npattern = "
           "\"alpha\"\n[[rule]]\nid = \"c\"\ncause = \"expired\"\nsays = \"plain\"\npattern = "
           "\"gamma\"\n")});
  EXPECT_EQ(judge(rules, "alpha").cause, Cause::moved);
  EXPECT_EQ(judge(rules, "beta").rule, "none");
  EXPECT_EQ(judge(rules, "gamma").cause, Cause::expired);
  EXPECT_EQ(rules.size(), 2U);
}

TEST(Rules, an_administrators_rule_wins_over_the_vendors_of_the_same_weight) {
  const auto rules = rules_of(
      {vendor(rule("a", "policy", "plain", "pattern = \"alpha\"")),
       admin(
           "[[rule]]\nid = \"mine\"\ncause = \"moved\"\nsays = \"plain\"\npattern = \"alpha\"\n")});
  EXPECT_EQ(judge(rules, "alpha").rule, "mine");
}

TEST(Rules, mistakes_are_named) {
  EXPECT_THAT(mistake_of({vendor(rule("a", "nonsense", "plain", "pattern = \"x\""))}),
              HasSubstr("no such cause"));
  EXPECT_THAT(mistake_of({vendor(rule("a", "policy", "loud", "pattern = \"x\""))}),
              HasSubstr("says"));
  EXPECT_THAT(mistake_of({vendor(rule("a", "policy", "plain", "pattern = \"(\""))}),
              HasSubstr("pattern"));
  EXPECT_THAT(mistake_of({vendor(rule("a", "policy", "plain", "patern = \"x\""))}),
              HasSubstr("unknown key"));
  EXPECT_THAT(mistake_of({vendor(rule("a", "policy", "plain", ""))}), HasSubstr("needs a pattern"));
  EXPECT_THAT(
      mistake_of({vendor(rule("a", "policy", "plain", "pattern = \"x\"\nsource = \"no\""))}),
      HasSubstr("no such source"));
  EXPECT_THAT(mistake_of({vendor(rule("a", "policy", "plain", "pattern = \"x\"") +
                                 rule("a", "policy", "plain", "pattern = \"y\""))}),
              HasSubstr("twice"));
  EXPECT_FALSE(mistake_of({admin("[[rule]")}).empty());
  for (const auto* odd :
       {"[$]", "[", "[[", "[ .a]", "\xEF\xBB\xBF[$]", "[[\x01]]", "[\n$]", "[#"}) {
    EXPECT_FALSE(mistake_of({admin(odd)}).empty()) << odd;
  }
}

TEST(Cause, names_lead_back) {
  for (const auto& facts : all_causes()) {
    EXPECT_EQ(cause_from_string(facts.name), facts.cause);
    EXPECT_FALSE(facts.words.empty());
  }
  EXPECT_EQ(cause_from_string("nonsense"), std::nullopt);
  EXPECT_TRUE(facts_of(Cause::user_unknown).hard);
  EXPECT_FALSE(facts_of(Cause::mailbox_full).hard);
}

}  // namespace
}  // namespace todoku::rules
