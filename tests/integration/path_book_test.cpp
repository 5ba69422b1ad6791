// SPDX-License-Identifier: Apache-2.0
// What is remembered and told of ways, and what of it is written when the key comes later.
#include "proxy/relay/path_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

namespace todoku::relay {
namespace {

Refusal refusal(const std::string& id, const std::string& recipient) {
  return {id, "mail.example.jp:587", recipient, delivery::FallbackCause::blocklisted, "554 listed"};
}

template <class Some>
std::size_t count(const store::Changes& changes) {
  return static_cast<std::size_t>(std::ranges::count_if(
      changes, [](const auto& change) { return std::holds_alternative<Some>(change); }));
}

TEST(PathBook, what_was_remembered_while_the_key_was_locked_is_written_later) {
  PathBook book{settings::Settings{}};
  store::Changes lost;  // the store could not seal them
  book.refused(refusal("A", "a@new.test"), lost);
  delivery::RememberedPath stored;
  stored.relay = "mail.example.jp:587";
  stored.domain = "old.test";
  const auto changes = book.restore({stored});
  EXPECT_EQ(count<store::PutPath>(changes), 1U);
  EXPECT_EQ(std::get<store::PutPath>(changes.front()).path.domain, "new.test");
  EXPECT_NE(book.remembered(stored.relay, "x@old.test"), nullptr);
  EXPECT_NE(book.remembered(stored.relay, "x@new.test"), nullptr);
}

TEST(PathBook, at_an_ordinary_start_nothing_is_written_anew) {
  PathBook book{settings::Settings{}};
  EXPECT_TRUE(book.restore({delivery::RememberedPath{}}).empty());
}

TEST(PathBook, that_a_fallback_was_withheld_is_told_once_for_each_message) {
  PathBook book{settings::Settings{}};
  delivery::AlignmentRecord record;
  record.fallback = "spare";
  store::Changes changes;
  for (const auto* id : {"A", "A", "B"}) book.withheld(id, record, "a@x.test", changes);
  ASSERT_EQ(count<store::AddEvent>(changes), 2U);
  const auto& event = std::get<store::AddEvent>(changes.front()).event;
  EXPECT_EQ(event.kind, store::EventKind::withheld);
  EXPECT_EQ(event.message_id, "A");
}

}  // namespace
}  // namespace todoku::relay
