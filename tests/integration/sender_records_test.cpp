// SPDX-License-Identifier: Apache-2.0
// When what is published for a sender's domain is looked up again. The clock is the test's.
#include "proxy/facts/sender_records.hpp"

#include "tests/support/bad_dns.hpp"
#include "tests/support/io_runner.hpp"

#include <gtest/gtest.h>

namespace todoku::facts {
namespace {

using namespace std::chrono_literals;
using support::BadDns;

class SenderRecordsTest : public testing::Test {
 protected:
  void SetUp() override {
    net::ResolverOptions options;
    options.servers = dns_.server();
    options.timeout = 400ms;
    options.trouble_for = wire::Duration(0);
    resolver_ = std::move(*net::Resolver::make(io_.executor(), std::move(options)));
  }
  void TearDown() override { dns_.close(); }

  // How often the DNS was asked because of it.
  int questions_of_asking_after(std::chrono::seconds passed) {
    const auto before = dns_.asked();
    now_ += passed;
    records_.ask({"koinca.jp", "smtp.sending.example", ""});
    io_.run_started();
    return dns_.asked() - before;
  }

  support::IoRunner io_;
  BadDns dns_{io_.executor(), BadDns::Does::serv_fail};
  std::unique_ptr<net::Resolver> resolver_;
  SenderRecords::Clock::time_point now_ = SenderRecords::Clock::now();
  SenderRecords records_{io_.rooms(), [this] { return resolver_.get(); }, [this] { return now_; }};
};

TEST_F(SenderRecordsTest, a_failing_dns_is_asked_again_after_a_minute) {
  EXPECT_GT(questions_of_asking_after(0s), 0);
  EXPECT_EQ(questions_of_asking_after(59s), 0);
  EXPECT_GT(questions_of_asking_after(2s), 0);
}

}  // namespace
}  // namespace todoku::facts
