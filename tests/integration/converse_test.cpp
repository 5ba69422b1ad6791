// SPDX-License-Identifier: Apache-2.0
// The loop of steps, with toy dialogues on real sockets.
#include "proxy/net/converse.hpp"

#include "proxy/net/certificate.hpp"
#include "proxy/net/tls.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/stream_pair.hpp"

#include <boost/asio/error.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace todoku::net {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
using support::nothing;
using support::StreamPair;
using wire::Action;
using wire::Event;
using wire::Happened;
using wire::Step;

// Takes the steps of a list and writes down what happened.
class Script : public wire::Dialogue {
 public:
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}
  Step next(const Event& event) override {
    events.push_back(event.what);
    heard += event.bytes;
    return at_ < steps_.size() ? steps_[at_++] : Step{Action::finish};
  }
  std::vector<Happened> events;
  std::string heard;

 private:
  std::vector<Step> steps_;
  std::size_t at_ = 0;
};

class ConverseTest : public ::testing::Test {
 protected:
  support::IoRunner io_;
  Security plain_;
};

using Happenings = std::vector<Happened>;

awaitable<void> greet_and_ask(support::IoRunner& io, Security& security) {
  StreamPair pair = co_await support::make_pair(io.executor());
  Script script({Step{Action::write, 1s, "220 ", "hello\r\n"}, Step{Action::read, 1s},
                 Step{Action::ask}, Step{Action::finish, 1s, "221 bye\r\n"}});
  co_await pair.client->write("QUIT\r\n", nothing);
  const Event opened{Happened::opened};
  const Action asked = co_await converse(*pair.server, script, opened, security);
  EXPECT_EQ(asked, Action::ask);
  EXPECT_EQ(script.heard, "QUIT\r\n");
  const Event answered{Happened::answered};
  const Action finished = co_await converse(*pair.server, script, answered, security);
  EXPECT_EQ(finished, Action::finish);
  EXPECT_EQ(script.events, (Happenings{Happened::opened, Happened::written, Happened::received,
                                       Happened::answered}));
  std::string said;
  Result<std::string_view> got = co_await pair.client->read();
  while (got) {
    said += *got;
    got = co_await pair.client->read();
  }
  EXPECT_EQ(said, "220 hello\r\n221 bye\r\n");
  EXPECT_EQ(got.error(), boost::asio::error::eof) << "finish closes the stream";
}

TEST_F(ConverseTest, WritesReadsAsksAndFinishes) {
  io_.run(greet_and_ask(io_, plain_));
}

awaitable<void> one_read(support::IoRunner& io, Security& security, Happened expected,
                         std::function<void(StreamPair&)> before) {
  StreamPair pair = co_await support::make_pair(io.executor());
  Script script({Step{Action::read, 50ms}});
  before(pair);
  const Event opened{Happened::opened};
  co_await converse(*pair.server, script, opened, security);
  EXPECT_EQ(script.events, (Happenings{Happened::opened, expected}));
}

TEST_F(ConverseTest, SilenceIsTimedOut) {
  io_.run(one_read(io_, plain_, Happened::timed_out, [](StreamPair&) {}));
}

TEST_F(ConverseTest, EndIsClosed) {
  io_.run(one_read(io_, plain_, Happened::closed, [](StreamPair& pair) { pair.client->close(); }));
}

TEST_F(ConverseTest, InterruptIsStopping) {
  io_.run(one_read(io_, plain_, Happened::stopping,
                   [](StreamPair& pair) { pair.server->interrupt(); }));
}

awaitable<void> refused_early(support::IoRunner& io, Security& security, const std::string& big) {
  StreamPair pair = co_await support::make_pair(io.executor());
  Script script({Step{Action::write, 100ms, "DATA\r\n", big}, Step{Action::read, 1s}});
  co_await pair.server->write("552 too big\r\n", nothing);
  const Event opened{Happened::opened};
  co_await converse(*pair.client, script, opened, security);
  EXPECT_EQ(script.heard, "552 too big\r\n");
  EXPECT_EQ(script.events, (Happenings{Happened::opened, Happened::received, Happened::timed_out}));
}

TEST_F(ConverseTest, EarlyRefusalIsHeardBeforeTheBrokenWrite) {
  const std::string big(16 << 20, 'x');
  io_.run(refused_early(io_, plain_, big));
}

awaitable<void> secured_side(Stream& stream, Script& script, Security& security) {
  const Event opened{Happened::opened};
  co_await converse(stream, script, opened, security);
}

awaitable<void> start_tls(support::IoRunner& io, Security& server_side, Security& client_side,
                          Script& server, Script& client) {
  StreamPair pair = co_await support::make_pair(io.executor());
  io.rooms().start("server", secured_side(*pair.server, server, server_side));
  co_await secured_side(*pair.client, client, client_side);
  while (io.rooms().alive() > 1) co_await pause(io.executor(), 1ms);
}

TEST_F(ConverseTest, SecuresBothSides) {
  const support::ScratchDir dir;
  const auto files = ensure_certificate(dir.path(), std::chrono::system_clock::now());
  const auto server_tls = std::move(*ServerTls::from_files(files->certificate, files->key));
  const auto client_tls = std::move(*ClientTls::make(files->certificate));
  Security server_side{server_tls.get(), nullptr, ""};
  Security client_side{nullptr, client_tls.get(), "localhost"};
  Script server({Step{Action::secure, 2s}, Step{Action::read, 2s}, Step{Action::finish, 2s, "ok"}});
  Script client(
      {Step{Action::secure, 2s}, Step{Action::write, 2s, "EHLO"}, Step{Action::read, 2s}});
  io_.run(start_tls(io_, server_side, client_side, server, client));
  EXPECT_EQ(server.heard, "EHLO");
  EXPECT_EQ(client.heard, "ok");
  client_side.host = "other.example";
  Script server_again({Step{Action::secure, 2s}});
  Script client_again({Step{Action::secure, 2s}});
  io_.run(start_tls(io_, server_side, client_side, server_again, client_again));
  EXPECT_EQ(client_again.events, (Happenings{Happened::opened, Happened::closed}));
  EXPECT_EQ(server_again.events, (Happenings{Happened::opened, Happened::closed}));
}

// Ten thousand steps that never wait: no recursion, and others still get their turn.
class Echo : public wire::Dialogue {
 public:
  Step next(const Event& event) override {
    if (event.what == Happened::closed || count_ >= 10'000) return {Action::finish, 1s, "end"};
    ++count_;
    return {Action::write, 1s, "x"};
  }

 private:
  int count_ = 0;
};

awaitable<void> many_steps(support::IoRunner& io, Security& security) {
  StreamPair pair = co_await support::make_pair(io.executor());
  Echo echo;
  const Event opened{Happened::opened};
  co_await converse(*pair.server, echo, opened, security);
  std::size_t size = 0;
  Result<std::string_view> got = co_await pair.client->read();
  while (got) {
    size += got->size();
    got = co_await pair.client->read();
  }
  EXPECT_EQ(size, 10'003U);
}

TEST_F(ConverseTest, ManyStepsInARow) {
  io_.run(many_steps(io_, plain_));
}

}  // namespace
}  // namespace todoku::net
