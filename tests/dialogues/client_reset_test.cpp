// SPDX-License-Identifier: Apache-2.0
// RSET between a refused message and the next one: it shares the flight, and never decides what
// became of a message.
#include "tests/support/client_message_fixture.hpp"

namespace todoku::smtp::testing {
namespace {

using ClientReset = ClientMessage;

TEST_F(ClientReset, reset_makes_a_refused_session_fit_again) {
  const std::string flight = mail + one + "BDAT 3 LAST\r\na\r\n";
  const Exchange got =
      exchange(all,
               {{flight, "250 a\r\n550 b\r\n503 c\r\n"},
                {"RSET\r\n" + flight, std::string("250 ok\r\n") + ok3},
                {flight, ok3},
                {"QUIT\r\n", ""}},
               {begin(envelope({"one@b.test"}), "a\r\n"), begin(envelope({"one@b.test"}), "a\r\n"),
                begin(envelope({"one@b.test"}), "a\r\n"), quit()});
  EXPECT_EQ(got.result, Result::accepted);
  EXPECT_FALSE(dialogue_->failure());
}

TEST_F(ClientReset, reset_goes_alone_without_pipelining) {
  const std::vector<Order> twice{begin(envelope({"one@b.test"}), "a\r\n"),
                                 begin(envelope({"one@b.test"}), "a\r\n")};
  const Exchange got = exchange("",
                                {{mail, "250 a\r\n"},
                                 {one, "550 b\r\n"},
                                 {"RSET\r\n", "250 ok\r\n"},
                                 {mail, "250 a\r\n"},
                                 {one, "250 b\r\n"},
                                 {"DATA\r\n", "354 c\r\n"},
                                 {"a\r\n.\r\n", "250 d\r\n"}},
                                twice);
  EXPECT_EQ(got.result, Result::accepted);
  exchange("",
           {{mail, "250 a\r\n"}, {one, "550 b\r\n"}, {"RSET\r\n", "550 no\r\n"}, {"QUIT\r\n", ""}},
           twice);
  EXPECT_EQ(dialogue_->exchange()->result, Result::failed);
}

TEST_F(ClientReset, a_message_found_unfit_here_needs_no_reset) {
  const std::string flight = mail + one + "BDAT 3 LAST\r\na\r\n";
  const Exchange got =
      exchange(all, {{flight, ok3}},
               {begin(envelope({"a b@c"}), "x\r\n"), begin(envelope({"one@b.test"}), "a\r\n")});
  EXPECT_EQ(got.result, Result::accepted);
}

// "Twice" and "lost" are both wrong, and so is the answer to a broken session as a message's fate.
TEST_F(ClientReset, a_refused_reset_never_decides_what_became_of_a_message) {
  const std::string flight = mail + one + "BDAT 3 LAST\r\na\r\n";
  const auto behind = [&](const std::string& replies) {
    const Exchange got = exchange(
        all, {{flight, "250 a\r\n550 b\r\n503 c\r\n"}, {"RSET\r\n" + flight, replies}},
        {begin(envelope({"one@b.test"}), "a\r\n"), begin(envelope({"one@b.test"}), "a\r\n")});
    EXPECT_FALSE(dialogue_->is_reusable());
    EXPECT_TRUE(got.result != Result::failed || got.trouble == Trouble::closed) << replies;
    return got.result;
  };
  for (const char* reset : {"554 enough\r\n", "451 later\r\n", "354 what\r\n"}) {
    const std::string no = reset;
    EXPECT_EQ(behind(no), Result::failed);  // and gone
    EXPECT_EQ(behind(no + "503 a\r\n503 b\r\n503 c\r\n"), Result::failed);
    EXPECT_EQ(behind(no + "250 a\r\n250 b\r\n554 c\r\n"), Result::failed);
    EXPECT_EQ(behind(no + "503 a\r\n421 bye\r\n"), Result::failed);
    EXPECT_EQ(behind(no + "421 bye\r\n"), Result::failed);
    EXPECT_EQ(behind(no + ok3), Result::accepted);
    EXPECT_EQ(behind(no + "250 a\r\n250 b\r\n"), Result::unknown);
    EXPECT_EQ(behind(no + "503 a\r\n250 b\r\n250 taken\r\n"), Result::unknown);
  }
  EXPECT_EQ(behind(""), Result::unknown);
  EXPECT_EQ(behind("25"), Result::unknown);
  EXPECT_EQ(behind("421 4.4.2 bye\r\n"), Result::refused);
  EXPECT_EQ(dialogue_->exchange()->reply.code, 421);
}

// Else a relay that keeps them in spite of RSET would give them a message that is not theirs.
TEST_F(ClientReset, no_end_leaves_before_recipients_of_another_message_are_gone) {
  const std::vector<Order> orders{begin(envelope({"one@b.test", "two@b.test"}), "a\r\n"),
                                  begin(envelope({"a b@c"}), "x\r\n"),
                                  begin(envelope({"one@b.test"}), "a\r\n")};
  const Turn partly{mail + one + two, "250 a\r\n250 b\r\n550 c\r\n"};
  const Exchange got = exchange(all,
                                {partly,
                                 {"RSET\r\n" + mail + one, "250 ok\r\n250 a\r\n250 b\r\n"},
                                 {"BDAT 3 LAST\r\na\r\n", "250 c\r\n"}},
                                orders);
  EXPECT_EQ(got.result, Result::accepted);
  const Exchange kept = exchange(all, {partly, {"RSET\r\n" + mail + one, "550 no\r\n"}}, orders);
  EXPECT_EQ(kept.result, Result::failed);
  EXPECT_EQ(kept.trouble, Trouble::closed);
  EXPECT_TRUE(relay_->finished());
}

TEST_F(ClientReset, a_session_that_dies_at_reset_counts_as_closed) {
  using enum wire::Happened;
  const std::string flight = mail + one;
  const Script turns{{flight, "250 a\r\n550 b\r\n"}, {"RSET\r\n" + flight, ""}};
  const Order careful = begin(envelope({"one@b.test"}), "a\r\n", true, true);
  for (const wire::Event event :
       {wire::Event{closed}, wire::Event{timed_out}, wire::Event{received, "junk\r\n"}}) {
    ClientDialogue dialogue(options_);
    ScriptedRelay relay(after_hello(all, turns), {careful, careful});
    relay.run(dialogue, {false, 6, event});
    EXPECT_EQ(dialogue.exchange()->result, Result::failed);
    EXPECT_EQ(dialogue.exchange()->trouble, Trouble::closed);
    EXPECT_EQ(dialogue.exchange()->phase, Phase::sender);
  }
}

}  // namespace
}  // namespace todoku::smtp::testing
