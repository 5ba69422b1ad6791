// SPDX-License-Identifier: Apache-2.0
// Questions to a real DNS server (dnsmasq) and to ones that misbehave.
#include "proxy/net/resolver.hpp"

#include "proxy/delivery/alignment_guard.hpp"
#include "proxy/net/listener.hpp"
#include "tests/support/bad_dns.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/program.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace todoku::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using support::BadDns;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using wire::DnsAnswer;
using wire::DnsStatus;
using wire::RecordType;

// Four records of three strings of 250 characters: more than a packet of UDP takes.
std::string long_texts() {
  std::string lines;
  for (const char filling : {'a', 'b', 'c', 'd'}) {
    lines += "txt-record=long.example.test";
    for (int i = 0; i < 3; ++i) lines += ",\"" + std::string(250, filling) + "\"";
    lines += "\n";
  }
  return lines;
}

std::string zone(std::uint16_t port) {
  return "port=" + std::to_string(port) + R"(
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
no-daemon
log-facility=-
user=root
pid-file=
cache-size=0
auth-ttl=300
local-ttl=300
local=/test/
local=/in-addr.arpa/
address=/#/
mx-host=example.test,mx2.example.test,20
mx-host=example.test,mx1.example.test,10
host-record=mx1.example.test,127.0.0.1
host-record=mx2.example.test,127.0.0.2,::1
txt-record=example.test,"v=spf1 ip4:127.0.0.1 include:_spf.example.test ","-all"
txt-record=example.test,"another text"
txt-record=_spf.example.test,"v=spf1 ip4:127.0.0.2 ~all"
txt-record=_dmarc.example.test,"v=DMARC1; p=reject"
mx-host=nullmx.test,.,0
cname=alias.example.test,mx1.example.test
ptr-record=1.0.0.127.in-addr.arpa,mx1.example.test
)" + long_texts();
}

class ResolverTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!support::is_installed("dnsmasq")) GTEST_SKIP() << "dnsmasq is not installed";
    const auto port = start_server();
    ASSERT_NE(port, 0) << "dnsmasq did not start";
    open("127.0.0.1:" + std::to_string(port));
  }
  // A port that is free now may be another test's a moment later: then another one is tried.
  std::uint16_t start_server() {
    const auto file = dir_.path() / "dnsmasq.conf";
    for (int round = 0; round < 10; ++round) {
      const auto first =
          static_cast<std::uint16_t>(20'000 + (::getpid() * 7 + round * 101) % 9'000);
      const auto port = free_port_near(first);
      std::ofstream(file) << zone(port);
      server_ = std::make_unique<support::Program>("dnsmasq -k -C " + file.string() + " 2>&1", "");
      if (server_->says("started")) return port;
    }
    return 0;
  }
  void open(std::string servers, wire::Duration timeout = 5s) {
    ResolverOptions options;
    options.servers = std::move(servers);
    options.timeout = timeout;
    auto made = Resolver::make(io_.executor(), std::move(options));
    ASSERT_TRUE(made.has_value());
    resolver_ = std::move(*made);
  }
  static awaitable<void> put_answer(Resolver& resolver, wire::DnsQuestion question,
                                    DnsAnswer& into) {
    into = co_await resolver.ask(std::move(question));
  }
  DnsAnswer ask(const std::string& name, RecordType type) {
    DnsAnswer answer;
    io_.run(put_answer(*resolver_, {name, type}, answer));
    return answer;
  }

  support::IoRunner io_;
  support::ScratchDir dir_;
  std::unique_ptr<support::Program> server_;
  std::unique_ptr<Resolver> resolver_;
};

using ResolverTroubleTest = ResolverTest;

TEST_F(ResolverTest, records_of_each_type) {
  const auto mx = ask("Example.TEST.", RecordType::mx);
  EXPECT_EQ(mx.status, DnsStatus::answered);
  EXPECT_THAT(mx.exchanges, ElementsAre(wire::MailExchange{10, "mx1.example.test"},
                                        wire::MailExchange{20, "mx2.example.test"}));
  EXPECT_THAT(ask("example.test", RecordType::txt).texts,
              testing::UnorderedElementsAre("v=spf1 ip4:127.0.0.1 include:_spf.example.test -all",
                                            "another text"));
  EXPECT_THAT(ask("mx2.example.test", RecordType::a).addresses,
              ElementsAre(*wire::IpAddress::parse("127.0.0.2")));
  EXPECT_THAT(ask("mx2.example.test", RecordType::aaaa).addresses,
              ElementsAre(*wire::IpAddress::parse("::1")));
  EXPECT_THAT(ask("1.0.0.127.in-addr.arpa", RecordType::ptr).names,
              ElementsAre("mx1.example.test"));
  EXPECT_THAT(ask("alias.example.test", RecordType::a).addresses, SizeIs(1)) << "by its alias";
}

TEST_F(ResolverTest, nothing_and_no_such_name_are_told_apart) {
  EXPECT_EQ(ask("mx1.example.test", RecordType::aaaa).status, DnsStatus::no_data);
  EXPECT_EQ(ask("nowhere.example.test", RecordType::mx).status, DnsStatus::no_such_name);
  const auto null = ask("nullmx.test", RecordType::mx);
  EXPECT_THAT(null.exchanges, ElementsAre(wire::MailExchange{0, ""})) << "takes no mail";
  for (const char* name : {"", ".", "a..test", "a b.test", "a\\b.test", "\xe3\x81\x82.test"}) {
    EXPECT_EQ(ask(name, RecordType::a).status, DnsStatus::no_such_name) << name;
  }
  EXPECT_EQ(ask(std::string(64, 'a') + ".test", RecordType::a).status, DnsStatus::no_such_name);
}

