// SPDX-License-Identifier: Apache-2.0
// What is gathered for one message: against a store on disk and a DNS that misbehaves.
#include "proxy/facts/gatherer.hpp"

#include "proxy/cli/load_words.hpp"
#include "proxy/skeleton/scanner.hpp"
#include "tests/support/bad_dns.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <gmock/gmock.h>

namespace todoku::facts {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using support::BadDns;
using testing::ElementsAre;

class GathererTest : public testing::Test {
 protected:
  void SetUp() override {
    account_.name = "work";
    account_.upstream.host = "smtp.gmail.com";
    store::StoreOptions options;
    options.state_dir = dir_.path();
    auto opened = store::Store::open(io_.executor(), std::move(options));
    ASSERT_TRUE(opened.has_value());
    store_ = std::move(*opened);
    spool_ = std::move(*store::Spool::open(dir_.path(), 1'000'000, 1'000'000));
  }
  Gatherer& gatherer() {
    if (gatherer_) return *gatherer_;
    Surroundings around{settings_, io_.rooms(), worker_, log_, *store_, {}, {}, {}, {}, {}, {}};
    around.make_checker = [] { return cli::load_checker(true); };
    around.load_providers = cli::load_providers;
    around.resolver = [this] { return resolver_.get(); };
    around.size_of_upstream = [](const settings::Account&) { return std::optional(200'000UL); };
    around.size_limit_in = [](delivery::Attempt) { return named_size(); };
    around.scanner = scanner_;
    gatherer_.emplace(std::move(around));
    store_->on_change([this](const store::Change& change) { gatherer_->note(change); });
    io_.run(gatherer_->load_providers());
    io_.run(gatherer_->recall());
    return *gatherer_;
  }
  static awaitable<std::string> named_size() { co_return std::string("150000"); }

  void use_dns(const BadDns& dns) {
    net::ResolverOptions options;
    options.servers = dns.server();
    options.timeout = 400ms;
    resolver_ = std::move(*net::Resolver::make(io_.executor(), std::move(options)));
  }
  smtp::Envelope to(std::vector<std::string> recipients) {
    smtp::Envelope envelope;
    envelope.sender = "sato@gmail.com";
    for (auto& one : recipients) envelope.recipients.push_back({std::move(one), "", ""});
    return envelope;
  }
  // As a session does it.
  checks::Facts ask(const smtp::Envelope& envelope, const std::string& mail = "\r\nhello\r\n") {
    inquiry_ = gatherer().open(account_, envelope);
    for (const auto& one : envelope.recipients) inquiry_->add_recipient(one.address);
    message_.envelope = envelope;
    message_.body = store::Body::of_bytes(io_.executor(), *spool_, "A", mail);
    skeleton::Scanner scanner;
    scanner.feed(mail);
    const auto skeleton = scanner.finish();
    inquiry_->add_message(message_, skeleton);
    if (inquiry_->is_open()) io_.rooms().start("wait", inquiry_->wait());
    for (int round = 0; inquiry_->is_open() && round < 500; ++round) io_.turn(10ms);
    EXPECT_FALSE(inquiry_->is_open());
    return inquiry_->facts(envelope);
  }
  void was_sent(std::vector<std::string> addresses, int times = 1) {
    for (int i = 0; i < times; ++i) {
      store::Changes changes;
      const auto now =
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
      changes.push_back(store::NoteCorrespondents{"work", addresses, now});
      store_->write_behind(std::move(changes));
    }
  }

  settings::Settings settings_;
  settings::Account account_;
  support::IoRunner io_;
  support::ScratchDir dir_;
  net::Worker worker_;
  platform::Log log_{platform::LogFormat::json, platform::LogLevel::error};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Spool> spool_;
  std::unique_ptr<net::Resolver> resolver_;
  Scanner scanner_;
  std::optional<Gatherer> gatherer_;
  submission::Outgoing message_;
  std::unique_ptr<submission::Inquiry> inquiry_;
};

TEST_F(GathererTest, counts_what_was_sent_against_the_providers_limit) {
  gatherer();
  was_sent({"a@koinca.example", "b@koinca.example"}, 3);
  const auto facts = ask(to({"a@koinca.example"}));
  ASSERT_TRUE(facts.rate);
  EXPECT_EQ(facts.rate->messages_hour, 4U);
  EXPECT_EQ(facts.rate->recipients_day, 7U);
  EXPECT_EQ(facts.rate->max_messages_day, 500U);
  EXPECT_EQ(facts.rate->provider, "Gmail, also Google Workspace");
}

TEST_F(GathererTest, people_of_an_address_book_are_known_and_count_as_nothing_sent) {
  gatherer();
  for (int again = 0; again < 2; ++again) {
    store::Changes changes;
    changes.push_back(store::NoteCorrespondents{"work", {"rin@bigmial.co.jp"}, store::Time{}, 5});
    store_->write_behind(std::move(changes));
  }
  const auto facts = ask(to({"rin@bigmial.co.jp", "rinn@midori.jp"}));
  EXPECT_EQ(facts.rate->messages_day, 1U);
  EXPECT_THAT(facts.strangers, ElementsAre("rinn@midori.jp"));
  gatherer_.reset();
  const auto later = ask(to({"rin@bigmial.co.jp"}));
  EXPECT_TRUE(later.strangers.empty());
}

TEST_F(GathererTest, what_was_counted_is_there_after_a_restart) {
  gatherer();
  was_sent({"rin@bigmial.co.jp"}, 3);
  gatherer().keep_counts();
  gatherer_.reset();
  const auto facts = ask(to({"rin@bigmial.co.jp", "rinn@midori.jp"}));
  EXPECT_EQ(facts.rate->messages_day, 4U);
  EXPECT_THAT(facts.strangers, ElementsAre("rinn@midori.jp"));
}

TEST_F(GathererTest, a_refusal_for_size_is_learned) {
  gatherer();
  EXPECT_EQ(ask(to({"a@koinca.example"})).upstream_limit, 200'000U);
  store::AddAttempt refused;
  refused.attempt.message_id = "A";
  refused.attempt.attempt.relay = "smtp.gmail.com:587";
  refused.attempt.attempt.reply = {552, "5.3.4", "too large"};
  store::Changes changes;
  changes.push_back(refused);
  store_->write_behind(std::move(changes));
  io_.run_started();
  EXPECT_EQ(ask(to({"a@koinca.example"})).upstream_limit, 150'000U);
  gatherer_.reset();
  EXPECT_EQ(ask(to({"a@koinca.example"})).upstream_limit, 150'000U);
}

TEST_F(GathererTest, a_failing_dns_is_no_evidence) {
  for (const auto does :
       {BadDns::Does::serv_fail, BadDns::Does::refuse, BadDns::Does::send_garbage}) {
    BadDns dns(io_.executor(), does);
    use_dns(dns);
    EXPECT_TRUE(ask(to({"rin@koinca.jp"})).mistyped.empty());
    EXPECT_GT(dns.asked(), 0);
    dns.close();
  }
}

TEST_F(GathererTest, a_silent_dns_is_waited_for_within_the_budget_and_not_again) {
  BadDns dns(io_.executor(), BadDns::Does::stay_silent);
  use_dns(dns);
  settings_.checks.facts_budget = 100ms;
  inquiry_ = gatherer().open(account_, to({}));
  const auto begin = std::chrono::steady_clock::now();
  for (const char* one : {"a@koinca.jp", "b@midori.jp"}) {
    inquiry_->add_recipient(one);
    if (inquiry_->is_open()) io_.rooms().start("wait", inquiry_->wait());
  }
  EXPECT_TRUE(inquiry_->is_open());
  while (inquiry_->is_open()) io_.turn(10ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 350ms);
  EXPECT_TRUE(inquiry_->facts(to({"a@koinca.jp", "b@midori.jp"})).mistyped.empty());
  inquiry_ = gatherer().open(account_, to({}));
  inquiry_->add_recipient("c@kawa.jp");
  EXPECT_FALSE(inquiry_->is_open()) << "the DNS is known to be silent";
  inquiry_.reset();  // what was asked outlasts the message
  io_.run_started();
  dns.close();
}

TEST_F(GathererTest, well_known_and_inner_domains_are_not_asked_about) {
  BadDns dns(io_.executor(), BadDns::Does::serv_fail);
  use_dns(dns);
  settings_.checks.internal_domains = {"minato.jp"};
  const auto facts = ask(to(
      {"a@docomo.ne.jp", "b@files.internal", "c@gmail.com", "d@tokyo.minato.jp", "e@gmial.com"}));
  EXPECT_EQ(dns.asked(), 0);
  ASSERT_EQ(facts.mistyped.size(), 1U);
  EXPECT_EQ(facts.mistyped[0].address, "e@gmial.com");
  dns.close();
}

TEST_F(GathererTest, only_so_many_recipients_are_asked_about) {
  BadDns dns(io_.executor(), BadDns::Does::refuse);
  use_dns(dns);
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i) many.push_back("a@koinca" + std::to_string(i) + "x.jp");
  ask(to(std::move(many)));
  EXPECT_LT(dns.asked(), 4 * 50) << "a few tries for each of fifty";
  dns.close();
}

TEST_F(GathererTest, the_password_of_the_login_is_found_and_a_token_not_looked_for) {
  message_.credentials.user = "sato";
  message_.credentials.password = wire::Secret("kamome-2031");
  auto facts = ask(to({"a@koinca.example"}));
  ASSERT_TRUE(facts.own_password_in);
  EXPECT_EQ(facts.own_password_in("it is kamome-2031"), 6U);
  message_.credentials.mechanism = smtp::Mechanism::xoauth2;
  EXPECT_FALSE(ask(to({"a@koinca.example"})).own_password_in);
}

TEST_F(GathererTest, the_same_content_is_told_once_it_was_taken) {
  message_.message_id_header = "<1@example>";
  EXPECT_FALSE(ask(to({"a@koinca.example"})).same_content);
  message_.message_id_header = "<2@example>";
  EXPECT_FALSE(ask(to({"a@koinca.example"})).same_content) << "the first one was refused";
  inquiry_->message_is_taken();
  message_.message_id_header = "<3@example>";
  EXPECT_TRUE(ask(to({"a@koinca.example"})).same_content);
  EXPECT_FALSE(ask(to({"b@koinca.example"})).same_content);
}

awaitable<checks::ScanReport> eicar(std::shared_ptr<store::Body> body, std::uint64_t size) {
  const auto piece = co_await body->read(0, size);
  checks::ScanReport report;
  if (piece.has_value() && piece->bytes.find("EICAR") != std::string_view::npos)
    report.found.push_back("Eicar-Signature");
  co_return report;
}

awaitable<checks::ScanReport> never(net::Rooms& rooms) {
  co_await net::pause(rooms.executor(), 300ms);
  co_return checks::ScanReport{};
}

TEST_F(GathererTest, a_scanners_word_is_waited_for) {
  EXPECT_FALSE(gatherer().scans());
  gatherer_.reset();
  scanner_.scan = eicar;
  EXPECT_TRUE(gatherer().scans());
  EXPECT_EQ(ask(to({"a@koinca.example"}), "\r\nEICAR\r\n").scan.found.size(), 1U);
  const auto clean = ask(to({"a@koinca.example"}));
  EXPECT_TRUE(clean.scan.found.empty());
  EXPECT_FALSE(clean.scan.has_failed);
}

TEST_F(GathererTest, a_scanner_that_takes_too_long_has_failed) {
  scanner_.scan = [this](std::shared_ptr<store::Body>, std::uint64_t) {
    return never(io_.rooms());
  };
  scanner_.limit = 50ms;
  EXPECT_TRUE(ask(to({"a@koinca.example"})).scan.has_failed);
  io_.run_started();  // it outlasts the message
}

}  // namespace
}  // namespace todoku::facts
