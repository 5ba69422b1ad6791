// SPDX-License-Identifier: Apache-2.0
// Answers of the DNS as bytes: aliases, lifetimes, names that lead in circles.
#include "proxy/wire/dns_message.hpp"

#include "proxy/wire/domain_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace todoku::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::string two(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

std::string labels(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    out += static_cast<char>(label.size());
    out += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return out + '\0';
}

// With one question, a.test.
class Message {
 public:
  explicit Message(unsigned code = 0) : code_(code) {}
  Message& answer(const std::string& owner, unsigned type, unsigned lifetime,
                  const std::string& data) {
    ++answers_;
    records_ += owner + two(type) + two(1) + two(0) + two(lifetime) +
                two(static_cast<unsigned>(data.size())) + data;
    return *this;
  }
  Message& authority(const std::string& owner, unsigned type, unsigned lifetime,
                     const std::string& data) {
    answer(owner, type, lifetime, data);
    --answers_;
    ++authorities_;
    return *this;
  }
  [[nodiscard]] std::string bytes() const {
    return two(1) + two(0x8180U | code_) + two(1) + two(answers_) + two(authorities_) + two(0) +
           labels("a.test") + two(1) + two(1) + records_;
  }

 private:
  unsigned code_;
  unsigned answers_ = 0;
  unsigned authorities_ = 0;
  std::string records_;
};

const std::string asked = "\xC0\x0C";  // a pointer to the name in the question

DnsAnswer read(const Message& message, RecordType type) {
  return read_dns_answer(message.bytes(), {"a.test", type});
}

TEST(DnsMessage, RecordsWithTheirShortestLifetime) {
  const auto a =
      read(Message().answer(asked, 1, 300, "\xC0\0\2\1").answer(asked, 1, 60, "\xC0\0\2\2"),
           RecordType::a);
  EXPECT_EQ(a.status, DnsStatus::no_data) << "the C text ends at its first zero";
  const std::string one("\xC0\0\2\1", 4);
  const std::string other("\xC0\0\2\2", 4);
  const auto right = read(
      Message().answer(asked, 1, 300, one).answer("\1A\4TEST" + std::string(1, '\0'), 1, 60, other),
      RecordType::a);
  EXPECT_THAT(right.addresses,
              ElementsAre(*IpAddress::parse("192.0.2.1"), *IpAddress::parse("192.0.2.2")));
  EXPECT_EQ(right.lifetime, 60s);
}

TEST(DnsMessage, ExchangesAreOrderedAndNullMxIsKept) {
  const auto mx = read(Message()
                           .answer(asked, 15, 60, two(20) + labels("m2.test"))
                           .answer(asked, 15, 60, two(10) + "\2m1" + asked)
                           .answer(asked, 15, 60, two(0) + "\xC0\xFF"),
                       RecordType::mx);
  EXPECT_THAT(mx.exchanges, ElementsAre(MailExchange{10, "m1.a.test"}, MailExchange{20, "m2.test"}))
      << "one that cannot be read is no null MX";
  const auto null = read(Message().answer(asked, 15, 60, two(0) + labels("")), RecordType::mx);
  EXPECT_THAT(null.exchanges, ElementsAre(MailExchange{0, ""}));
}

TEST(DnsMessage, TextsAreJoinedWithoutSpaces) {
  const auto txt =
      read(Message().answer(asked, 16, 60, "\3abc\2de").answer(asked, 16, 60, "\x09xy"),
           RecordType::txt);
  EXPECT_THAT(txt.texts, ElementsAre("abcde", "xy"));
}

TEST(DnsMessage, AliasesAreFollowed) {
  const std::string one("\xC0\0\2\1", 4);
  const auto a = read(Message()
                          .answer(asked, 5, 30, labels("b.test"))
                          .answer(labels("c.test"), 1, 300, one)
                          .answer(labels("b.test"), 5, 300, labels("c.test")),
                      RecordType::a);
  EXPECT_THAT(a.addresses, ElementsAre(*IpAddress::parse("192.0.2.1")));
  EXPECT_EQ(a.lifetime, 30s);
  const auto circle = read(Message()
                               .answer(asked, 5, 30, labels("b.test"))
                               .answer(labels("b.test"), 5, 30, labels("a.test")),
                           RecordType::a);
  EXPECT_EQ(circle.status, DnsStatus::no_data);
  const auto stranger = read(Message().answer(labels("other.test"), 1, 30, one), RecordType::a);
  EXPECT_THAT(stranger.addresses, IsEmpty()) << "records nobody asked for";
}

TEST(DnsMessage, NothingIsKeptAsLongAsTheZoneSays) {
  const std::string soa =
      labels("ns.test") + labels("h.test") + std::string(16, '\0') + two(0) + two(120);
  const auto none = read(Message(3).authority(labels("test"), 6, 900, soa), RecordType::a);
  EXPECT_EQ(none.status, DnsStatus::no_such_name);
  EXPECT_EQ(none.lifetime, 120s);
  EXPECT_EQ(read(Message(), RecordType::a).status, DnsStatus::no_data);
  EXPECT_EQ(read(Message(), RecordType::a).lifetime, 60s);
}

TEST(DnsMessage, WhatCannotBeReadIsTheServersFault) {
  EXPECT_EQ(read(Message(2), RecordType::a).status, DnsStatus::server_failed);
  const auto whole = Message().answer(asked, 16, 60, "\3abc").bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_dns_answer(whole.substr(0, size), {"a.test", RecordType::txt}).status,
              DnsStatus::server_failed)
        << size;
  }
  // A pointer to itself, and one forward.
  for (const char* name : {"\xC0\x18", "\xC0\x40"}) {
    const auto circle = Message().answer(name, 16, 60, "\3abc").bytes();
    EXPECT_EQ(read_dns_answer(circle, {"a.test", RecordType::txt}).status,
              DnsStatus::server_failed);
  }
}

TEST(DomainName, BelowADomain) {
  EXPECT_TRUE(is_same_or_below("a.Example.JP", "example.jp"));
  EXPECT_TRUE(is_same_or_below("example.jp", "EXAMPLE.jp"));
  for (const char* other : {"xexample.jp", "example.jp.x", "jp", ""}) {
    EXPECT_FALSE(is_same_or_below(other, "example.jp")) << other;
  }
}

TEST(DomainName, NamesThatCanBeAskedFor) {
  for (const char* right :
       {"a", "a.test", "_dmarc.a.test", "xn--zckzah", "1.0.0.127.in-addr.arpa"}) {
    EXPECT_TRUE(is_dns_name(right)) << right;
  }
  for (const char* wrong : {"", ".", "a..b", ".a", "a b", "a\\b", "a\"b", "\x80", "\x7f", "a.b."}) {
    EXPECT_FALSE(is_dns_name(wrong)) << wrong;
  }
  EXPECT_TRUE(is_dns_name(std::string(63, 'a')));
  EXPECT_FALSE(is_dns_name(std::string(64, 'a')));
  std::string longest(63, 'a');
  for (int i = 0; i < 3; ++i) longest += "." + std::string(i == 2 ? 61 : 63, 'a');
  EXPECT_TRUE(is_dns_name(longest));
  EXPECT_FALSE(is_dns_name(longest + "a"));
}

}  // namespace
}  // namespace todoku::wire
