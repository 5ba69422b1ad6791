// SPDX-License-Identifier: Apache-2.0
// ServerDialogue: MAIL, RCPT and DATA with their refusals, and the body.
#include "tests/support/script_player.hpp"

namespace todoku::test {
namespace {

const ScriptStep hello{"EHLO x\r\n", "250-\n250-\n250-\n250-\n250-\n250-\n250-\n250 AUTH"};
const ScriptStep mail{"MAIL FROM:<me@example.jp>\r\n", "250 2.1.0"};
const ScriptStep rcpt{"RCPT TO:<you@example.jp>\r\n", "250 2.1.5"};
const ScriptStep data{"DATA\r\n", "354 "};
const ScriptStep body{"Subject: x\r\n\r\nhi\r\n.\r\n", "250 2.0.0 Sent as M1"};

smtp::Envelope envelope_after(const std::string& mail_line) {
  Player player(usual_options());
  player.open();
  player.send("EHLO x\r\n" + mail_line + "\r\nRCPT TO:<you@example.jp>\r\nDATA\r\n");
  player.send("x\r\n.\r\n");
  return player.room.envelopes.empty() ? smtp::Envelope{} : player.room.envelopes[0];
}

TEST(ServerDialogue, P17_mail_parameters_reach_the_room) {
  const auto envelope =
      envelope_after("mail from:<me@example.jp> BODY=8BITMIME size=20 RET=FULL ENVID=<1@x.jp>");
  EXPECT_EQ(envelope.declared_size, 20U);
  EXPECT_EQ(envelope.body, smtp::BodyType::eight_bit_mime);
  EXPECT_EQ(envelope.ret, "FULL");
  EXPECT_EQ(envelope.envelope_id, "<1@x.jp>");
  play({hello, {"MAIL FROM:<a@b.jp> X=1\r\n", "555 5.5.4"}, mail}, usual_options());
}

TEST(ServerDialogue, P17_after_helo_extensions_are_unknown) {
  play({{"HELO x\r\n", "250"}, {"MAIL FROM:<a@b.jp> RET=FULL\r\n", "555 5.5.4"}}, usual_options());
}

TEST(ServerDialogue, P18_a_declared_size_too_big_is_refused_at_mail) {
  play({hello,
        {"MAIL FROM:<a@b.jp> SIZE=1001\r\n", "552 5.3.4"},
        {"RCPT TO:<a@b.jp>\r\n", "503"},
        {"MAIL FROM:<a@b.jp> SIZE=1000\r\n", "250"}},
       usual_options());
}

TEST(ServerDialogue, P21_P22_refusals_of_the_room_are_passed_on) {
  FakeRoom room;
  room.recipient = [](const std::string& address) {
    return address == "typo@gmial.com" ? Reply{550, "5.1.2", "gmial.com: did you mean gmail.com?"}
                                       : Reply{250, "2.1.5", "OK"};
  };
  play({hello,
        mail,
        {"RCPT TO:<typo@gmial.com>\r\n", "550 5.1.2 gmial.com: did"},
        {"DATA\r\n", "554 5.5.1"},
        rcpt,
        data,
        body},
       usual_options(), room);
  Player player(usual_options(), room);
  player.open();
  player.send(
      "EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<typo@gmial.com>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\n");
  player.send(".\r\n");
  ASSERT_EQ(player.room.envelopes.size(), 1U);
  EXPECT_EQ(player.room.envelopes[0].recipients.size(), 1U);
  room.sender = {451, "4.3.0", "Later"};
  play({hello, {mail.send, "451 4.3.0"}, {rcpt.send, "503 5.5.1"}}, usual_options(), room);
}

TEST(ServerDialogue, P23_too_many_recipients_are_452) {
  ServerOptions options = usual_options();
  EXPECT_GE(options.max_recipients, 100U);
  options.max_recipients = 2;
  play({hello, mail, rcpt, rcpt, {rcpt.send, "452 4.5.3"}, data, body}, options);
}

TEST(ServerDialogue, P24_only_crlf_dot_crlf_ends_and_newlines_are_repaired) {
  Player player(usual_options());
  player.open();
  player.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\n");
  EXPECT_EQ(player.send("a\n.\nMAIL FROM:<evil@b.jp>\r.\r\n..b\r\n"), "");
  EXPECT_EQ(player.dialogue.body_report().bare_newlines, 3U);
  EXPECT_EQ(player.send(".\r\n"), "250 2.0.0 Sent as M1\r\n");
  EXPECT_EQ(player.room.bodies[0], "a\r\n.\r\nMAIL FROM:<evil@b.jp>\r\n.\r\n.b\r\n");
}

TEST(ServerDialogue, P27_a_body_over_the_limit_is_read_to_its_end_and_answered) {
  const std::string line(98, 'x');
  std::string large;
  for (int i = 0; i < 50; ++i) large += line + "\r\n";
  play({hello,
        mail,
        rcpt,
        data,
        {large, ""},
        {large + ".\r\n", "552 5.3.4"},
        mail,
        rcpt,
        data,
        body},
       usual_options());
}

TEST(ServerDialogue, P27_P34_the_room_may_discard_a_body) {
  FakeRoom room;
  room.discard = {452, "4.3.1", "The disk is full"};
  play(
      {hello, mail, rcpt, data, {"a\r\nb\r\n", ""}, {"c\r\n.\r\nNOOP\r\n", "452 4.3.1\n250"}, mail},
      usual_options(), room);
}

TEST(ServerDialogue, P28_P29_long_and_japanese_refusals_are_folded) {
  FakeRoom room;
  room.verdict = {550, "5.7.1",
                  "Refused as M1\n\xE5\xB1\x8A\xE3\x81\x8D\xE3\x81\xBE\xE3\x81\x9B\xE3\x82\x93"};
  play({hello, mail, rcpt, data, {body.send, "550-5.7.1 Refused as M1\n550 5.7.1 \xE5\xB1\x8A"}},
       usual_options(), room);
}

TEST(ServerDialogue, P30_a_refusal_without_code_gets_one) {
  FakeRoom room;
  room.verdict = {451, "", "Later"};
  play({hello, mail, rcpt, data, {body.send, "451 4.0.0 Later"}}, usual_options(), room);
}

TEST(ServerDialogue, P38_odd_addresses_pass_as_typed) {
  for (const char* address : {"a..b.@docomo.ne.jp", "\"a b\"@example.jp", "me+tag@example.jp"}) {
    Player player(usual_options());
    player.open();
    player.send("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + std::string(address) + ">\r\nDATA\r\n");
    player.send(".\r\n");
    ASSERT_EQ(player.room.envelopes.size(), 1U) << address;
    EXPECT_EQ(player.room.envelopes[0].recipients[0].address, address);
  }
}

TEST(ServerDialogue, P39_the_null_sender_is_allowed) {
  play({hello, {"MAIL FROM:<>\r\n", "250"}, rcpt, data, body}, usual_options());
  EXPECT_EQ(envelope_after("MAIL FROM:<>").recipients.size(), 1U);
}

TEST(ServerDialogue, a_refused_data_leaves_the_transaction_open) {
  FakeRoom room;
  room.body_begin = {452, "4.3.1", "The disk is full"};
  play({hello, mail, rcpt, {"DATA\r\n", "452 4.3.1"}, rcpt, {"RSET\r\n", "250"}}, usual_options(),
       room);
}

TEST(ServerDialogue, a_421_of_the_room_closes) {
  FakeRoom room;
  room.sender = {421, "4.3.2", "Stopping"};
  Player player(usual_options(), room);
  player.open();
  player.send("EHLO x\r\n");
  EXPECT_EQ(player.send(mail.send + "NOOP\r\n"), "421 4.3.2 Stopping\r\n");
  EXPECT_TRUE(player.is_finished);
}

TEST(ServerDialogue, ehlo_rset_and_quit_drop_an_open_transaction) {
  for (const char* line : {"EHLO y\r\n", "HELO y\r\n", "RSET\r\n", "QUIT\r\n"}) {
    Player player(usual_options());
    player.open();
    player.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\n");
    EXPECT_TRUE(player.dialogue.is_in_transaction());
    EXPECT_EQ(player.send(line)[0], '2');
    EXPECT_EQ(player.room.asked.back(), Question::transaction_dropped);
    EXPECT_FALSE(player.dialogue.is_in_transaction());
  }
}

TEST(ServerDialogue, P34_a_large_body_passes_in_pieces) {
  ServerOptions options = usual_options();
  options.offered.max_size.reset();
  Player player(options);
  player.open();
  player.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\n");
  EXPECT_EQ(player.last_limit, options.body_limit);
  const std::string piece = std::string(1000, 'x') + "\r\n";
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(player.send(piece), "");
  EXPECT_EQ(player.send(".\r\n").substr(0, 3), "250");
  EXPECT_EQ(player.room.bodies[0].size(), 1002U * 1000U);
}

}  // namespace
}  // namespace todoku::test
