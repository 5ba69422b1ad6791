// SPDX-License-Identifier: Apache-2.0
// Verdicts and answers, routes, ids and header edits.
#include "proxy/delivery/header_edit.hpp"
#include "proxy/delivery/message_id.hpp"
#include "proxy/delivery/route.hpp"
#include "proxy/delivery/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

namespace todoku::delivery {
namespace {

using std::chrono::seconds;

using ::testing::HasSubstr;
using ::testing::Not;
using Time = std::chrono::system_clock::time_point;

constexpr Time a_tuesday{seconds(1795544349)};  // 2026-11-24 18:19:09 UTC

smtp::Envelope envelope_to(std::vector<std::string> addresses) {
  smtp::Envelope envelope;
  envelope.sender = "hanako@example.jp";
  for (auto& address : addresses) envelope.recipients.push_back({std::move(address), "", ""});
  return envelope;
}

smtp::Exchange refusal(smtp::Phase phase, smtp::Reply reply, std::vector<smtp::Reply> recipients) {
  smtp::Exchange exchange;
  exchange.result = smtp::Exchange::Result::refused;
  exchange.phase = phase;
  exchange.reply = std::move(reply);
  exchange.recipients = std::move(recipients);
  return exchange;
}

mail::HeaderScanner scanned(std::string_view header) {
  mail::HeaderScanner scanner(4096);
  scanner.feed(header);
  scanner.finish();
  return scanner;
}

TraceFacts facts() {
  TraceFacts facts;
  facts.message_id = "ABC123";
  facts.host_name = "localhost";
  facts.client_address = "127.0.0.1";
  facts.sender = "hanako@example.jp";
  facts.now = a_tuesday;
  return facts;
}

TEST(MessageId, is_twelve_characters_that_sort_by_time) {
  const auto early = make_message_id(a_tuesday, 0xFFFFFFFF);
  const auto late = make_message_id(a_tuesday + seconds(1), 0);
  EXPECT_EQ(early.size(), 12U);
  EXPECT_LT(early, late);
  EXPECT_NE(make_message_id(a_tuesday, 1), make_message_id(a_tuesday, 2));
}

TEST(MessageIds, are_all_different_and_in_order_however_many_an_instant_has) {
  MessageIds clients(MessageIds::Of::clients), notices(MessageIds::Of::notices);
  std::mt19937 chance(3);
  std::set<std::string> seen;
  std::string before;
  constexpr int many = 100'000;
  for (int i = 0; i < many; ++i) {
    const auto id = clients.next(a_tuesday, static_cast<std::uint32_t>(chance()));
    EXPECT_LT(before, id);
    before = id;
    seen.insert(id);
    seen.insert(notices.next(a_tuesday, static_cast<std::uint32_t>(chance())));
  }
  EXPECT_EQ(seen.size(), 2U * many);
}

TEST(MessageIds, stay_different_when_the_clock_is_set_back) {
  MessageIds ids(MessageIds::Of::clients);
  const auto first = ids.next(a_tuesday, 0), second = ids.next(a_tuesday + seconds(60), 0);
  const auto third = ids.next(a_tuesday, 0);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST(MessageIds, of_two_runs_begin_elsewhere) {
  MessageIds one(MessageIds::Of::clients), other(MessageIds::Of::clients);
  EXPECT_NE(one.next(a_tuesday, 1), other.next(a_tuesday, 2));
}

TEST(MailDate, is_the_form_of_rfc_5322) {
  EXPECT_EQ(mail_date(a_tuesday), "Tue, 24 Nov 2026 18:19:09 +0000");
}

TEST(Verdict, accepted_is_sent_for_every_recipient) {
  smtp::Exchange exchange;
  exchange.result = smtp::Exchange::Result::accepted;
  exchange.reply = {250, "2.0.0", "queued as 42"};
  const auto verdict = verdict_of(exchange, envelope_to({"a@x.test", "b@x.test"}), "mx:587");
  EXPECT_EQ(verdict.state(), MessageState::sent);
  const auto answer = answer_for(verdict, "ID1");
  EXPECT_EQ(answer.reply.code, 250);
  EXPECT_THAT(answer.reply.text, HasSubstr("ID1"));
  EXPECT_THAT(answer.reply.text, HasSubstr("queued as 42"));
}

TEST(Verdict, refusal_of_the_only_recipient_passes_code_status_text_and_id) {
  const smtp::Reply no_user{550, "5.1.1", "No such user"};
  const auto verdict = verdict_of(refusal(smtp::Phase::recipient, no_user, {no_user}),
                                  envelope_to({"nobody@x.test"}), "mx:587");
  const auto answer = answer_for(verdict, "ID1");
  EXPECT_EQ(verdict.recipients[0].state, RecipientState::refused);
  EXPECT_EQ(answer.reply.code, 550);
  EXPECT_EQ(answer.reply.status, "5.1.1");
  EXPECT_THAT(answer.reply.text, HasSubstr("No such user"));
  EXPECT_THAT(answer.reply.text, HasSubstr("ID1"));
}

TEST(Verdict, one_refused_of_two_names_it_and_not_the_other) {
  const smtp::Reply ok{250, "2.1.5", "Ok"};
  const smtp::Reply no_user{550, "5.1.1", "No such user"};
  const auto verdict = verdict_of(refusal(smtp::Phase::recipient, no_user, {ok, no_user}),
                                  envelope_to({"good@x.test", "bad@x.test"}), "mx:587");
  EXPECT_EQ(verdict.recipients[0].state, RecipientState::waiting);
  EXPECT_EQ(verdict.recipients[1].state, RecipientState::refused);
  const auto answer = answer_for(verdict, "ID1");
  EXPECT_EQ(answer.reply.code, 550);
  EXPECT_THAT(answer.reply.text, HasSubstr("bad@x.test"));
  EXPECT_THAT(answer.reply.text, Not(HasSubstr("good@x.test")));
}

TEST(Verdict, temporary_refusal_of_one_of_two_stays_temporary) {
  const smtp::Reply ok{250, "2.1.5", "Ok"};
  const smtp::Reply later{450, "4.2.1", "Greylisted"};
  const auto verdict = verdict_of(refusal(smtp::Phase::recipient, later, {ok, later}),
                                  envelope_to({"good@x.test", "later@x.test"}), "mx:587");
  EXPECT_EQ(answer_for(verdict, "ID1").reply.code, 450);
}

// "Check the address" would be wrong advice where waiting is the cure.
TEST(Verdict, a_temporary_refusal_has_a_sentence_of_its_own) {
  const smtp::Reply ok{250, "2.1.5", "Ok"};
  const smtp::Reply later{452, "4.2.2", "Mailbox full"};
  const smtp::Reply no_user{550, "5.1.1", "No such user"};
  const auto sentence = [](const smtp::Reply& decisive, const std::vector<smtp::Reply>& replies,
                           const std::vector<std::string>& to) {
    const auto exchange = refusal(smtp::Phase::recipient, decisive, replies);
    return answer_for(verdict_of(exchange, envelope_to(to), "mx:587"), "ID1").sentence.key;
  };
  const std::vector<std::string> one{"a@x.test"}, two{"a@x.test", "b@x.test"};
  EXPECT_EQ(sentence(later, {later}, one), "smtp.relay_refused_for_now");
  EXPECT_EQ(sentence(no_user, {no_user}, one), "smtp.relay_refused");
  EXPECT_EQ(sentence(later, {ok, later}, two), "smtp.recipients_refused_for_now");
  EXPECT_EQ(sentence(no_user, {ok, no_user}, two), "smtp.recipients_refused");
  EXPECT_EQ(sentence(no_user, {later, no_user}, two), "smtp.recipients_refused");
}

TEST(Verdict, upstream_421_reaches_the_client_as_451) {
  const smtp::Reply closing{421, "4.3.2", "Shutting down"};
  const auto verdict =
      verdict_of(refusal(smtp::Phase::sender, closing, {}), envelope_to({"a@x.test"}), "mx:587");
  EXPECT_EQ(answer_for(verdict, "ID1").reply.code, 451);
}

TEST(Verdict, lost_answer_is_unknown_and_never_tried_again) {
  smtp::Exchange exchange;
  exchange.result = smtp::Exchange::Result::unknown;
  exchange.phase = smtp::Phase::final_dot;
  exchange.trouble = smtp::Trouble::closed;
  const auto verdict = verdict_of(exchange, envelope_to({"a@x.test"}), "mx:587");
  EXPECT_EQ(verdict.state(), MessageState::unknown);
  EXPECT_FALSE(may_try_again(verdict.recipients[0].state));
  const auto answer = answer_for(verdict, "ID1");
  EXPECT_EQ(answer.reply.code, 451);
  EXPECT_THAT(answer.reply.text, HasSubstr("may have been delivered"));
}

TEST(Verdict, every_obstacle_is_temporary_and_says_that_nobody_got_it) {
  for (const auto obstacle :
       {Obstacle::name_not_found, Obstacle::unreachable, Obstacle::tls_problem,
        Obstacle::no_common_login, Obstacle::broke_off, Obstacle::timed_out,
        Obstacle::connected_to_self, Obstacle::given_up, Obstacle::local_trouble}) {
    Attempt attempt;
    attempt.relay = "mx:587";
    attempt.obstacle = obstacle;
    const auto answer = answer_for(verdict_of(attempt, envelope_to({"a@x.test"})), "ID1");
    EXPECT_EQ(answer.reply.code, 451);
    EXPECT_TRUE(answer.reply.status.starts_with("4."));
    EXPECT_THAT(answer.reply.text, HasSubstr("Nobody got this message"));
    EXPECT_FALSE(answer.sentence.key.empty());
  }
}

TEST(Perhaps, says_that_it_may_have_been_delivered) {
  EXPECT_THAT(answer_for_perhaps_delivered("mx:587", "ID1").reply.text,
              HasSubstr("may have been delivered"));
}

TEST(Route, the_closest_pattern_wins) {
  std::vector<settings::Account> accounts(3);
  accounts[0].senders = {"*"};
  accounts[1].senders = {"@example.jp"};
  accounts[2].senders = {"boss@example.jp"};
  accounts[2].login = "u123";
  EXPECT_EQ(account_for_sender(accounts, "x@other.test"), &accounts[0]);
  EXPECT_EQ(account_for_sender(accounts, "x@EXAMPLE.jp"), &accounts[1]);
  EXPECT_EQ(account_for_sender(accounts, "Boss@example.jp"), &accounts[2]);
  EXPECT_EQ(account_for_sender(accounts, ""), &accounts[0]);
  EXPECT_EQ(account_for_login(accounts, "u123"), &accounts[2]);
  EXPECT_EQ(account_for_login(accounts, "staff@example.jp"), &accounts[1]);
  accounts.erase(accounts.begin());
  EXPECT_EQ(account_for_sender(accounts, "x@other.test"), nullptr);
}

TEST(HeaderEdit, complete_header_gets_received_only) {
  const std::string header = "Date: x\r\nMessage-ID: <1@x>\r\nSubject: hi\r\n\r\n";
  const auto edited = edit_header(scanned(header), facts());
  EXPECT_EQ(edited.bytes, received_field(facts()) + header);
  EXPECT_TRUE(
      edited.bytes.starts_with("Received: from [127.0.0.1] by localhost (Todoku) with ESMTP"));
}

TEST(HeaderEdit, missing_date_and_message_id_are_added_and_bcc_removed) {
  const auto edited = edit_header(
      scanned("Subject: hi\r\nBcc: secret@x.test,\r\n\tother@x.test\r\nTo: a@x.test\r\n\r\n"),
      facts());
  EXPECT_THAT(edited.bytes, HasSubstr("Date: Tue, 24 Nov 2026 18:19:09 +0000\r\n"));
  EXPECT_THAT(edited.bytes, HasSubstr("@example.jp>\r\nSubject: hi\r\nTo: a@x.test\r\n\r\n"));
  EXPECT_THAT(edited.bytes, Not(HasSubstr("x.test,")));
  EXPECT_TRUE(edited.added_date && edited.added_message_id && edited.removed_bcc);
}

TEST(HeaderEdit, signed_mail_gets_received_only_even_with_bcc) {
  for (const std::string mark :
       {"Content-Type: multipart/signed;\r\n micalg=sha-256\r\n", "DKIM-Signature: v=1\r\n",
        "Content-Type: application/pkcs7-mime\r\n"}) {
    const auto header = mark + "Bcc: x@x.test\r\n\r\n";
    EXPECT_EQ(edit_header(scanned(header), facts()).bytes, received_field(facts()) + header);
  }
}

TEST(HeaderEdit, protocol_names_follow_rfc_3848) {
  auto secure = facts();
  secure.with_tls = secure.logged_in = true;
  EXPECT_THAT(received_field(secure), HasSubstr("with ESMTPSA id ABC123;"));
}

TEST(HeaderScanner, finds_the_end_at_every_split) {
  const std::string whole = "A: 1\r\nB : 2\r\n folded\r\n\r\nbody";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    mail::HeaderScanner scanner(1024);
    std::size_t taken = scanner.feed(std::string_view(whole).substr(0, cut));
    taken += scanner.feed(std::string_view(whole).substr(taken, whole.size()));
    EXPECT_EQ(taken, whole.size() - 4);
    EXPECT_EQ(scanner.state(), mail::HeaderScanner::State::complete);
    EXPECT_EQ(scanner.value("b"), "2 folded");
    EXPECT_EQ(scanner.fields().size(), 2U);
  }
}

TEST(HeaderScanner, a_long_header_is_taken_whole_and_nothing_behind_it) {
  const std::string header = "A: " + std::string(3000, 'x') + "\r\nB: 2\r\n\r\n";
  for (const std::size_t size : {1U, 1000U, 1023U, 1024U, 1025U, 50'000U}) {
    mail::HeaderScanner scanner(header.size());
    const std::string whole = header + std::string(10'000, 'y') + "\r\n\r\n";
    std::size_t taken = 0;
    for (std::size_t at = 0; at < whole.size(); at += size)
      taken += scanner.feed(std::string_view(whole).substr(at, size));
    EXPECT_EQ(taken, header.size());
    EXPECT_EQ(scanner.bytes(), header);
    EXPECT_EQ(scanner.value("b"), "2");
  }
}

TEST(HeaderScanner, one_octet_too_much_is_too_large) {
  const std::string header = "A: " + std::string(3000, 'x') + "\r\n\r\n";
  mail::HeaderScanner scanner(header.size() - 1);
  scanner.feed(header + "body");
  EXPECT_EQ(scanner.state(), mail::HeaderScanner::State::too_large);
}

// Far above what is needed, far below what looking through all that follows each line would take.
TEST(HeaderScanner, lines_without_a_colon_take_no_longer_than_others) {
  std::string header;
  while (header.size() < 4 * 1024 * 1024) header += "x\r\n";
  mail::HeaderScanner scanner(header.size() + 2);
  const auto begin = std::chrono::steady_clock::now();
  scanner.feed(header + "\r\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_TRUE(scanner.fields().empty());
}

TEST(HeaderScanner, is_bounded) {
  mail::HeaderScanner scanner(1000);
  const std::string endless(100'000, 'x');
  scanner.feed(endless);
  EXPECT_EQ(scanner.state(), mail::HeaderScanner::State::too_large);
  EXPECT_LE(scanner.bytes().size(), 1010U);
  EXPECT_EQ(scanner.feed(endless), 0U);
}

TEST(HeaderScanner, body_without_header_is_an_empty_header) {
  mail::HeaderScanner scanner(1000);
  EXPECT_EQ(scanner.feed("\r\nbody"), 2U);
  EXPECT_EQ(scanner.state(), mail::HeaderScanner::State::complete);
  EXPECT_TRUE(scanner.fields().empty());
}

}  // namespace
}  // namespace todoku::delivery
