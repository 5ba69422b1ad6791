// SPDX-License-Identifier: Apache-2.0
// What was remembered of EHLO answers, read back: whole, damaged, and nonsense.
#include "proxy/relay/offer_memory.hpp"

#include <gtest/gtest.h>

#include <string>

namespace todoku::relay {
namespace {

smtp::Capabilities rich() {
  smtp::Capabilities offer;
  offer.pipelining = offer.eight_bit_mime = offer.smtputf8 = offer.dsn = offer.chunking = true;
  offer.enhanced_status_codes = offer.has_size = offer.offers_login = true;
  offer.max_size = 35'882'577;
  offer.mechanisms = {smtp::Mechanism::login, smtp::Mechanism::plain, smtp::Mechanism::xoauth2};
  return offer;
}

TEST(OfferMemory, comes_back_as_it_was) {
  smtp::Capabilities bare;
  smtp::Capabilities endless;
  endless.has_size = true;
  const Offers offers{{"smtp.example.jp:587", rich()}, {"[::1]:25", bare}, {"b:465", endless}};
  EXPECT_EQ(read_offers(write_offers(offers)), offers);
}

TEST(OfferMemory, a_cut_off_file_gives_what_is_whole) {
  const auto text = write_offers({{"a:587", rich()}, {"b:587", rich()}});
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto offers = read_offers(text.substr(0, size));
    EXPECT_LE(offers.size(), 2U);
    if (size <= text.size() / 2) continue;
    EXPECT_EQ(offers.at("a:587"), rich());
  }
}

TEST(OfferMemory, lines_that_make_no_sense_are_left_out) {
  const std::string nonsense[] = {"",       "\n\n\n",         ";PIPELINING\n", "garbage\n",
                                  ":587\n", "host:\n",        "host:58x7;DSN", "host:123456;DSN\n",
                                  ";;;;",   "two words:25\n", "a\tb:25;DSN\n"};
  for (const auto& text : nonsense) EXPECT_TRUE(read_offers(text).empty()) << text;
  EXPECT_TRUE(read_offers(std::string(100, '\0')).empty());
  const auto offers = read_offers("rubbish\nhost:587;DSN;WHATEVER;;SIZE x\n\xff\xfe;AUTH PLAIN\n");
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_TRUE(offers.at("host:587").dsn);
  EXPECT_FALSE(offers.at("host:587").offers_login);
}

TEST(OfferMemory, the_last_line_of_a_relay_counts) {
  const auto offers = read_offers("host:587;DSN\nhost:587;SMTPUTF8\n");
  EXPECT_TRUE(offers.at("host:587").smtputf8);
  EXPECT_FALSE(offers.at("host:587").dsn);
}

}  // namespace
}  // namespace todoku::relay
