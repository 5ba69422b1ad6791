// SPDX-License-Identifier: Apache-2.0
// Destinations that refused the usual relay: for how long another path is used, probes, and the
// way back.
#include "proxy/delivery/path_memory.hpp"

#include <gtest/gtest.h>

namespace todoku::delivery {
namespace {

using namespace std::chrono_literals;
using Way = PathMemory::Way;
using Kind = PathChange::Kind;

constexpr Time start{1'800'000'000'000ms};
constexpr const char* relay = "sv0000.example.jp:587";

PathEvidence listed(Time at, FallbackCause cause = FallbackCause::blocklisted) {
  return {at, "M1", cause, "554 5.7.1 listed"};
}

TEST(PathMemory, ARefusalForReputationIsRememberedForSomeDays) {
  PathMemory memory({});
  EXPECT_EQ(memory.way_for(relay, "example.net", start), Way::usual);
  const auto began = memory.refused(relay, "Example.NET", listed(start));
  ASSERT_TRUE(began);
  EXPECT_EQ(began->kind, Kind::began);
  EXPECT_EQ(began->path.domain, "example.net");
  EXPECT_EQ(began->path.until, start + 72h);
  EXPECT_EQ(memory.way_for(relay, "EXAMPLE.net", start + 1h), Way::fallback);
  EXPECT_EQ(memory.way_for(relay, "example.org", start + 1h), Way::usual);
  EXPECT_EQ(memory.way_for("other.example.jp:587", "example.net", start + 1h), Way::usual);
}

TEST(PathMemory, OtherCausesAreNotRemembered) {
  PathMemory memory({});
  for (const auto cause : {FallbackCause::unreachable, FallbackCause::rate_limited}) {
    EXPECT_FALSE(memory.refused(relay, "example.net", listed(start, cause)));
  }
  EXPECT_EQ(memory.way_for(relay, "example.net", start), Way::usual);
}

TEST(PathMemory, OneProbeAtATimeTriesTheUsualPath) {
  PathMemory memory({});
  memory.refused(relay, "example.net", listed(start));
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 12h - 1ms), Way::fallback);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 12h), Way::probe);
  memory.probe_begins(relay, "example.net", start + 12h);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 12h + 1min), Way::fallback);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 12h + 10min), Way::probe)
      << "one that told nothing does not stay for ever";
  const auto again = memory.refused(relay, "example.net", listed(start + 12h));
  EXPECT_EQ(again->kind, Kind::extended);
  EXPECT_EQ(again->path.since, start);
  EXPECT_EQ(again->path.until, start + 84h);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 13h), Way::fallback);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 24h), Way::probe);
}

TEST(PathMemory, AnAcceptedProbeBringsTheUsualPathBack) {
  PathMemory memory({});
  memory.refused(relay, "example.net", listed(start));
  memory.took_over(relay, "example.net", "spare");
  const auto returned = memory.accepted(relay, "example.net");
  ASSERT_TRUE(returned);
  EXPECT_EQ(returned->kind, Kind::returned);
  EXPECT_EQ(returned->path.fallback, "spare");
  EXPECT_EQ(returned->path.evidence.size(), 1U);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 1h), Way::usual);
  EXPECT_FALSE(memory.accepted(relay, "example.net")) << "told once";
}

TEST(PathMemory, WhenTheDaysAreOverTheNextMessageTriesTheUsualPath) {
  PathMemory memory({24h, 100h});
  memory.refused(relay, "example.net", listed(start));
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 23h), Way::fallback);
  EXPECT_EQ(memory.way_for(relay, "example.net", start + 24h), Way::probe);
}

TEST(PathMemory, WhoTookOverIsKeptAndToldOnce) {
  PathMemory memory({});
  EXPECT_FALSE(memory.took_over(relay, "example.net", "spare"));
  memory.refused(relay, "example.net", listed(start));
  EXPECT_EQ(memory.took_over(relay, "example.net", "spare")->kind, Kind::extended);
  EXPECT_FALSE(memory.took_over(relay, "example.net", "spare"));
  EXPECT_EQ(memory.find(relay, "example.net")->fallback, "spare");
}

TEST(PathMemory, TheFirstEvidenceAndTheLatestAreKept) {
  PathMemory memory({});
  for (int day = 0; day < 20; ++day) {
    memory.refused(relay, "example.net", listed(start + day * 24h));
  }
  const auto& evidence = memory.find(relay, "example.net")->evidence;
  ASSERT_EQ(evidence.size(), PathMemory::most_evidence);
  EXPECT_EQ(evidence.front().at, start);
  EXPECT_EQ(evidence[1].at, start + 16 * 24h);
  EXPECT_EQ(evidence.back().at, start + 19 * 24h);
}

TEST(PathMemory, SurvivesARestartAndIsBounded) {
  PathMemory memory({});
  memory.refused(relay, "example.net", listed(start));
  PathMemory after({});
  after.restore(memory.all());
  EXPECT_EQ(after.all(), memory.all());
  EXPECT_EQ(after.way_for(relay, "example.net", start + 1h), Way::fallback);
  for (std::size_t i = 0; i < PathMemory::most_paths; ++i) {
    after.refused(relay, std::to_string(i) + ".example.net", listed(start + 1h));
  }
  EXPECT_EQ(after.all().size(), PathMemory::most_paths);
  EXPECT_EQ(after.find(relay, "example.net"), nullptr) << "the oldest gives way";
}

TEST(PathMemory, WhatIsRememberedAlreadyIsNewerThanTheStore) {
  PathMemory memory{{}};
  memory.refused("mail:587", "a.test", {Time(std::chrono::hours(9)), "NEW", {}, "new"});
  RememberedPath older;
  older.relay = "mail:587";
  older.domain = "a.test";
  auto other = older;
  other.domain = "b.test";
  memory.restore({older, other});
  ASSERT_EQ(memory.all().size(), 2U);
  EXPECT_EQ(memory.all()[0].evidence.at(0).reply, "new");
}

}  // namespace
}  // namespace todoku::delivery
