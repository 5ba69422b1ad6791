// SPDX-License-Identifier: Apache-2.0
// Addresses as text and back, networks, and the names of their PTR records.
#include "proxy/wire/ip_address.hpp"

#include <gtest/gtest.h>

namespace todoku::wire {
namespace {

std::string again(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->to_string() : "refused";
}

TEST(IpAddress, IsWrittenInTheShortestForm) {
  EXPECT_EQ(again("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(again("2001:0DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(again("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(again("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(again("::"), "::");
  EXPECT_EQ(again("::1"), "::1");
  EXPECT_EQ(again("2001:db8::"), "2001:db8::");
  EXPECT_EQ(again("::ffff:192.0.2.1"), "::ffff:c000:201");
}

TEST(IpAddress, RefusesWhatOthersMayReadInAnotherWay) {
  for (const char* text : {"", "192.0.2", "192.0.2.01", "192.0.2.256", "1.2.3.4.5", "1:2:3:4:5:6:7",
                           "1::2::3", "12345::", "fe80::1%eth0", "[::1]", " 192.0.2.1"}) {
    EXPECT_EQ(again(text), "refused") << text;
  }
}

TEST(IpAddress, NamesOfReverseRecords) {
  EXPECT_EQ(IpAddress::parse("192.0.2.3")->reverse_name(), "3.2.0.192.in-addr.arpa");
  EXPECT_EQ(IpAddress::parse("2001:db8::cb01")->reverse_name(),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST(IpAddress, AMappedAddressIsTheOneItMeans) {
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1")->unmapped().to_string(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:db8::1")->unmapped().to_string(), "2001:db8::1");
}

TEST(IpNetwork, HoldsWhatAgreesInItsBits) {
  const auto holds = [](std::string_view network, std::string_view address) {
    return IpNetwork::parse(network)->contains(*IpAddress::parse(address));
  };
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("192.0.2.128/28", "192.0.2.143"));
  EXPECT_FALSE(holds("192.0.2.128/28", "192.0.2.144"));
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(holds("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::"));
}

TEST(IpNetwork, IsReadStrictly) {
  for (const char* text : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/024", "192.0.2.0/-1",
                           "2001:db8::/129", "192.0.2.0/24/24", "/24"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
  EXPECT_EQ(IpNetwork::parse("2001:db8::/32")->to_string(), "2001:db8::/32");
  EXPECT_EQ(IpNetwork::parse("192.0.2.7")->to_string(), "192.0.2.7");
}

}  // namespace
}  // namespace todoku::wire
