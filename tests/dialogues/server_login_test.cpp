// SPDX-License-Identifier: Apache-2.0
// ServerDialogue: log-in, and that nothing typed there leaks into trace or replies.
#include "proxy/smtp/login.hpp"
#include "tests/support/script_player.hpp"

namespace todoku::test {
namespace {

const ScriptStep hello{"EHLO x\r\n", "250-\n250-\n250-\n250-\n250-\n250-\n250-\n250 AUTH"};

class Recorder final : public wire::Tracer {
 public:
  void line(char direction, std::string_view text) override {
    text_.append(1, direction).append(" ").append(text).append("\n");
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

TEST(ServerDialogue, P10_P11_login_is_advertised_with_plain_and_login) {
  Player player(usual_options());
  player.open();
  EXPECT_NE(player.send("EHLO x\r\n").find("250 AUTH PLAIN LOGIN\r\n"), std::string::npos);
  ServerOptions options = usual_options();
  options.offered.mechanisms = {smtp::Mechanism::xoauth2};
  Player with_token(options);
  with_token.open();
  EXPECT_NE(with_token.send("EHLO x\r\n").find("AUTH PLAIN LOGIN XOAUTH2\r\n"), std::string::npos);
  EXPECT_EQ(with_token.send("AUTH OAUTHBEARER\r\n").substr(0, 9), "504 5.5.4");
}

TEST(ServerDialogue, P12_login_prompts_are_exact) {
  Player player(usual_options());
  player.open();
  player.send("EHLO x\r\n");
  EXPECT_EQ(player.send("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(player.send("bWU=\r\n"), "334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(player.send("cHc=\r\n"), "235 2.7.0 Logged in\r\n");
  ASSERT_EQ(player.room.logins.size(), 1U);
  EXPECT_EQ(player.room.logins[0].user, "me");
  EXPECT_EQ(player.room.logins[0].password.reveal(), "pw");
}

TEST(ServerDialogue, P13_initial_response_two_steps_and_cancel) {
  const ServerOptions options = usual_options();
  play({hello, {"auth plain AGEAYg==\r\n", "235 2.7.0"}, {"AUTH LOGIN\r\n", "503 5.5.1"}}, options);
  play({hello, {"AUTH PLAIN\r\n", "334 "}, {"AGEAYg==\r\n", "235 2.7.0"}}, options);
  play({hello,
        {"AUTH PLAIN =\r\n", "501 5.5.2"},
        {"AUTH PLAIN\r\n", "334 "},
        {"*\r\n", "501 5.7.0"},
        {"NOOP\r\n", "250"}},
       options);
  play({hello, {"AUTH LOGIN bWU=\r\n", "334 UGFzc3dvcmQ6"}, {"cHc=\r\n", "235"}}, options);
  play({hello,
        {"AUTH PLAIN !!!\r\n", "501 5.5.2"},
        {"AUTH CRAM-MD5\r\n", "504 5.5.4"},
        {"AUTH\r\n", "501 5.5.4"}},
       options);
}

TEST(ServerDialogue, P13_long_login_lines_are_taken) {
  using std::string_literals::operator""s;
  const std::string message = smtp::encode_base64("\0u\0"s + std::string(9000, 'p'));
  ASSERT_GE(message.size(), 12000U);
  play({hello, {"AUTH PLAIN " + message + "\r\n", "235"}}, usual_options());
  play({hello, {"AUTH PLAIN\r\n", "334"}, {message + "\r\n", "235"}}, usual_options());
  play({hello, {"AUTH PLAIN\r\n", "334"}, {std::string(20000, 'A') + "\r\n", "500 5.5.6"}},
       usual_options());
}

TEST(ServerDialogue, P14_password_bytes_are_kept_as_typed) {
  Player player(usual_options());
  player.open();
  player.send("EHLO x\r\nAUTH LOGIN bWU=\r\n");
  player.send(smtp::encode_base64("p\xE9") + "\r\n");
  ASSERT_EQ(player.room.logins.size(), 1U);
  EXPECT_EQ(player.room.logins[0].password.reveal(), "p\xE9");
}

TEST(ServerDialogue, P15_a_trouble_upstream_is_passed_as_the_room_says) {
  FakeRoom room;
  room.login = {454, "4.7.0", "The mail server cannot be reached"};
  play({hello, {"AUTH PLAIN AGEAYg==\r\n", "454 4.7.0"}, {"NOOP\r\n", "250"}}, usual_options(),
       room);
}

TEST(ServerDialogue, P16_oauth_failure_goes_through_an_empty_line) {
  ServerOptions options = usual_options();
  options.offered.mechanisms = {smtp::Mechanism::xoauth2, smtp::Mechanism::oauthbearer};
  FakeRoom room;
  room.oauth_failure = R"({"status":"401"})";
  room.login = {535, "5.7.8", "The token was refused"};
  const std::string message = smtp::encode_base64(
      "user=a@b\x01"
      "auth=Bearer t\x01\x01");
  play({hello,
        {"AUTH XOAUTH2 " + message + "\r\n", "334 eyJzdGF0dXMiOiI0MDEifQ=="},
        {"\r\n", "535 5.7.8 The token"},
        {"NOOP\r\n", "250"}},
       options, room);
  const std::string bearer = smtp::encode_base64(
      "n,a=a@b,\x01"
      "auth=Bearer t\x01\x01");
  play({hello, {"AUTH OAUTHBEARER " + bearer + "\r\n", "334 eyJ"}, {"AQ==\r\n", "535 5.7.8"}},
       options, room);
}

TEST(ServerDialogue, login_needs_the_right_moment) {
  play({{"AUTH PLAIN AGEAYg==\r\n", "503 5.5.1"}, {"HELO x\r\n", "250"}, {"AUTH LOGIN\r\n", "503"}},
       usual_options());
  ServerOptions none = usual_options();
  none.offered.offers_login = false;
  play({{"EHLO x\r\n", "250-\n250-\n250-\n250-\n250-\n250-\n250 ENH"},
        {"AUTH LOGIN\r\n", "502 5.5.1"}},
       none);
}

TEST(ServerDialogue, too_many_failed_logins_end_the_session) {
  ServerOptions options = usual_options();
  options.max_logins = 2;
  FakeRoom room;
  room.login = {535, "5.7.8", "Wrong password"};
  play({hello, {"AUTH PLAIN AGEAYg==\r\n", "535"}, {"AUTH PLAIN AGEAYg==\r\n", "535\n421 4.7.0"}},
       options, room);
}

TEST(ServerDialogue, nothing_typed_while_logging_in_is_traced_or_answered) {
  Recorder recorder;
  ServerOptions options = usual_options();
  options.tracer = &recorder;
  Player player(options);
  std::string output = player.open();
  output += player.send("EHLO x\r\nAUTH PLAIN c2VjcmV0\r\nAUTH c2VjcmV0\r\nAUTH LOGIN\r\n");
  output += player.send("c2VjcmV0\r\n");
  output += player.send("!c2VjcmV0\r\n");
  output += player.send("c2VjcmV0\r\nAUTH LOGIN c2VjcmV0 c2VjcmV0\r\nAUTH PLAIN \r\nc2VjcmV0\r\n");
  EXPECT_EQ(output.find("c2Vj"), std::string::npos) << output;
  EXPECT_EQ(recorder.text().find("c2Vj"), std::string::npos) << recorder.text();
  EXPECT_EQ(recorder.text().find("secret"), std::string::npos);
  EXPECT_NE(recorder.text().find("< AUTH PLAIN ****\n"), std::string::npos);
  EXPECT_NE(recorder.text().find("< AUTH ****\n"), std::string::npos);
  EXPECT_NE(recorder.text().find("< (no known command, 8 octets)\n"), std::string::npos);
  EXPECT_NE(recorder.text().find("> 334 VXNlcm5hbWU6\n"), std::string::npos);
}

TEST(ServerDialogue, bodies_are_traced_by_size_only) {
  Recorder recorder;
  ServerOptions options = usual_options();
  options.tracer = &recorder;
  Player player(options);
  player.open();
  player.send("EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@d.jp>\r\nDATA\r\n");
  player.send("Subject: hush\r\n.\r\n");
  EXPECT_EQ(recorder.text().find("hush"), std::string::npos);
  EXPECT_NE(recorder.text().find("< (message of 15 bytes)\n"), std::string::npos);
  EXPECT_NE(recorder.text().find("< MAIL FROM:<a@b.jp>\n"), std::string::npos);
}

}  // namespace
}  // namespace todoku::test