TEST_F(ResolverTest, an_answer_that_was_cut_off_is_asked_for_by_tcp) {
  const auto answer = ask("long.example.test", RecordType::txt);
  EXPECT_EQ(answer.status, DnsStatus::answered);
  ASSERT_THAT(answer.texts, SizeIs(4));
  for (const auto& text : answer.texts) EXPECT_EQ(text, std::string(750, text.front()));
}

TEST_F(ResolverTest, answers_are_kept_as_long_as_they_say) {
  const auto first = ask("example.test", RecordType::mx);
  EXPECT_EQ(first.lifetime, 300s);
  EXPECT_EQ(resolver_->kept(), 1U);
  server_->end();
  const auto second = ask("EXAMPLE.test", RecordType::mx);
  EXPECT_EQ(second.exchanges, first.exchanges) << "without the server";
  EXPECT_LE(second.lifetime, 300s);
  EXPECT_EQ(ask("mx1.example.test", RecordType::a).status, DnsStatus::server_failed)
      << "nobody listens there any more";
}

awaitable<void> run_check(Resolver& resolver, delivery::AlignmentCheck& check) {
  co_await resolver.run(check);
}

TEST_F(ResolverTest, an_evaluation_is_answered_to_its_end) {
  const auto reason_for = [this](const char* address) {
    delivery::RelayHabits habits;
    habits.host = address;
    delivery::AlignmentCheck check(habits, {"mail.example.test", "example.test"}, {});
    io_.run(run_check(*resolver_, check));
    return check.verdict().reason;
  };
  EXPECT_EQ(reason_for("127.0.0.1"), delivery::AlignmentReason::spf);
  EXPECT_EQ(reason_for("127.0.0.2"), delivery::AlignmentReason::spf);
  EXPECT_EQ(reason_for("127.0.0.3"), delivery::AlignmentReason::would_fail);
}

TEST_F(ResolverTroubleTest, a_server_that_fails_refuses_or_talks_nonsense) {
  for (const auto does : {BadDns::Does::serv_fail, BadDns::Does::refuse}) {
    BadDns bad(io_.executor(), does);
    open(bad.server());
    EXPECT_EQ(ask("example.test", RecordType::txt).status, DnsStatus::server_failed);
    bad.close();
  }
  BadDns garbage(io_.executor(), BadDns::Does::send_garbage);
  open(garbage.server(), 300ms);
  EXPECT_EQ(ask("example.test", RecordType::txt).status, DnsStatus::timed_out);
  garbage.close();
}

TEST_F(ResolverTroubleTest, a_silent_server_is_waited_for_within_the_limit) {
  BadDns silent(io_.executor(), BadDns::Does::stay_silent);
  open(silent.server(), 400ms);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("example.test", RecordType::txt).status, DnsStatus::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_EQ(silent.asked(), 2) << "tried twice";
  EXPECT_EQ(ask("example.test", RecordType::txt).status, DnsStatus::timed_out);
  EXPECT_EQ(silent.asked(), 2) << "not asked again at once";
  resolver_->refresh();
  EXPECT_EQ(ask("example.test", RecordType::txt).status, DnsStatus::timed_out);
  EXPECT_EQ(silent.asked(), 4) << "the network has changed";
  silent.close();
}

awaitable<void> ask_once(Resolver& resolver, DnsStatus& status) {
  wire::DnsQuestion question{"example.test", RecordType::txt};
  const auto answer = co_await resolver.ask(std::move(question));
  status = answer.status;
}

TEST_F(ResolverTroubleTest, the_same_question_is_asked_once_for_all_who_wait) {
  BadDns failing(io_.executor(), BadDns::Does::serv_fail);
  open(failing.server());
  std::array<DnsStatus, 5> all{};
  for (auto& status : all) io_.rooms().start("ask", ask_once(*resolver_, status));
  io_.run_started();
  for (const auto status : all) EXPECT_EQ(status, DnsStatus::server_failed);
  EXPECT_EQ(failing.asked(), 2) << "two tries for all of them";
  failing.close();
}

TEST_F(ResolverTroubleTest, who_waits_is_told_when_the_resolver_goes) {
  BadDns silent(io_.executor(), BadDns::Does::stay_silent);
  open(silent.server());
  auto status = DnsStatus::answered;
  io_.rooms().start("ask", ask_once(*resolver_, status));
  io_.turn(20ms);
  resolver_.reset();
  io_.run_started();
  EXPECT_EQ(status, DnsStatus::server_failed);
  silent.close();
}

TEST_F(ResolverTroubleTest, who_waits_is_told_when_it_gives_up) {
  BadDns silent(io_.executor(), BadDns::Does::stay_silent);
  open(silent.server());
  auto status = DnsStatus::answered;
  io_.rooms().start("ask", ask_once(*resolver_, status));
  io_.turn(20ms);
  resolver_->give_up();
  io_.run_started(1s);
  EXPECT_EQ(status, DnsStatus::server_failed);
  silent.close();
}

TEST_F(ResolverTroubleTest, the_next_server_is_asked_when_the_first_fails) {
  BadDns failing(io_.executor(), BadDns::Does::serv_fail);
  BadDns other(io_.executor(), BadDns::Does::refuse);
  open(failing.server() + "," + other.server());
  ask("example.test", RecordType::txt);
  EXPECT_EQ(failing.asked(), 1);
  EXPECT_EQ(other.asked(), 1);
  failing.close();
  other.close();
}

TEST(ResolverOptionsTest, ServersThatAreNone) {
  support::IoRunner io;
  ResolverOptions options;
  options.servers = "not an address";
  EXPECT_TRUE(Resolver::make(io.executor(), options).has_error());
}

}  // namespace
}  // namespace todoku::net
