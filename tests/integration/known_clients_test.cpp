// SPDX-License-Identifier: Apache-2.0
// Which mail client it is, before its header has come: by what it says, by what it was, over
// restarts.
#include "proxy/submission/known_clients.hpp"

#include "tests/support/scratch_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace todoku::submission {
namespace {

using checks::ClientHabit;

smtp::Envelope with_size_and_body() {
  smtp::Envelope envelope;
  envelope.declared_size = 4000;
  envelope.body = smtp::BodyType::eight_bit_mime;
  return envelope;
}

TEST(KnownClients, thunderbird_is_known_by_what_it_says) {
  const auto envelope = with_size_and_body();
  EXPECT_TRUE(speaks_like_thunderbird("[127.0.0.1]", envelope));
  EXPECT_TRUE(speaks_like_thunderbird("[IPV6:::1]", envelope));
  EXPECT_FALSE(speaks_like_thunderbird("DESKTOP-7K2Q", envelope));
  EXPECT_FALSE(speaks_like_thunderbird("", envelope));
  EXPECT_FALSE(speaks_like_thunderbird("[127.0.0.1]", {}));
  auto without_body = envelope;
  without_body.body = smtp::BodyType::unspecified;
  EXPECT_FALSE(speaks_like_thunderbird("[127.0.0.1]", without_body));
}

TEST(KnownClients, what_a_header_told_counts_more_than_a_guess) {
  KnownClients clients;
  const auto envelope = with_size_and_body();
  EXPECT_EQ(clients.habit_of("office", "[127.0.0.1]", envelope), ClientHabit::keeps_window);
  EXPECT_EQ(clients.habit_of("office", "PC-1", {}), ClientHabit::resends);
  clients.learn("office", "[127.0.0.1]", envelope, ClientHabit::resends);
  clients.learn("office", "PC-1", {}, ClientHabit::keeps_window);
  EXPECT_EQ(clients.habit_of("office", "[127.0.0.1]", envelope), ClientHabit::resends);
  EXPECT_EQ(clients.habit_of("office", "PC-1", {}), ClientHabit::keeps_window);
  EXPECT_EQ(clients.habit_of("shop", "PC-1", {}), ClientHabit::resends);
}

TEST(KnownClients, two_programs_that_say_the_same_name_are_told_apart_by_their_parameters) {
  KnownClients clients;
  clients.learn("office", "[127.0.0.1]", {}, ClientHabit::resends);  // a script
  clients.learn("office", "[127.0.0.1]", with_size_and_body(), ClientHabit::keeps_window);
  EXPECT_EQ(clients.habit_of("office", "[127.0.0.1]", {}), ClientHabit::resends);
  EXPECT_EQ(clients.habit_of("office", "[127.0.0.1]", with_size_and_body()),
            ClientHabit::keeps_window);
}

TEST(KnownClients, a_restart_forgets_nothing) {
  const support::ScratchDir scratch;
  const auto file = scratch.path() / "mail-clients";
  {
    KnownClients clients(file);
    clients.learn("営業 部", "PC-1", {}, ClientHabit::keeps_window);
    clients.learn("営業 部", "PC-2", {}, ClientHabit::resends);
    clients.learn("営業 部", "PC-2", {}, ClientHabit::keeps_window);
    clients.learn("of\nfice", "PC-1", {}, ClientHabit::keeps_window);  // has no line of its own
  }
  const KnownClients again(file);
  EXPECT_EQ(again.habit_of("営業 部", "PC-1", {}), ClientHabit::keeps_window);
  EXPECT_EQ(again.habit_of("営業 部", "PC-2", {}), ClientHabit::keeps_window);
  EXPECT_EQ(again.habit_of("of", "PC-1", {}), ClientHabit::resends);
}

TEST(KnownClients, a_damaged_file_is_no_harm_and_the_number_is_bounded) {
  const support::ScratchDir scratch;
  const auto file = scratch.path() / "mail-clients";
  std::ofstream(file) << "\n\nkeeps-window\nkeeps-window\tPC-1\t\toffice\nresends\tPC-2";
  KnownClients clients(file);
  EXPECT_EQ(clients.habit_of("office", "PC-1", {}), ClientHabit::keeps_window);
  EXPECT_EQ(clients.habit_of("office", "PC-2", {}), ClientHabit::resends);
  KnownClients many;
  for (int i = 0; i < 1500; ++i)
    many.learn("office", "pc-" + std::to_string(i), {}, ClientHabit::keeps_window);
  EXPECT_EQ(many.habit_of("office", "pc-1499", {}), ClientHabit::keeps_window);
  EXPECT_EQ(many.habit_of("office", "pc-1", {}), ClientHabit::resends);
}

}  // namespace
}  // namespace todoku::submission
