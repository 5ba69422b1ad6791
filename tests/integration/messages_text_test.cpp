// SPDX-License-Identifier: Apache-2.0
// todoku messages: values in, tables, stories and JSON out, in both languages.
#include "config/embedded.hpp"
#include "proxy/cli/messages_find.hpp"
#include "proxy/cli/messages_json.hpp"
#include "proxy/cli/messages_list.hpp"
#include "proxy/cli/messages_request.hpp"
#include "proxy/cli/messages_show.hpp"
#include "proxy/demo/layout.hpp"
#include "proxy/smtp/client_dialogue.hpp"
#include "tests/support/stored_samples.hpp"

#include <boost/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <ctime>

namespace todoku::cli {
namespace {

using delivery::MessageState;
using support::minutes_later;
using support::stored_message;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

explain::Catalog catalog(const std::string& language) {
  auto parsed = explain::Catalog::parse(config::embedded("messages/" + language + ".toml"));
  return std::get<explain::Catalog>(std::move(parsed));
}

class MessagesText : public testing::Test {
 protected:
  MessagesText() {
    ::setenv("TZ", "JST-9", 1);
    ::tzset();
  }
  ~MessagesText() override {
    ::unsetenv("TZ");
    ::tzset();
  }
  [[nodiscard]] Look look(bool is_japanese, std::size_t columns = 0) const {
    return {is_japanese ? japanese_ : english_, columns, false, minutes_later(2), true, {}};
  }
  explain::Catalog japanese_ = catalog("ja");
  explain::Catalog english_ = catalog("en");
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

MessageList many() {
  MessageList list;
  list.messages = {stored_message("0TR5Y279NFW5", MessageState::unknown),
                   stored_message("0TR5Y279NFW4", MessageState::waiting),
                   stored_message("0TR5Y279NFW3", MessageState::sent)};
  list.messages[1].envelope.recipients.push_back({"jiro@example.com", "", ""});
  list.messages[1].subject = std::string(60, 'x') + "長い件名が続きます長い件名が続きます";
  list.messages[2].envelope.recipients[0].address = std::string(50, 'a') + "@example.com";
  return list;
}

TEST_F(MessagesText, ListSaysStateTimeAndNextStepInJapanese) {
  const auto text = list_text(look(true), many());
  EXPECT_THAT(text, HasSubstr("0TR5Y279NFW5  結果不明  14:00  hanako@example.com"));
  EXPECT_THAT(text, HasSubstr("あなたの判断を待っています (11月25日 14:00 まで)"));
  EXPECT_THAT(text, HasSubstr("次の送信: 14:05"));
  EXPECT_THAT(text, HasSubstr("hanako@example.com ほか 1 人"));
  EXPECT_THAT(text, HasSubstr("todoku messages show 0TR5Y279NFW5"));
}

TEST_F(MessagesText, ListSaysTheSameInEnglish) {
  const auto text = list_text(look(false), many());
  EXPECT_THAT(text, HasSubstr("0TR5Y279NFW5  unclear  14:00  hanako@example.com"));
  EXPECT_THAT(text, HasSubstr("waiting for your decision (until 11-25 14:00)"));
  EXPECT_THAT(text, HasSubstr("next attempt: 14:05"));
}

TEST_F(MessagesText, NoLineOfTheListIsWiderThanTheTerminal) {
  for (const bool is_japanese : {true, false}) {
    for (const std::size_t columns : {80U, 100U, 132U}) {
      for (const auto& line : lines_of(list_text(look(is_japanese, columns), many())))
        EXPECT_LE(demo::display_width(line), columns) << line;
    }
  }
}

TEST_F(MessagesText, ColumnsStandBelowEachOtherWithFullWidthText) {
  const auto lines = lines_of(list_text(look(true, 80), many()));
  const auto column_of = [](const std::string& line, std::string_view what) {
    return demo::display_width(std::string_view(line).substr(0, line.find(what)));
  };
  EXPECT_EQ(column_of(lines[0], "宛先"), column_of(lines[1], "hanako"));
  EXPECT_EQ(column_of(lines[0], "件名"), column_of(lines[1], "お見積り"));
}

TEST_F(MessagesText, HowManyRecipientsThereAreIsNeverCutAway) {
  auto list = many();
  list.messages[1].envelope.recipients[0].address = std::string(60, 'b') + "@example.com";
  EXPECT_THAT(list_text(look(true, 80), list), HasSubstr(".. ほか 1 人"));
  EXPECT_THAT(list_text(look(false, 80), list), HasSubstr(".. and 1 more"));
}

TEST_F(MessagesText, ACommandStandsWholeOnALineOfItsOwn) {
  auto narrow = look(true, 60);
  narrow.place_option = " --state-dir /a/folder/with/a/rather/long/name/that/would/be/wrapped";
  EXPECT_THAT(list_text(narrow, many()),
              HasSubstr("\n  todoku messages show 0TR5Y279NFW5" + narrow.place_option + "\n"));
  for (const auto* name : {"decide_note", "needs_yes", "held_needs_release", "done_retry",
                           "done_release", "done_discard", "outcome_at_next_start",
                           "outcome_no_answer", "outcome_wrong_state", "outcome_body_gone"}) {
    const explain::Parameters parameters{
        {"id", "X"}, {"state", "Y"}, {"command", "todoku Z"}, {"show", "todoku Z"}};
    for (const bool is_japanese : {true, false})
      EXPECT_THAT(told(look(is_japanese), std::string("messages.") + name, parameters),
                  testing::EndsWith("\n  todoku Z\n"));
  }
}

TEST_F(MessagesText, ColourStandsOnlyWhereItIsWanted) {
  auto plain = look(true);
  EXPECT_THAT(list_text(plain, many()), Not(HasSubstr("\x1b")));
  plain.has_colour = true;
  EXPECT_THAT(list_text(plain, many()), HasSubstr("\x1b[33m"));
}

TEST_F(MessagesText, NothingToShowIsSaid) {
  EXPECT_THAT(list_text(look(true), {}), HasSubstr("メールはありません"));
}

TEST_F(MessagesText, WaitingMailOfAStoppedTodokuIsSaid) {
  auto stopped = look(true);
  stopped.is_running = false;
  const auto text = list_text(stopped, many());
  EXPECT_THAT(text, HasSubstr("Todoku を始めると、送信を続けます"));
  EXPECT_THAT(text, HasSubstr("todoku serve) は動いていません"));
  EXPECT_THAT(list_text(look(true), many()), Not(HasSubstr("動いていません")));
}

TEST_F(MessagesText, EveryWaitHasItsOwnWords) {
  auto message = stored_message("0TR5Y279NFW4", MessageState::waiting);
  message.waits_for = store::WaitsFor::relay;
  EXPECT_THAT(next_step(look(true), message), HasSubstr("つながり次第"));
  message.waits_for = store::WaitsFor::login;
  EXPECT_THAT(next_step(look(true), message), HasSubstr("メールソフトから taro@example.jp で"));
  message.waits_for = store::WaitsFor::time;
  message.next_attempt = minutes_later(1);
  EXPECT_EQ(next_step(look(true), message), "まもなく送信します");
  auto unknown = stored_message("0TR5Y279NFW5", MessageState::unknown);
  unknown.waits_for = store::WaitsFor::time;
  unknown.deadline = minutes_later(10);
  EXPECT_THAT(next_step(look(true), unknown), HasSubstr("14:10 に、もう一度だけ"));
  EXPECT_THAT(next_step(look(true), stored_message("0TR5Y279NFW3", MessageState::sent)), IsEmpty());
}

TEST_F(MessagesText, HostileTextReachesNoTerminal) {
  auto list = many();
  list.messages[0].subject = "a\x1b[2J\r\nb\xE2\x80\xAE\xC2\x9B c\xFF";
  list.messages[0].envelope.recipients[0].address = "x\x07y@example.com";
  const auto text = list_text(look(false), list);
  for (const auto* bad : {"\x1b", "\r", "\x07", "\xE2\x80\xAE", "\xC2\x9B", "\xFF"})
    EXPECT_THAT(text, Not(HasSubstr(bad)));
  EXPECT_EQ(lines_of(text).size(), lines_of(list_text(look(false), many())).size());
}

MessageStory story() {
  MessageStory story;
  story.message = stored_message("0TR5Y279NFW4", MessageState::waiting);
  store::StoredAttempt attempt;
  attempt.at = minutes_later(1);
  attempt.attempt.relay = "smtp.example.jp:587";
  attempt.attempt.phase = smtp::Phase::recipient;
  attempt.attempt.reply = {450, "4.2.0", "Greylisted, try again\x1b[0m"};
  attempt.attempt.took = std::chrono::milliseconds(1234);
  story.attempts.push_back(attempt);
  store::StoredEvent event;
  event.number = 1;
  event.at = minutes_later(1);
  event.message_id = story.message.id;
  event.kind = store::EventKind::queued;
  story.events.push_back(event);
  return story;
}

TEST_F(MessagesText, ShowTellsTheStoryInOrder) {
  const auto text = show_text(look(true), story());
  EXPECT_THAT(text, HasSubstr("0TR5Y279NFW4  送信待ち\n"));
  EXPECT_THAT(text, HasSubstr("  14:01:00  smtp.example.jp:587 へ送信を試みました (1.2 秒)\n"));
  EXPECT_THAT(text, HasSubstr("結果が分かった段階: 宛先の確認\n"));
  EXPECT_THAT(text, HasSubstr("サーバーの返事: 450 4.2.0 Greylisted, try again?[0m\n"));
  EXPECT_THAT(text, HasSubstr("次の送信: 14:05"));
  EXPECT_THAT(text, HasSubstr("  todoku messages retry 0TR5Y279NFW4\n"));
  EXPECT_LT(text.find("メールソフトから受け取りました"), text.find("試みました"));
  EXPECT_LT(text.find("試みました"), text.find("お預かりし"));
}

TEST_F(MessagesText, NobodySaidWhatNoServerSaid) {
  auto silent = story();
  silent.message.outcomes[0].state = delivery::RecipientState::deferred;
  EXPECT_THAT(show_text(look(false), silent), HasSubstr("hanako@example.com  not handed over yet"));
  silent.message.outcomes[0].reply = {451, "4.3.0", "busy"};
  EXPECT_THAT(show_text(look(false), silent), HasSubstr("said \"not now\""));
}

TEST_F(MessagesText, SubjectsAreDecodedAndThenCleaned) {
  auto message = stored_message("0TR5Y279NFW4", MessageState::waiting);
  message.subject = "=?UTF-8?B?44GK6KaL56mN44KK?=";
  EXPECT_EQ(subject_text(look(true), message), "お見積り");
  message.subject = "=?ISO-2022-JP?B?GyRCOCtAURsoQg==?=";
  EXPECT_EQ(subject_text(look(true), message), "見積");
  message.subject = "=?UTF-8?Q?a=1B[2Jb?=";
  EXPECT_THAT(subject_text(look(true), message), Not(HasSubstr("\x1b")));
  message.subject = "  ";
  EXPECT_EQ(subject_text(look(false), message), "(no subject)");
}

TEST_F(MessagesText, ShowNamesTheSameFolderInItsCommands) {
  auto here = look(false);
  here.place_option = place_option("--state-dir", "/my folder/it's");
  EXPECT_THAT(
      show_text(here, story()),
      HasSubstr("todoku messages discard 0TR5Y279NFW4 --state-dir '/my folder/it'\\''s'\n"));
}

TEST_F(MessagesText, ShowWarnsOfTheSecondCopy) {
  auto unknown = story();
  unknown.message = stored_message("0TR5Y279NFW4", MessageState::unknown);
  unknown.attempts[0].attempt.obstacle = delivery::Obstacle::answer_lost;
  unknown.attempts[0].attempt.phase = smtp::Phase::final_dot;
  const auto text = show_text(look(true), unknown);
  EXPECT_THAT(text, HasSubstr("todoku messages retry 0TR5Y279NFW4 --yes\n"));
  EXPECT_THAT(text, HasSubstr("2 通届きます"));
  EXPECT_THAT(text, HasSubstr("受け取りの返事が途中で失われました"));
}

TEST_F(MessagesText, EveryValueHasItsWords) {
  std::vector<std::string> keys;
  for (int i = 0; i <= static_cast<int>(MessageState::discarded); ++i)
    keys.push_back(std::string("state_") + delivery::to_string(static_cast<MessageState>(i)));
  for (int i = 0; i <= static_cast<int>(delivery::RecipientState::unknown); ++i)
    keys.push_back(std::string("recipient_") +
                   delivery::to_string(static_cast<delivery::RecipientState>(i)));
  for (int i = 0; i <= static_cast<int>(smtp::Phase::final_dot); ++i)
    keys.push_back(std::string("phase_") + smtp::to_string(static_cast<smtp::Phase>(i)));
  for (int i = 1; i <= static_cast<int>(delivery::Obstacle::local_trouble); ++i)
    keys.push_back(std::string("obstacle_") + to_string(static_cast<delivery::Obstacle>(i)));
  for (int i = 0; i <= static_cast<int>(store::EventKind::undo_window_over); ++i)
    keys.push_back(std::string("event_") + store::to_string(static_cast<store::EventKind>(i)));
  for (const auto* verb : {"retry", "release", "discard"}) {
    for (const auto* what : {"can_", "done_", "cannot_", "next_asked_"})
      keys.push_back(std::string(what) + verb);
  }
  for (const auto* reason : {"refused", "too_old", "held_too_long", "unknown_too_long"})
    keys.push_back(std::string("event_returned_") + reason);
  for (const auto* key : {"can_retry_unknown",
                          "can_discard_unknown",
                          "outcome_no_answer",
                          "outcome_at_next_start",
                          "outcome_no_such_message",
                          "outcome_wrong_state",
                          "outcome_body_gone",
                          "no_database",
                          "not_allowed",
                          "database_busy",
                          "database_damaged",
                          "disk_full",
                          "key_locked",
                          "no_such_message",
                          "ambiguous_id",
                          "no_such_recipient",
                          "no_address",
                          "held_needs_release",
                          "is_under_way",
                          "body_gone",
                          "needs_yes",
                          "more",
                          "not_running_note",
                          "decide_note",
                          "state_undoable",
                          "next_goes_by_itself"})
    keys.emplace_back(key);
  for (const auto& key : keys) EXPECT_TRUE(japanese_.has("messages." + key)) << key;
}

// No sentence may come out with a hole in it.
TEST_F(MessagesText, NoParameterIsMissing) {
  auto everything = story();
  everything.events.clear();
  for (int i = 0; i <= static_cast<int>(store::EventKind::undo_window_over); ++i) {
    store::StoredEvent event;
    event.at = minutes_later(i);
    event.kind = static_cast<store::EventKind>(i);
    event.parameters = {{"reason", "refused"}, {"addresses", "a@b.example"}, {"seconds", "10"}};
    everything.events.push_back(event);
  }
  for (int i = 0; i <= static_cast<int>(MessageState::discarded); ++i) {
    everything.message = stored_message("0TR5Y279NFW4", static_cast<MessageState>(i));
    MessageList list;
    list.messages.push_back(everything.message);
    list.has_more = true;
    for (const bool is_japanese : {true, false}) {
      EXPECT_THAT(show_text(look(is_japanese), everything), Not(HasSubstr("{")));
      EXPECT_THAT(list_text(look(is_japanese), list), Not(HasSubstr("{")));
    }
  }
}

TEST_F(MessagesText, JsonHasTheDocumentedShape) {
  const auto list = boost::json::parse(list_json(many(), true)).as_object();
  EXPECT_EQ(list.at("serve_running"), true);
  EXPECT_EQ(list.at("more"), false);
  const auto& message = list.at("messages").as_array()[1].as_object();
  std::vector<std::string> keys;
  for (const auto& [key, value] : message) keys.emplace_back(key);
  EXPECT_THAT(keys, ElementsAre("id", "state", "waits_for", "readable", "account", "user", "sender",
                                "recipients", "subject", "message_id", "size", "attempts",
                                "arrived", "changed", "next_attempt", "deadline", "has_body",
                                "was_resent", "notice_about", "actions"));
  EXPECT_EQ(message.at("arrived"), "2026-11-24T05:00:00.000Z");
  EXPECT_EQ(message.at("next_attempt"), "2026-11-24T05:05:00.000Z");
  EXPECT_TRUE(message.at("notice_about").is_null());
  EXPECT_EQ(message.at("recipients").as_array().size(), 2U);
  const auto shown = boost::json::parse(show_json(story(), false)).as_object();
  const auto& timeline = shown.at("timeline").as_array();
  ASSERT_EQ(timeline.size(), 3U);
  EXPECT_EQ(timeline[0].at("what"), "arrived");
  EXPECT_EQ(timeline[1].at("what"), "attempt");
  EXPECT_EQ(timeline[1].at("reply").at("code"), 450);
  EXPECT_EQ(timeline[1].at("phase"), "recipient");
  EXPECT_TRUE(timeline[1].at("obstacle").is_null());
  EXPECT_EQ(timeline[2].at("event"), "queued");
}

TEST_F(MessagesText, AnIdIsReadAsItIsSpoken) {
  EXPECT_EQ(normal_id("0tr5y279nfw0"), "0TR5Y279NFW0");
  EXPECT_EQ(normal_id("otr5yIl"), "0TR5Y11");
  EXPECT_THAT(normal_id(""), IsEmpty());
  EXPECT_THAT(normal_id("0TR5-"), IsEmpty());
  EXPECT_THAT(normal_id("0TR5Y279NFW00"), IsEmpty());
}

TEST_F(MessagesText, CutKeepsTheColumns) {
  EXPECT_EQ(cut("お見積りの件", 12), "お見積りの件");
  EXPECT_EQ(cut("お見積りの件", 11), "お見積り..");
  EXPECT_EQ(cut("abcdef", 5), "abc..");
  EXPECT_EQ(cut("abcdef", 0), "abcdef");
}

std::string problem_of(const Look& look, MessageState state, MessagesAction action,
                       const std::vector<std::string>& corrections = {}) {
  MessagesOptions options;
  options.action = action;
  options.corrections = corrections;
  const auto made = request_for(look, stored_message("0TR5Y279NFW4", state), options);
  const auto* problem = std::get_if<Problem>(&made);
  return problem == nullptr ? "" : problem->key;
}

TEST_F(MessagesText, OnlyWhatTheStateAllowsIsAskedFor) {
  const auto here = look(true);
  EXPECT_EQ(problem_of(here, MessageState::waiting, MessagesAction::retry), "");
  EXPECT_EQ(problem_of(here, MessageState::unknown, MessagesAction::retry), "");
  EXPECT_EQ(problem_of(here, MessageState::held, MessagesAction::retry),
            "messages.held_needs_release");
  EXPECT_EQ(problem_of(here, MessageState::held, MessagesAction::release), "");
  EXPECT_EQ(problem_of(here, MessageState::waiting, MessagesAction::release),
            "messages.cannot_release");
  EXPECT_EQ(problem_of(here, MessageState::sent, MessagesAction::retry), "messages.cannot_retry");
  EXPECT_EQ(problem_of(here, MessageState::sent, MessagesAction::discard),
            "messages.cannot_discard");
  EXPECT_EQ(problem_of(here, MessageState::sending, MessagesAction::discard),
            "messages.is_under_way");
}

TEST_F(MessagesText, CorrectionsNameARecipientAndAnAddress) {
  const auto here = look(true);
  const auto held = MessageState::held;
  const auto release = MessagesAction::release;
  EXPECT_EQ(problem_of(here, held, release, {"HANAKO@example.com=hana@example.com"}), "");
  EXPECT_EQ(problem_of(here, held, release, {"other@example.com=hana@example.com"}),
            "messages.no_such_recipient");
  for (const auto* wrong : {"", "hana", "hana@", "@example.com", "a b@example.com", "<a@b>"})
    EXPECT_EQ(problem_of(here, held, release, {std::string("hanako@example.com=") + wrong}),
              "messages.no_address")
        << wrong;
}

}  // namespace
}  // namespace todoku::cli
