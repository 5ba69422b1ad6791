// SPDX-License-Identifier: Apache-2.0
// What a client reads when its message has no verdict yet.
#include "proxy/delivery/answer_kept.hpp"

#include "classifier/explain/messages.hpp"
#include "config/embedded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace todoku::delivery {
namespace {

using testing::HasSubstr;

// ASCII, and its sentence has all its parameters in both languages.
void expect_complete(const Answer& answer) {
  for (const char c : answer.reply.text) EXPECT_GE(c, '\n') << answer.reply.text;
  for (const auto* language : {"ja", "en"}) {
    const auto parsed =
        explain::Catalog::parse(config::embedded("messages/" + std::string(language) + ".toml"));
    const auto& catalog = std::get<explain::Catalog>(parsed);
    const explain::Parameters parameters(answer.sentence.parameters.begin(),
                                         answer.sentence.parameters.end());
    EXPECT_EQ(catalog.why_incomplete(answer.sentence.key, parameters), "");
  }
}

TEST(AnswerForKept, NamesTheIdAndIsComplete) {
  const auto queued = answer_for_queued("ID1", "mx.test:587", "later \xE5\xBE\x8C\nplease");
  EXPECT_EQ(queued.reply.code, 250);
  EXPECT_THAT(queued.reply.text, HasSubstr("queued as ID1"));
  EXPECT_EQ(queued.reply.text.find('\n'), std::string::npos);
  expect_complete(queued);
  expect_complete(answer_for_queued("ID1", "", ""));
  const auto kept = answer_for_unknown_kept("ID2", "mx.test:587", std::chrono::hours(24));
  EXPECT_EQ(kept.reply.code, 250);
  EXPECT_THAT(kept.reply.text, HasSubstr("ID2"));
  EXPECT_THAT(kept.reply.text, HasSubstr("may have been delivered"));
  expect_complete(kept);
  const auto undoable = answer_for_undoable("ID6", std::chrono::seconds(10));
  EXPECT_EQ(undoable.reply.code, 250);
  EXPECT_THAT(undoable.reply.text, HasSubstr("in 10 seconds"));
  expect_complete(undoable);
  const auto repeat = answer_for_repeat("ID3");
  EXPECT_EQ(repeat.reply.code, 250);
  EXPECT_THAT(repeat.reply.text, HasSubstr("joined ID3"));
  expect_complete(repeat);
}

TEST(AnswerForNotKept, IsForNow) {
  const auto full = answer_for_no_room("ID4", "mx.test:587");
  EXPECT_EQ(full.reply.code, 452);
  expect_complete(full);
  const auto locked = answer_for_locked_key("ID5", "mx.test:587");
  EXPECT_EQ(locked.reply.code, 451);
  EXPECT_EQ(locked.reply.status, "4.3.0");
  EXPECT_THAT(locked.reply.text, HasSubstr("(Todoku ID5)"));
  expect_complete(locked);
}

}  // namespace
}  // namespace todoku::delivery
