// SPDX-License-Identifier: Apache-2.0
// From the greeting to the log-in. Names carry the number of the behaviour in the survey (U1-U16).
#include "tests/support/client_script.hpp"

#include <gtest/gtest.h>

namespace todoku::smtp::testing {
namespace {

const char* const plain_line = "AUTH PLAIN AGhhbmEAc2FrdXJh\r\n";

Failure failure_of(const ClientOptions& options, const Script& script,
                   std::vector<Order> orders = {}) {
  Failure out;
  for (const bool byte_by_byte : {false, true}) {
    ClientDialogue dialogue(options);
    ScriptedRelay relay(script, orders);
    relay.run(dialogue, {byte_by_byte});
    EXPECT_TRUE(relay.finished());
    EXPECT_EQ(relay.mismatch(), "");
    EXPECT_TRUE(dialogue.failure());
    EXPECT_FALSE(dialogue.is_reusable());
    out = dialogue.failure().value_or(Failure{});
  }
  return out;
}

struct Trace final : wire::Tracer {
  void line(char direction, std::string_view text) override {
    (seen += direction).append(text).append("\n");
  }
  std::string seen;
};

TEST(ClientOpening, U1_limits_belong_to_the_phase) {
  ClientOptions options = clear_text();
  options.limits.greeting = wire::Duration(11);
  options.limits.command = wire::Duration(22);
  ClientDialogue dialogue(options);
  ScriptedRelay relay(after_hello("", {}), {});
  relay.run(dialogue);
  ASSERT_EQ(relay.steps().size(), 3U);
  EXPECT_EQ(relay.steps()[0].limit, wire::Duration(11));
  EXPECT_EQ(relay.steps()[1].limit, wire::Duration(22));
  EXPECT_EQ(relay.steps()[2].limit, wire::Duration(22));
}

TEST(ClientOpening, U3_a_relay_without_starttls_is_refused_when_tls_is_required) {
  const Script script = after_hello("AUTH PLAIN", {{"QUIT\r\n", ""}});
  const Failure failure = failure_of(with_starttls(), script);
  EXPECT_EQ(failure.trouble, Trouble::starttls_missing);
  EXPECT_EQ(failure.phase, Phase::starttls);
}

TEST(ClientOpening, U3_no_log_in_in_the_clear) {
  ClientOptions options = clear_text();
  options.may_log_in_without_tls = false;
  const Script script = after_hello("AUTH PLAIN", {{"QUIT\r\n", ""}});
  EXPECT_EQ(failure_of(options, script, {log_in()}).trouble, Trouble::login_unavailable);
}

TEST(ClientOpening, U3_a_failed_handshake_is_told_apart) {
  ClientDialogue dialogue(with_starttls());
  ScriptedRelay relay(after_hello("STARTTLS", {{"STARTTLS\r\n", "220 go\r\n"}}), {});
  relay.run(dialogue, {false, 5});
  ASSERT_TRUE(dialogue.failure());
  EXPECT_EQ(dialogue.failure()->trouble, Trouble::tls_failed);
  EXPECT_EQ(dialogue.failure()->phase, Phase::starttls);
  EXPECT_FALSE(dialogue.is_secure());
}

TEST(ClientOpening, U3_bytes_behind_the_starttls_reply_are_an_attack) {
  for (const char* more : {"250 injected\r\n", "2", "\n"}) {
    const Script script =
        after_hello("STARTTLS", {{"STARTTLS\r\n", std::string("220 go\r\n") + more}});
    ClientDialogue dialogue(with_starttls());
    ScriptedRelay relay(script, {});
    relay.run(dialogue);
    ASSERT_TRUE(dialogue.failure()) << more;
    EXPECT_EQ(dialogue.failure()->trouble, Trouble::malformed_reply);
    EXPECT_FALSE(dialogue.is_secure());
  }
}

TEST(ClientOpening, U4_the_given_name_is_said_and_an_unfit_one_is_not) {
  ClientOptions options = clear_text();
  for (const char* name : {"", "a b", "x\r\nMAIL FROM:<a>", "h\xc3\xa9"}) {
    options.hello_name = name;
    ClientDialogue dialogue(options);
    ScriptedRelay relay({{"", "220 x\r\n"}, {"EHLO [127.0.0.1]\r\n", "250 x\r\n"}}, {});
    relay.run(dialogue);
    EXPECT_EQ(relay.mismatch(), "");
    EXPECT_TRUE(dialogue.is_reusable());
  }
}

TEST(ClientOpening, U5_hello_again_after_tls_and_what_was_said_before_is_forgotten) {
  Script script = after_hello("STARTTLS;DSN;SIZE 5;AUTH LOGIN", {{"STARTTLS\r\n", "220 go\r\n"}});
  script.push_back({"EHLO pc.test\r\n", "250-relay.test\r\n250-AUTH PLAIN\r\n250 CHUNKING\r\n"});
  script.push_back({plain_line, "235 2.7.0 in\r\n"});  // and no EHLO behind it
  for (const bool byte_by_byte : {false, true}) {
    ClientDialogue dialogue(with_starttls());
    ScriptedRelay relay(script, {log_in()});
    relay.run(dialogue, {byte_by_byte});
    EXPECT_EQ(relay.mismatch(), "");
    EXPECT_TRUE(relay.played_out() && dialogue.is_secure() && dialogue.is_logged_in());
    EXPECT_TRUE(dialogue.is_reusable() && !dialogue.failure());
    EXPECT_TRUE(dialogue.capabilities().chunking);
    EXPECT_FALSE(dialogue.capabilities().dsn || dialogue.capabilities().has_size);
  }
}

TEST(ClientOpening, implicit_tls_comes_before_the_greeting) {
  ClientOptions options = with_starttls();
  options.tls = TlsMode::implicit;
  ClientDialogue dialogue(options);
  ScriptedRelay relay(after_hello("PIPELINING", {}), {});
  relay.run(dialogue);
  EXPECT_EQ(relay.steps().front().action, wire::Action::secure);
  EXPECT_TRUE(dialogue.is_secure() && dialogue.is_reusable());
  EXPECT_TRUE(dialogue.capabilities().pipelining);
}

TEST(ClientOpening, U6_login_in_steps) {
  const Script script = after_hello("AUTH=LOGIN", {{"AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n"},
                                                   {"aGFuYQ==\r\n", "334 UGFzc3dvcmQ6\r\n"},
                                                   {"c2FrdXJh\r\n", "235 in\r\n"}});
  ClientDialogue dialogue(clear_text());
  ScriptedRelay relay(script, {log_in()});
  relay.run(dialogue);
  EXPECT_EQ(relay.mismatch(), "");
  EXPECT_TRUE(dialogue.is_logged_in());
}

TEST(ClientOpening, U6_a_refused_password_ends_the_session) {
  for (const char* answer : {"535 5.7.8 bad password\r\n", "454 4.7.0 later\r\n"}) {
    const Script script = after_hello("AUTH PLAIN LOGIN", {{plain_line, answer}, {"QUIT\r\n", ""}});
    const Failure failure = failure_of(clear_text(), script, {log_in()});
    EXPECT_EQ(failure.phase, Phase::login);
    EXPECT_EQ(failure.trouble, Trouble::refused);
    ASSERT_TRUE(failure.reply);
    EXPECT_EQ(failure.reply->code, answer[0] == '5' ? 535 : 454);
  }
}

TEST(ClientOpening, U6_a_refused_token_leaves_its_report) {
  const Script script = after_hello(
      "AUTH XOAUTH2",
      {{"AUTH XOAUTH2 dXNlcj11AWF1dGg9QmVhcmVyIHQBAQ==\r\n", "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"},
       {"\r\n", "535 5.7.8 no\r\n"},
       {"QUIT\r\n", ""}});
  ClientDialogue dialogue(clear_text());
  ScriptedRelay relay(script, {log_in({Mechanism::xoauth2, "u", wire::Secret("t")})});
  relay.run(dialogue);
  EXPECT_EQ(relay.mismatch(), "");
  EXPECT_EQ(dialogue.login_challenge(), "{\"status\":\"400\"}");
  EXPECT_EQ(dialogue.failure()->reply->code, 535);
}

TEST(ClientOpening, U6_an_endless_prompter_is_cancelled) {
  const Script script = after_hello("AUTH PLAIN", {{plain_line, "334 \r\n"},
                                                   {"AGhhbmEAc2FrdXJh\r\n", "334 \r\n"},
                                                   {"*\r\n", "501 cancelled\r\n"},
                                                   {"QUIT\r\n", ""}});
  EXPECT_EQ(failure_of(clear_text(), script, {log_in()}).reply->code, 501);
}

TEST(ClientOpening, U11_the_phase_of_a_refusal_is_kept) {
  const Failure greeting = failure_of(clear_text(), {{"", "554 no\r\n"}, {"QUIT\r\n", ""}});
  EXPECT_EQ(greeting.phase, Phase::greeting);
  EXPECT_EQ(greeting.reply->code, 554);
  const Failure leaving = failure_of(clear_text(), {{"", "421 busy\r\n"}});
  EXPECT_EQ(leaving.trouble, Trouble::refused);
  const Failure hello = failure_of(
      with_starttls(), {{"", "220 x\r\n"}, {"EHLO pc.test\r\n", "502 no\r\n"}, {"QUIT\r\n", ""}});
  EXPECT_EQ(hello.phase, Phase::hello);
  const Failure tls = failure_of(
      with_starttls(),
      after_hello("STARTTLS", {{"STARTTLS\r\n", "454 4.7.0 not now\r\n"}, {"QUIT\r\n", ""}}));
  EXPECT_EQ(tls.phase, Phase::starttls);
  EXPECT_EQ(tls.reply->status, "4.7.0");
}

TEST(ClientOpening, helo_only_where_no_tls_is_wanted) {
  ClientDialogue dialogue(clear_text());
  ScriptedRelay relay(
      {{"", "220 x\r\n"}, {"EHLO pc.test\r\n", "500 what\r\n"}, {"HELO pc.test\r\n", "250 x\r\n"}},
      {});
  relay.run(dialogue);
  EXPECT_EQ(relay.mismatch(), "");
  EXPECT_TRUE(dialogue.is_reusable());
  EXPECT_EQ(dialogue.capabilities(), Capabilities{});
}

TEST(ClientOpening, meeting_ourselves_is_seen) {
  ClientOptions options = clear_text();
  options.own_instance = "todoku-4711";
  const Script script{{"", "220 x\r\n"},
                      {"EHLO pc.test\r\n", "250-pc.test hello todoku-4711\r\n250 DSN\r\n"},
                      {"QUIT\r\n", ""}};
  EXPECT_EQ(failure_of(options, script).trouble, Trouble::connected_to_self);
}

TEST(ClientOpening, what_is_not_smtp_is_malformed) {
  for (const char* bytes : {"HTTP/1.1 400 Bad\r\n", "\x15\x03\x01\n", "220 a\r\n220 b\r\n",
                            "250 a\r\n", "220-a\r\n221 b\r\n", "354 x\r\n"}) {
    ClientDialogue dialogue(clear_text());
    ScriptedRelay relay({{"", bytes}}, {});
    relay.run(dialogue);
    ASSERT_TRUE(dialogue.failure()) << bytes;
    EXPECT_EQ(dialogue.failure()->trouble, Trouble::malformed_reply) << bytes;
  }
}

TEST(ClientOpening, every_step_can_break) {
  Script script = after_hello("STARTTLS", {{"STARTTLS\r\n", "220 go\r\n"}});
  script.push_back({"EHLO pc.test\r\n", "250-relay.test\r\n250 AUTH PLAIN\r\n"});
  script.push_back({plain_line, "235 in\r\n"});
  using enum wire::Happened;
  ScriptedRelay clean(script, {log_in()});
  ClientDialogue first(with_starttls());
  clean.run(first);
  for (std::size_t at = 0; at < clean.step_count(); ++at) {
    for (const wire::Event event : {wire::Event{closed}, wire::Event{timed_out},
                                    wire::Event{received, "junk\r\n"}, wire::Event{stopping}}) {
      ClientDialogue dialogue(with_starttls());
      ScriptedRelay relay(script, {log_in()});
      relay.run(dialogue, {false, at, event});
      EXPECT_TRUE(relay.finished() && dialogue.failure()) << at;
      EXPECT_FALSE(dialogue.is_logged_in() || dialogue.is_reusable()) << at;
    }
  }
}

TEST(ClientOpening, the_trace_stars_credentials) {
  Trace trace;
  ClientOptions options = clear_text();
  options.tracer = &trace;
  ClientDialogue dialogue(options);
  ScriptedRelay relay(after_hello("AUTH PLAIN", {{plain_line, "235 2.7.0 in\r\n"}}), {log_in()});
  relay.run(dialogue);
  EXPECT_EQ(trace.seen,
            "<220 relay.test ESMTP\n>EHLO pc.test\n<250-relay.test\n<250-AUTH PLAIN\n<250 HELP\n"
            ">AUTH PLAIN ****\n<235 2.7.0 in\n");
}

}  // namespace
}  // namespace todoku::smtp::testing
