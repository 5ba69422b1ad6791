// SPDX-License-Identifier: Apache-2.0
// What a verdict becomes for the mail client: refusal, override, hold; and what is said at MAIL and
// RCPT already.
#include "proxy/checks/answer.hpp"

#include "tests/checks/check_fixture.hpp"

#include <gmock/gmock.h>

namespace todoku::checks {
namespace {

using settings::CheckLevel;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

const Time start{};

class Answers : public testing::Test {
 protected:
  Answers() {
    settings_.blocked_addresses = {"@rival.example"};
    envelope_.sender = "sato@minato.example";
    envelope_.recipients = {{"yamada@aozora.example", "", ""}, {"kudo@rival.example", "", ""}};
  }
  Verdict judged(const Facts& facts = {}) const {
    return judge_envelope({settings_, shipped_lists()}, envelope_, facts);
  }

  settings::Checks settings_;
  smtp::Envelope envelope_;
  Overrides overrides_{settings_};
};

TEST_F(Answers, ABlockedRecipientIsRefusedAtRcpt) {
  const auto verdict = judged();
  EXPECT_EQ(verdict.outcome, Outcome::refuse);
  EXPECT_THAT(codes_of(verdict), ElementsAre("recipient-blocked"));
  const auto refusal = refusal_of(verdict, settings_);
  EXPECT_EQ(refusal.reply.code, 550);
  EXPECT_EQ(refusal.reply.status, "5.7.1");
  EXPECT_THAT(refusal.reply.text, HasSubstr("send it again within 10 minutes"));
  ASSERT_EQ(refusal.sentences.size(), 4U);
  EXPECT_EQ(refusal.sentences[0].key, "checks.stopped");
  EXPECT_EQ(refusal.sentences[1].key, "finding.recipient-blocked.saw");
  EXPECT_EQ(refusal.sentences[3].key, "checks.send_anyway");
}

TEST_F(Answers, SentAgainWithinTheTimeItGoes) {
  auto first = judged(), second = judged(), late = judged();
  overrides_.apply(first, "office", envelope_, ClientHabit::keeps_window, start);
  EXPECT_EQ(first.outcome, Outcome::refuse);
  overrides_.apply(second, "office", envelope_, ClientHabit::keeps_window, start + 9min);
  EXPECT_EQ(second.outcome, Outcome::accept);
  EXPECT_EQ(second.findings[0].level, CheckLevel::note);
  overrides_.apply(late, "office", envelope_, ClientHabit::keeps_window, start + 11min);
  EXPECT_EQ(late.outcome, Outcome::refuse);
}

TEST_F(Answers, AnotherAccountOrRecipientIsRefusedAnew) {
  auto first = judged(), other_account = judged();
  overrides_.apply(first, "office", envelope_, ClientHabit::keeps_window, start);
  overrides_.apply(other_account, "shop", envelope_, ClientHabit::keeps_window, start + 1min);
  EXPECT_EQ(other_account.outcome, Outcome::refuse);
  envelope_.recipients[1].address = "mori@rival.example";
  auto other_recipient = judged();
  overrides_.apply(other_recipient, "office", envelope_, ClientHabit::keeps_window, start + 1min);
  EXPECT_EQ(other_recipient.outcome, Outcome::refuse);
}

// Outlook tries its outbox again by a timer: that is no person's yes.
TEST_F(Answers, AClientThatResendsByItselfNeverOverrides) {
  for (int minute = 0; minute < 5; ++minute) {
    auto verdict = judged();
    overrides_.apply(verdict, "office", envelope_, ClientHabit::resends,
                     start + std::chrono::minutes(minute));
    EXPECT_EQ(verdict.outcome, Outcome::hold);
  }
  EXPECT_EQ(overrides_.size(), 0U);
}

TEST_F(Answers, NothingIsOverriddenWhereTheSettingsForbidIt) {
  settings_.may_override = false;
  for (const auto habit : {ClientHabit::keeps_window, ClientHabit::resends}) {
    auto first = judged(), second = judged();
    overrides_.apply(first, "office", envelope_, habit, start);
    overrides_.apply(second, "office", envelope_, habit, start + 1min);
    EXPECT_EQ(second.outcome, Outcome::refuse);
    EXPECT_THAT(refusal_of(second, settings_).reply.text, testing::Not(HasSubstr("again")));
  }
}

TEST_F(Answers, AMessageTooLargeForItsServerIsRefusedAtMailAndStaysSo) {
  envelope_.recipients.clear();
  envelope_.declared_size = 30'000'000;
  Facts facts;
  facts.upstream = "mail.minato.example";
  facts.upstream_limit = 25'000'000;
  for (const auto habit : {ClientHabit::keeps_window, ClientHabit::resends}) {
    auto verdict = judged(facts);
    overrides_.apply(verdict, "office", envelope_, habit, start);
    EXPECT_EQ(verdict.outcome, Outcome::refuse);
    EXPECT_EQ(refusal_of(verdict, settings_).reply.code, 552);
    EXPECT_EQ(refusal_of(verdict, settings_).reply.status, "5.3.4");
  }
  envelope_.declared_size = 25'000'000;
  EXPECT_THAT(judged(facts).findings, IsEmpty());
}

TEST_F(Answers, ARecipientsLimitIsToldAtRcpt) {
  envelope_.recipients.resize(1);
  envelope_.declared_size = 12'000'000;
  Facts facts;
  facts.recipients = {{"yamada@aozora.example", 20'000'000, 10'000'000, "Aozora Mail"}};
  const auto verdict = judged(facts);
  EXPECT_EQ(verdict.outcome, Outcome::accept);
  EXPECT_THAT(codes_of(verdict), ElementsAre("size-recipient-learned"));
}

TEST_F(Answers, ThereAreNeverMoreThanAThousandMemories) {
  settings_.blocked_addresses = {"@rival.example"};
  for (int i = 0; i < 1100; ++i) {
    envelope_.recipients = {{std::to_string(i) + "@rival.example", "", ""}};
    auto verdict = judged();
    overrides_.apply(verdict, "office", envelope_, ClientHabit::keeps_window, start);
    EXPECT_EQ(verdict.outcome, Outcome::refuse);
  }
  EXPECT_LE(overrides_.size(), 1000U);
}

TEST(Levels, DecideWhatIsDone) {
  const auto mail = content_of(std::filesystem::path(TODOKU_SOURCE_DIR) /
                               "tests/checks/pairs/attachment-forgotten.faulty.eml");
  const auto skeleton = skeleton::read(mail);
  const auto outcome = [&](CheckLevel level) {
    settings::Checks settings;
    settings.forgotten_attachment = level;
    const auto verdict =
        judge({settings, shipped_lists()}, skeleton, envelope_of(skeleton), Facts{});
    return std::pair(verdict.outcome, verdict.findings.size());
  };
  EXPECT_EQ(outcome(CheckLevel::off), std::pair(Outcome::accept, std::size_t{0}));
  EXPECT_EQ(outcome(CheckLevel::note), std::pair(Outcome::accept, std::size_t{1}));
  EXPECT_EQ(outcome(CheckLevel::hold), std::pair(Outcome::hold, std::size_t{1}));
  EXPECT_EQ(outcome(CheckLevel::refuse), std::pair(Outcome::refuse, std::size_t{1}));
}

}  // namespace
}  // namespace todoku::checks
