// SPDX-License-Identifier: Apache-2.0
// ServerDialogue: order of commands, EHLO, pipelining, ends and limits. Names P.. are the numbers
// of the behaviours a submission proxy must get right towards a mail client.
#include "tests/support/script_player.hpp"

namespace todoku::test {
namespace {

const ScriptStep hello{"EHLO [127.0.0.1]\r\n",
                       "250-localhost Todoku token-1\n250-SIZE 1000\n250-8BITMIME\n250-SMTPUTF8\n"
                       "250-DSN\n250-PIPELINING\n250-ENHANCEDSTATUSCODES\n250 AUTH PLAIN LOGIN"};
const ScriptStep mail{"MAIL FROM:<me@example.jp>\r\n", "250 2.1.0"};
const ScriptStep rcpt{"RCPT TO:<you@example.jp>\r\n", "250 2.1.5"};
const ScriptStep data{"DATA\r\n", "354 "};
const ScriptStep body{"Subject: x\r\n\r\nhi\r\n.\r\n", "250 2.0.0 Sent as M1"};
const ScriptStep quit{"QUIT\r\n", "221 2.0.0"};

TEST(ServerDialogue, takes_a_message) {
  play({hello, mail, rcpt, data, body, quit}, usual_options());
  Player player(usual_options());
  player.open();
  for (const ScriptStep& step : Script{hello, mail, rcpt, data, body}) player.send(step.send);
  ASSERT_EQ(player.room.bodies.size(), 1U);
  EXPECT_EQ(player.room.bodies[0], "Subject: x\r\n\r\nhi\r\n");
  EXPECT_EQ(player.room.envelopes[0].sender, "me@example.jp");
  EXPECT_EQ(player.room.envelopes[0].recipients[0].address, "you@example.jp");
}

TEST(ServerDialogue, P1_greeting_is_220_at_once) {
  Player player;
  EXPECT_EQ(player.open(), "220 localhost ESMTP Todoku\r\n");
}

TEST(ServerDialogue, P2_any_hello_name_is_accepted) {
  for (const char* name : {"[127.0.0.1]", "[IPV6:::1]", "DESKTOP-123", "a_b", "\xE5\xB1\xB1"}) {
    Player player(usual_options());
    player.open();
    EXPECT_EQ(player.send("EHLO " + std::string(name) + "\r\n").substr(0, 4), "250-");
    EXPECT_EQ(player.dialogue.client_name(), name);
  }
}

TEST(ServerDialogue, P3_hello_works_and_helo_too) {
  play({{"HELO pc\r\n", "250 localhost"}, mail, rcpt, data, body}, usual_options());
  play({{"EHLO\r\n", "501 5.5.4"}, hello}, usual_options());
}

TEST(ServerDialogue, P4_P5_keywords_are_the_same_before_and_after_tls) {
  ServerOptions options = usual_options();
  options.starttls_available = true;
  options.login_needs_tls = true;
  Player player(options);
  player.open();
  const std::string common =
      "250-localhost Todoku token-1\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n"
      "250-PIPELINING\r\n";
  EXPECT_EQ(player.send("EHLO x\r\n"), common + "250-ENHANCEDSTATUSCODES\r\n250 STARTTLS\r\n");
  EXPECT_EQ(player.send("AUTH LOGIN\r\n").substr(0, 10), "538 5.7.11");
  player.send("STARTTLS\r\n");
  EXPECT_EQ(player.send("EHLO x\r\n"),
            common + "250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN\r\n");
}

TEST(ServerDialogue, P5_chunking_is_never_offered) {
  ServerOptions options = usual_options();
  options.offered.chunking = true;
  Player player(options);
  player.open();
  EXPECT_EQ(player.send("EHLO x\r\n").find("CHUNKING"), std::string::npos);
  EXPECT_EQ(player.send("BDAT 3 LAST\r\n").substr(0, 9), "502 5.5.1");
}

TEST(ServerDialogue, P5_only_what_upstreams_carry_is_advertised) {
  Player player;
  player.open();
  EXPECT_EQ(player.send("EHLO x\r\n"),
            "250-localhost Todoku\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n");
  smtp::Capabilities more;
  more.has_size = true;
  player.dialogue.set_offered(more);
  EXPECT_EQ(player.send("EHLO x\r\n"),
            "250-localhost Todoku\r\n250-SIZE\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n");
}

TEST(ServerDialogue, P6_starttls_discards_plaintext_and_state) {
  ServerOptions options = usual_options();
  options.starttls_available = true;
  Player player(options);
  player.open();
  player.send("EHLO x\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b.jp>\r\n");
  EXPECT_TRUE(player.dialogue.is_logged_in());
  EXPECT_EQ(player.send("STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@b.jp>\r\n"),
            "220 2.0.0 Ready to start TLS\r\n");
  EXPECT_EQ(player.room.open_transactions, 0);
  EXPECT_TRUE(player.dialogue.is_secure());
  EXPECT_FALSE(player.dialogue.is_logged_in());
  EXPECT_EQ(player.dialogue.client_name(), "");
  EXPECT_EQ(player.send("MAIL FROM:<a@b.jp>\r\n").substr(0, 9), "503 5.5.1");
  EXPECT_EQ(player.send("EHLO y\r\n").find("STARTTLS"), std::string::npos);
  EXPECT_EQ(player.send("STARTTLS\r\n").substr(0, 9), "503 5.5.1");
}

TEST(ServerDialogue, P6_bytes_that_came_before_the_handshake_are_dropped) {
  ServerOptions options = usual_options();
  options.starttls_available = true;
  ServerDialogue dialogue(options);
  dialogue.next({Happened::opened});
  dialogue.next({Happened::written});
  EXPECT_EQ(dialogue.next({Happened::received, "STARTTLS\r\n"}).action, Action::write);
  EXPECT_EQ(dialogue.next({Happened::written}).action, Action::secure);
  dialogue.next({Happened::received, "EHLO evil\r\n"});
  EXPECT_EQ(dialogue.next({Happened::secured}).action, Action::read);
}

TEST(ServerDialogue, P7_a_tls_hello_on_the_plain_port_ends_silently) {
  Player player(usual_options());
  player.open();
  EXPECT_EQ(player.send("\x16\x03\x01"), "");
  EXPECT_TRUE(player.is_finished);
  EXPECT_EQ(player.dialogue.end(), smtp::ServerEnd::tls_hello_on_plain_port);
}

TEST(ServerDialogue, P7_implicit_tls_needs_no_starttls) {
  ServerOptions options = usual_options();
  options.starttls_available = true;
  options.already_secure = true;
  options.login_needs_tls = true;
  play({hello}, options);
}

TEST(ServerDialogue, browsers_are_dropped) {
  for (const char* request :
       {"GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "Host: localhost\r\n"}) {
    Player player(usual_options());
    player.open();
    EXPECT_EQ(player.send(std::string(request) + "EHLO x\r\nMAIL FROM:<a@b.jp>\r\n"), "");
    EXPECT_TRUE(player.is_finished);
    EXPECT_EQ(player.dialogue.end(), smtp::ServerEnd::http_verb);
    EXPECT_TRUE(player.room.asked.empty());
  }
}

TEST(ServerDialogue, pipelined_commands_are_answered_in_one_write) {
  Player player(usual_options());
  player.open();
  player.writes = 0;
  const std::string output = player.send(
      "EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nRCPT TO:<e@f.jp>\r\nDATA\r\n");
  EXPECT_EQ(player.writes, 1);
  EXPECT_EQ(output.substr(output.rfind("354")), "354 Go on\r\n");
  EXPECT_EQ(player.send("x\r\n.\r\nRSET\r\nQUIT\r\n"),
            "250 2.0.0 Sent as M1\r\n250 2.0.0 OK\r\n221 2.0.0 Goodbye\r\n");
}

TEST(ServerDialogue, a_body_sent_too_early_is_still_a_body) {
  Player player(usual_options());
  player.open();
  const std::string output =
      player.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\nx\r\n.\r\nNOOP\r\n");
  EXPECT_EQ(output.substr(output.rfind("354")),
            "354 Go on\r\n250 2.0.0 Sent as M1\r\n250 2.0.0 OK\r\n");
}

TEST(ServerDialogue, output_is_bounded_when_the_client_does_not_read) {
  Player player(usual_options());
  player.open();
  std::string flood;
  for (int i = 0; i < 950; ++i) flood += "NOOP\r\n";
  ServerDialogue& dialogue = player.dialogue;
  wire::Step step = dialogue.next({Happened::received, flood});
  int writes = 0;
  while (step.action == Action::write) {
    EXPECT_LE(step.output.size(), 100U * 20U);
    ++writes;
    step = dialogue.next({Happened::written});
  }
  EXPECT_EQ(step.action, Action::read);
  EXPECT_EQ(writes, 10);
}

TEST(ServerDialogue, P30_every_refusal_has_an_enhanced_code) {
  Player player(usual_options());
  player.open();
  const std::string output = player.send(
      "BLAH\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<a@b.jp>\r\nDATA\r\nEXPN x\r\nAUTH PLAIN\r\nEHLO\r\n"
      "STARTTLS\r\nEHLO x\r\nAUTH\r\nAUTH NTLM\r\nDATA\r\nMAIL\r\nMAIL FROM:<x\r\nRCPT\r\n");
  for (const std::string& line : lines_of(output, "\r\n")) {
    if (line[0] != '5') continue;
    EXPECT_TRUE(line.substr(3, 3) == " 5.") << line;
  }
}

TEST(ServerDialogue, P31_small_commands_and_wrong_order) {
  play({{"MAIL FROM:<a@b.jp>\r\n", "503 5.5.1"},
        hello,
        {"RCPT TO:<a@b.jp>\r\n", "503 5.5.1"},
        {"DATA\r\n", "503 5.5.1"},
        {"RSET\r\n", "250 2.0.0"},
        {"NOOP x\r\n", "250 2.0.0"},
        {"VRFY me\r\n", "252 2"},
        {"HELP\r\n", "214 2"},
        {"EXPN x\r\n", "502 5.5.1"},
        {"WHAT\r\n", "500 5.5.2"},
        {"\r\n", "500 5.5.2"},
        mail,
        {mail.send, "503 5.5.1"},
        {"AUTH LOGIN\r\n", "503 5.5.1"},
        {"DATA\r\n", "503 5.5.1"},
        rcpt,
        {"DATA now\r\n", "501 5.5.4"},
        {"RSET\r\n", "250 2.0.0"},
        {"DATA\r\n", "503 5.5.1"},
        quit},
       usual_options());
}

TEST(ServerDialogue, P31_several_messages_on_one_connection) {
  Script script{hello};
  for (int i = 0; i < 12; ++i) script.insert(script.end(), {mail, rcpt, data, body});
  script.push_back(quit);
  play(script, usual_options());
}

TEST(ServerDialogue, P32_421_when_idle_or_stopping) {
  Player idle(usual_options());
  idle.open();
  EXPECT_EQ(idle.give({Happened::timed_out}).substr(0, 9), "421 4.4.2");
  EXPECT_EQ(idle.dialogue.end(), smtp::ServerEnd::timed_out);

  Player stopping(usual_options());
  stopping.open();
  stopping.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\n");
  EXPECT_EQ(stopping.give({Happened::stopping}), "");
  const std::string output = stopping.send("x\r\n.\r\nNOOP\r\n");
  EXPECT_EQ(output.substr(0, 22), "250 2.0.0 Sent as M1\r\n");
  EXPECT_EQ(output.substr(22, 9), "421 4.3.2");
  EXPECT_TRUE(stopping.is_finished);
  EXPECT_EQ(stopping.dialogue.end(), smtp::ServerEnd::stopped);
}

TEST(ServerDialogue, a_client_that_does_not_read_is_left) {
  ServerDialogue dialogue(usual_options());
  EXPECT_EQ(dialogue.next({Happened::opened, {}}).action, Action::write);
  const wire::Step step = dialogue.next({Happened::timed_out, {}});
  EXPECT_EQ(step.action, Action::finish);
  EXPECT_EQ(step.output, "");
  EXPECT_EQ(dialogue.end(), smtp::ServerEnd::timed_out);
}

TEST(ServerDialogue, P37_the_instance_stands_in_the_first_line) {
  Player player(usual_options());
  player.open();
  EXPECT_EQ(player.send("EHLO x\r\n").substr(0, 30), "250-localhost Todoku token-1\r\n");
}

TEST(ServerDialogue, P33_waits_five_minutes) {
  Player player(usual_options());
  player.open();
  EXPECT_GE(player.last_limit, std::chrono::minutes(5));
}

TEST(ServerDialogue, P40_a_connection_test_ends_cleanly) {
  play({hello, {"AUTH PLAIN AGEAYg==\r\n", "235 2.7.0"}, quit}, usual_options());
}

TEST(ServerDialogue, a_refused_connection_says_so_at_once) {
  Player player(usual_options());
  player.dialogue.refuse_connection({421, "4.3.2", "Too many sessions"});
  EXPECT_EQ(player.open(), "421 4.3.2 Too many sessions\r\n");
  EXPECT_TRUE(player.is_finished);
  EXPECT_EQ(player.dialogue.end(), smtp::ServerEnd::refused);
}

TEST(ServerDialogue, too_many_errors_end_the_session) {
  ServerOptions options = usual_options();
  options.max_errors = 3;
  play({{"A\r\n", "500 "},
        {"B\r\n", "500 "},
        {"NOOP\r\n", "250 "},
        {"A\r\nB\r\n", "500 \n500 "},
        {"C\r\nD\r\n", "500 \n421 4.7.0"}},
       options);
}

TEST(ServerDialogue, too_many_idle_commands_end_the_session) {
  ServerOptions options = usual_options();
  options.max_idle_commands = 5;
  play({hello,
        mail,
        {"RSET\r\nNOOP\r\nVRFY x\r\n", "250 \n250 \n252 "},
        {"RSET\r\n", "250 \n421 4.7.0"}},
       options);
}

TEST(ServerDialogue, a_long_line_is_refused_and_bounded) {
  ServerOptions options = usual_options();
  const std::string medium(options.max_command_line + 1, 'x');
  const std::string large(100'000, 'x');
  play({{"NOOP " + medium + "\r\n", "500 5.5.2"}, {large + "\r\n", "500 5.5.2"}, hello}, options);
}

}  // namespace
}  // namespace todoku::test
