// SPDX-License-Identifier: Apache-2.0
// One message and its replies. Names carry the number of the behaviour in the survey (U1-U16).
#include "tests/support/client_message_fixture.hpp"

namespace todoku::smtp::testing {
namespace {

TEST_F(ClientMessage, U15_one_recipient_goes_in_one_flight) {
  const Exchange got = exchange(all, {{mail + one + "BDAT 4 LAST\r\nhi\r\n", ok3}},
                                {begin(envelope({"one@b.test"}), "hi\r\n")});
  EXPECT_EQ(got.result, Result::accepted);
  EXPECT_EQ(got.phase, Phase::final_dot);
  EXPECT_EQ(got.reply, (Reply{250, "2.0.0", "queued"}));
  EXPECT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(relay_->flights().size(), 2U);  // EHLO, and all of the message
  EXPECT_TRUE(dialogue_->is_reusable());
  EXPECT_FALSE(dialogue_->failure());
}

TEST_F(ClientMessage, U15_careful_sends_the_body_only_after_the_replies) {
  const Exchange got = exchange(
      all, {{mail + one, "250 ok\r\n250 ok\r\n"}, {"BDAT 4 LAST\r\nhi\r\n", "250 queued\r\n"}},
      {begin(envelope({"one@b.test"}), "hi\r\n", true, true)});
  EXPECT_EQ(got.result, Result::accepted);
}

TEST_F(ClientMessage, U15_without_pipelining_one_command_at_a_time) {
  const Exchange got = exchange("8BITMIME",
                                {{mail, "250 ok\r\n"},
                                 {one, "250 ok\r\n"},
                                 {two, "250 ok\r\n"},
                                 {"DATA\r\n", "354 go\r\n"},
                                 {"hi\r\n.\r\n", "250 queued\r\n"}},
                                {begin(envelope({"one@b.test", "two@b.test"}), "hi\r\n")});
  EXPECT_EQ(got.result, Result::accepted);
  EXPECT_EQ(relay_->flights().size(), 6U);
}

TEST_F(ClientMessage, U15_several_recipients_and_chunking_save_the_354) {
  const Exchange got = exchange(all,
                                {{mail + one + two, "250 ok\r\n250 ok\r\n250 ok\r\n"},
                                 {"BDAT 4 LAST\r\nhi\r\n", "250 queued\r\n"}},
                                {begin(envelope({"one@b.test", "two@b.test"}), "hi\r\n")});
  EXPECT_EQ(got.result, Result::accepted);
  EXPECT_EQ(relay_->flights().size(), 3U);
}

TEST_F(ClientMessage, U15_data_joins_the_flight_without_chunking) {
  options_.use_chunking = false;
  const Exchange got = exchange(all,
                                {{mail + one + "DATA\r\n", "250 ok\r\n250 ok\r\n354 go\r\n"},
                                 {"hi\r\n.\r\n", "250 queued\r\n"}},
                                {begin(envelope({"one@b.test"}), "hi\r\n")});
  EXPECT_EQ(got.result, Result::accepted);
}

TEST_F(ClientMessage, U7_only_offered_parameters_are_sent) {
  Envelope full = envelope({"one@b.test"});
  full.declared_size = 1234;
  full.body = BodyType::eight_bit_mime;
  full.ret = "HDRS";
  full.envelope_id = "<a+b=c@x>";
  full.recipients[0].notify = "FAILURE,DELAY";
  full.recipients[0].original_recipient = "rfc822;one@b.test";
  exchange("PIPELINING", {{mail + one + "DATA\r\n", "550 no\r\n503 no\r\n503 no\r\n"}},
           {begin(full, "")});
  exchange(
      "SIZE;8BITMIME;DSN;SMTPUTF8",
      {{"MAIL FROM:<hana@a.test> SIZE=1234 BODY=8BITMIME RET=HDRS "
        "ENVID=<a+2Bb+3Dc@x>\r\n",
        "250 ok\r\n"},
       {"RCPT TO:<one@b.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;one@b.test\r\n", "550 no\r\n"}},
      {begin(full, "")});
}

TEST_F(ClientMessage, U7_smtputf8_is_asked_for_when_needed_and_missed_before_anything_is_sent) {
  exchange("SMTPUTF8",
           {{"MAIL FROM:<hana@a.test> SMTPUTF8\r\n", "250 ok\r\n"},
            {"RCPT TO:<\xe8\x8a\xb1@b.test>\r\n", "550 no\r\n"}},
           {begin(envelope({"\xe8\x8a\xb1@b.test"}), "")});
  const Exchange got = exchange(all, {}, {begin(envelope({"\xe8\x8a\xb1@b.test"}), "x\r\n")});
  EXPECT_EQ(got.result, Result::refused);
  EXPECT_EQ(got.trouble, Trouble::smtputf8_missing);
  EXPECT_EQ(relay_->flights().size(), 1U);
  EXPECT_TRUE(dialogue_->is_reusable());
}

TEST_F(ClientMessage, U8_xtext_is_kept_and_controls_are_refused) {
  Envelope given = envelope({"one@b.test"});
  given.envelope_id = "QQ+2B1";
  exchange("DSN", {{"MAIL FROM:<hana@a.test> ENVID=QQ+2B1\r\n", "550 no\r\n"}}, {begin(given, "")});
  for (const char* id : {"a\r\nRCPT TO:<x>", "a\nb"}) {
    given.envelope_id = id;
    EXPECT_EQ(exchange("DSN", {}, {begin(given, "")}).reply.code, 501);
  }
}

TEST_F(ClientMessage, nothing_in_an_envelope_can_begin_a_command) {
  for (const std::string& bad :
       {std::string("a\r\nDATA"), std::string("a\nb"), std::string("a\0b", 3),
        std::string("a@b> X=<"), std::string("a b@c"), std::string("\"a@b"),
        std::string(2000, 'a')}) {
    const Exchange recipient = exchange(all, {}, {begin(envelope({bad}), "x\r\n")});
    EXPECT_EQ(recipient.reply.code, 501) << bad;
    EXPECT_EQ(recipient.phase, Phase::recipient);
    EXPECT_EQ(exchange(all, {}, {begin(envelope({"a@b"}, bad), "x\r\n")}).phase, Phase::sender);
  }
  EXPECT_EQ(exchange(all, {}, {begin(envelope({}), "x\r\n")}).result, Result::refused);
  EXPECT_EQ(exchange(all, {}, {begin(envelope({""}), "x\r\n")}).result, Result::refused);
}

TEST_F(ClientMessage, quoted_and_null_addresses_pass) {
  exchange("", {{"MAIL FROM:<>\r\n", "250 ok\r\n"}, {"RCPT TO:<\"a b> c\"@d>\r\n", "550 no\r\n"}},
           {begin(envelope({"\"a b> c\"@d"}, ""), "")});
}

TEST_F(ClientMessage, U9_a_partial_refusal_sends_no_body_and_names_the_recipient) {
  const std::vector<Order> orders{begin(envelope({"one@b.test", "two@b.test"}), "hi\r\n")};
  const Exchange bdat =
      exchange(all, {{mail + one + two, "250 ok\r\n250 ok\r\n550 5.1.1 unknown\r\n"}}, orders);
  EXPECT_EQ(bdat.result, Result::refused);
  EXPECT_EQ(bdat.phase, Phase::recipient);
  EXPECT_EQ(bdat.reply.status, "5.1.1");
  ASSERT_EQ(bdat.recipients.size(), 2U);
  EXPECT_TRUE(bdat.recipients[0].is_positive());
  EXPECT_EQ(bdat.recipients[1].code, 550);
  EXPECT_TRUE(dialogue_->is_reusable());

  const std::string flight = mail + one + two + "DATA\r\n";
  exchange("PIPELINING", {{flight, "250 ok\r\n550 no\r\n250 ok\r\n503 no\r\n"}}, orders);
  EXPECT_TRUE(dialogue_->is_reusable());
  const Exchange in_data =
      exchange("PIPELINING", {{flight, "250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n"}}, orders);
  EXPECT_EQ(in_data.result, Result::refused);
  EXPECT_EQ(in_data.recipients.size(), 2U);
  EXPECT_TRUE(relay_->finished());  // only closing leads out of the data mode without a message
  EXPECT_FALSE(dialogue_->is_reusable());

  const Exchange slow =
      exchange("", {{mail, "250 ok\r\n"}, {one, "550 no\r\n"}, {two, "250 ok\r\n"}}, orders);
  EXPECT_EQ(slow.recipients.size(), 2U);
  EXPECT_EQ(slow.reply.code, 550);
}

TEST_F(ClientMessage, U11_the_phase_of_a_refusal_is_kept) {
  const std::vector<Order> orders{begin(envelope({"one@b.test"}), "hi\r\n")};
  const std::string flight = mail + one + "BDAT 4 LAST\r\nhi\r\n";
  const auto phase = [&](const char* relay) {
    const Exchange got = exchange(all, {{flight, relay}}, orders);
    EXPECT_EQ(got.result, Result::refused);
    return got.phase;
  };
  EXPECT_EQ(phase("552 size\r\n503 a\r\n503 b\r\n"), Phase::sender);
  EXPECT_EQ(phase("250 ok\r\n450 a\r\n503 b\r\n"), Phase::recipient);
  EXPECT_EQ(phase("250 ok\r\n250 a\r\n554 5.7.1 spam\r\n"), Phase::final_dot);
  const Exchange data = exchange(
      "PIPELINING", {{mail + one + "DATA\r\n", "250 a\r\n250 b\r\n451 later\r\n"}}, orders);
  EXPECT_EQ(data.phase, Phase::data);
}

TEST_F(ClientMessage, U9_a_2xx_to_the_body_of_a_refused_recipient_delivers_nothing) {
  const Exchange got =
      exchange(all, {{mail + one + "BDAT 4 LAST\r\nhi\r\n", "250 ok\r\n550 no\r\n250 fine\r\n"}},
               {begin(envelope({"one@b.test"}), "hi\r\n")});
  EXPECT_EQ(got.result, Result::refused);
  EXPECT_EQ(got.reply.code, 550);
}

TEST_F(ClientMessage, U10_a_lost_answer_after_the_end_mark_is_unknown) {
  const std::vector<Order> orders{begin(envelope({"one@b.test"}), "hi\r\n")};
  const std::string flight = mail + one + "BDAT 4 LAST\r\nhi\r\n";
  for (const char* relay : {"", "250 ok\r\n", "250 ok\r\n250 ok\r\n", "250 ok\r\n250 ok\r\n25",
                            "250 ok\r\n250 ok\r\njunk\r\n", "250 ok\r\n250 ok\r\n354 x\r\n"}) {
    const Exchange got = exchange(all, {{flight, relay}}, orders);
    EXPECT_EQ(got.result, Result::unknown) << relay;
    EXPECT_EQ(got.phase, Phase::final_dot);
    EXPECT_FALSE(dialogue_->is_reusable());
  }
  for (const char* relay : {"550 no\r\n", "250 ok\r\n550 no\r\n", "250 ok\r\n550 no\r\njunk\r\n"}) {
    EXPECT_EQ(exchange(all, {{flight, relay}}, orders).result, Result::refused) << relay;
    EXPECT_FALSE(dialogue_->is_reusable());
  }
}

TEST_F(ClientMessage, U13_421_refuses_wherever_it_comes) {
  const std::vector<Order> orders{begin(envelope({"one@b.test"}), "hi\r\n")};
  const std::string flight = mail + one + "BDAT 4 LAST\r\nhi\r\n";
  for (const char* before : {"", "250 ok\r\n", "250 ok\r\n250 ok\r\n"}) {
    const Exchange got =
        exchange(all, {{flight, std::string(before) + "421 4.7.0 busy\r\n"}}, orders);
    EXPECT_EQ(got.result, Result::refused) << before;
    EXPECT_EQ(got.reply.code, 421);
    EXPECT_FALSE(dialogue_->is_reusable());
    EXPECT_EQ(dialogue_->failure()->reply->code, 421);
  }
}

TEST_F(ClientMessage, U16_data_is_dot_stuffed_and_gets_its_last_line_ending) {
  const Exchange got =
      exchange("PIPELINING",
               {{mail + one + "DATA\r\n", "250 a\r\n250 b\r\n354 c\r\n"},
                {"..a\r\n", ""},
                {"..\r\nb\r\n.\r\n", "250 queued\r\n"}},
               {begin(envelope({"one@b.test"}), ".a\r\n", false), give(".\r\nb", true)});
  EXPECT_EQ(got.result, Result::accepted);
}

TEST_F(ClientMessage, chunks_flow_with_a_window_of_one) {
  const Exchange got = exchange(all,
                                {{mail + one + "BDAT 3\r\na\r\n", "250 a\r\n250 b\r\n250 c\r\n"},
                                 {"BDAT 3\r\nb\r\n", ""},  // its reply is not waited for yet
                                 {"BDAT 3\r\nc\r\n", "250 d\r\n"},
                                 {"BDAT 0 LAST\r\n", "250 e\r\n250 queued\r\n"}},
                                {begin(envelope({"one@b.test"}), "a\r\n", false),
                                 give("b\r\n", false), give("c\r\n", false), give("", true)});
  EXPECT_EQ(got.result, Result::accepted);
  EXPECT_EQ(got.reply.text, "queued");
}

TEST_F(ClientMessage, an_early_refusal_stops_the_upload) {
  const Exchange first =
      exchange(all, {{mail + one + "BDAT 3\r\na\r\n", "250 a\r\n550 b\r\n503 c\r\n"}},
               {begin(envelope({"one@b.test"}), "a\r\n", false)});
  EXPECT_EQ(first.phase, Phase::recipient);
  EXPECT_TRUE(dialogue_->is_reusable());
  const Exchange later = exchange(all,
                                  {{mail + one + "BDAT 3\r\na\r\n", "250 a\r\n250 b\r\n250 c\r\n"},
                                   {"BDAT 3\r\nb\r\n", ""},
                                   {"BDAT 3\r\nc\r\n", "552 full\r\n503 d\r\n"}},
                                  {begin(envelope({"one@b.test"}), "a\r\n", false),
                                   give("b\r\n", false), give("c\r\n", false)});
  EXPECT_EQ(later.phase, Phase::body);
  EXPECT_EQ(later.reply.code, 552);
  EXPECT_TRUE(dialogue_->is_reusable());
}

TEST_F(ClientMessage, abandoned_in_mid_body_shows_no_end) {
  exchange(all, {{mail + one + "BDAT 3\r\na\r\n", "250 a\r\n250 b\r\n250 c\r\n"}},
           {begin(envelope({"one@b.test"}), "a\r\n", false), [](ClientDialogue& d) {
              EXPECT_EQ(d.wants(), ClientDialogue::Wants::body);
              d.abandon();
            }});
  EXPECT_EQ(dialogue_->exchange()->result, Result::failed);
  EXPECT_EQ(dialogue_->exchange()->trouble, Trouble::stopped);
  EXPECT_TRUE(relay_->finished());
  EXPECT_EQ(relay_->flights().back(), "");
}

TEST_F(ClientMessage, stray_bytes_make_the_session_unfit_but_not_the_message) {
  const std::string flight = mail + one + "BDAT 3 LAST\r\na\r\n";
  for (const char* stray : {"250 again\r\n", "x", "421 bye\r\n"}) {
    ClientDialogue dialogue(options_);
    ScriptedRelay relay(after_hello(all, {{flight, std::string(ok3) + stray}}),
                        {begin(envelope({"one@b.test"}), "a\r\n")});
    relay.run(dialogue);
    EXPECT_EQ(dialogue.exchange()->result, Result::accepted);
    EXPECT_FALSE(dialogue.is_reusable());
    EXPECT_EQ(dialogue.failure().has_value(), stray[0] == '4');
  }
}

TEST_F(ClientMessage, what_comes_while_idle_ends_the_session) {
  for (const char* bytes : {"421 4.3.2 going\r\n", "250 x\r\n", "4"}) {
    ClientDialogue dialogue(options_);
    ScriptedRelay relay(after_hello(all, {}), {});
    relay.run(dialogue);
    EXPECT_TRUE(dialogue.is_reusable());
    const wire::Step step = dialogue.next({wire::Happened::received, bytes});
    EXPECT_EQ(step.action, wire::Action::finish);
    EXPECT_FALSE(dialogue.is_reusable());
    ASSERT_TRUE(dialogue.failure());
    EXPECT_EQ(dialogue.failure()->trouble == Trouble::refused, bytes[1] == '2');
  }
}

TEST_F(ClientMessage, stopping_waits_only_for_the_answer_to_the_end_mark) {
  const Script turns{{mail + one, "250 a\r\n250 b\r\n"}, {"BDAT 3 LAST\r\na\r\n", "250 c\r\n"}};
  const std::vector<Order> orders{begin(envelope({"one@b.test"}), "a\r\n", true, true)};
  for (std::size_t at = 3; at < 7; ++at) {
    ClientDialogue dialogue(options_);
    ScriptedRelay relay(after_hello(all, turns), orders);
    relay.run(dialogue, {false, at, {wire::Happened::stopping}});
    const bool before = at < 5;
    if (at == 5) continue;  // a write, where stopping does not come
    EXPECT_EQ(dialogue.exchange()->result, before ? Result::failed : Result::accepted) << at;
    EXPECT_EQ(dialogue.exchange()->trouble == Trouble::stopped, before);
  }
}

TEST_F(ClientMessage, U1_limits_belong_to_the_phase) {
  options_.limits.command = wire::Duration(1);
  options_.limits.data = wire::Duration(2);
  options_.limits.block = wire::Duration(3);
  options_.limits.final_dot = wire::Duration(4);
  exchange("",
           {{mail, "250 a\r\n"},
            {one, "250 b\r\n"},
            {"DATA\r\n", "354 c\r\n"},
            {"a\r\n.\r\n", "250 d\r\n"}},
           {begin(envelope({"one@b.test"}), "a\r\n")});
  std::vector<int> limits;
  for (std::size_t i = 3; i < relay_->steps().size(); ++i) {
    limits.push_back(static_cast<int>(relay_->steps()[i].limit.count()));
  }
  EXPECT_EQ(limits, (std::vector{3, 1, 3, 1, 1, 2, 3, 4}));
}

// Postfix keeps its replies back until it has worked through all that came: the first of them is as
// late as the last.
TEST_F(ClientMessage, U1_replies_to_a_whole_flight_have_the_limit_of_its_end) {
  options_.limits.command = wire::Duration(1);
  options_.limits.block = wire::Duration(3);
  options_.limits.final_dot = wire::Duration(4);
  exchange(all, {{mail + one + "BDAT 4 LAST\r\nhi\r\n", ok3}},
           {begin(envelope({"one@b.test"}), "hi\r\n")});
  ASSERT_EQ(relay_->steps().size(), 5U);
  EXPECT_EQ(relay_->steps()[3].limit, wire::Duration(3));
  EXPECT_EQ(relay_->steps()[4].limit, wire::Duration(4));
}

TEST_F(ClientMessage, what_the_relay_said_before_a_failed_write_counts) {
  ClientDialogue dialogue(options_);
  ScriptedRelay relay(after_hello(all, {}), {begin(envelope({"one@b.test"}), "a\r\n")});
  relay.run(dialogue, {false, 3, {wire::Happened::received, "552 5.3.4 too big\r\n"}});
  EXPECT_EQ(dialogue.exchange()->result, Result::refused);
  EXPECT_EQ(dialogue.exchange()->reply.code, 552);
  EXPECT_FALSE(dialogue.is_reusable());
}

// The rule everything hangs on: failed before the end mark left, unknown (never failed) behind it.
TEST_F(ClientMessage, every_step_can_break_with_the_right_result) {
  using enum wire::Happened;
  struct Case {
    const char* keywords;
    Script turns;
    std::vector<Order> orders;
  };
  const std::vector<Order> whole{begin(envelope({"one@b.test"}), "a\r\n")};
  const std::vector<Order> parts{begin(envelope({"one@b.test"}), "a\r\n", false),
                                 give("b\r\n", true)};
  const std::vector<Case> cases{
      {all, {{mail + one + "BDAT 3 LAST\r\na\r\n", ok3}}, whole},
      {all, {{mail + one + "BDAT 3\r\na\r\n", ok3}, {"BDAT 3 LAST\r\nb\r\n", "250 q\r\n"}}, parts},
      {"PIPELINING",
       {{mail + one + "DATA\r\n", "250 a\r\n250 b\r\n354 c\r\n"},
        {"a\r\n", ""},
        {"b\r\n.\r\n", "250 q\r\n"}},
       parts},
      {"CHUNKING",
       {{mail, "250 a\r\n"},
        {one, "250 b\r\n"},
        {"BDAT 3\r\na\r\n", "250 c\r\n"},
        {"BDAT 3 LAST\r\nb\r\n", "250 q\r\n"}},
       parts}};
  for (const Case& c : cases) {
    for (const bool byte_by_byte : {false, true}) {
      ClientDialogue first(options_);
      ScriptedRelay clean(after_hello(c.keywords, c.turns), c.orders);
      clean.run(first, {byte_by_byte});
      ASSERT_EQ(clean.mismatch(), "");
      ASSERT_EQ(first.exchange()->result, Result::accepted);
      for (std::size_t at = 0; at < clean.step_count(); ++at) {
        for (const wire::Event event :
             {wire::Event{closed}, wire::Event{timed_out}, wire::Event{received, "junk\r\n"}}) {
          // Within a line junk is text like any other.
          if (byte_by_byte && event.what == received) continue;
          ClientDialogue dialogue(options_);
          ScriptedRelay relay(after_hello(c.keywords, c.turns), c.orders);
          relay.run(dialogue, {byte_by_byte, at, event});
          const bool begun = relay.said().find("MAIL") != std::string::npos;
          ASSERT_EQ(dialogue.exchange().has_value(), begun);
          if (!begun) continue;
          const bool ended = relay.said().find("LAST") != std::string::npos ||
                             relay.said().find("\r\n.\r\n") != std::string::npos;
          EXPECT_EQ(dialogue.exchange()->result, ended ? Result::unknown : Result::failed) << at;
          EXPECT_FALSE(dialogue.is_reusable());
          EXPECT_TRUE(dialogue.failure());
        }
      }
    }
  }
}

}  // namespace
}  // namespace todoku::smtp::testing
