// SPDX-License-Identifier: Apache-2.0
// TLS over loopback: who is believed, why not, resumption, and the stream's habits under TLS.
#include "proxy/net/tls.hpp"

#include "proxy/net/certificate.hpp"
#include "proxy/net/error.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/stream_pair.hpp"

#include <boost/asio/error.hpp>

#include <openssl/ssl.h>

#include <chrono>
#include <fstream>
#include <string>

namespace todoku::net {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;
using std::chrono::system_clock;
using support::nothing;
using support::StreamPair;

// One server identity and one client that trusts it.
struct Parties {
  std::unique_ptr<ServerTls> server;
  std::unique_ptr<ClientTls> client;
  std::string host = "localhost";
};

class TlsTest : public ::testing::Test {
 protected:
  Parties parties(system_clock::time_point made = system_clock::now()) {
    const auto files = ensure_certificate(dir_.path(), made);
    EXPECT_TRUE(files.has_value());
    Parties both;
    both.server = std::move(*ServerTls::from_files(files->certificate, files->key));
    both.client = std::move(*ClientTls::make(files->certificate));
    return both;
  }
  support::ScratchDir dir_;
  support::IoRunner io_;
};

struct Outcome {
  error_code server;
  error_code client;
  std::string problem;
};

awaitable<void> serve(Stream& stream, ServerTls& tls, error_code& result, bool& done) {
  stream.expires_after(5s);
  result = co_await stream.secure_as_server(tls);
  if (result) stream.close();
  done = true;
}

awaitable<StreamPair> secure_pair(support::IoRunner& io, Parties& both, Outcome& outcome) {
  StreamPair pair = co_await support::make_pair(io.executor());
  bool done = false;
  io.rooms().start("server", serve(*pair.server, *both.server, outcome.server, done));
  pair.client->expires_after(5s);
  outcome.client = co_await pair.client->secure_as_client(*both.client, both.host);
  outcome.problem = pair.client->tls_problem();
  if (outcome.client) pair.client->close();
  while (!done) co_await pause(io.executor(), 1ms);
  co_return pair;
}

awaitable<std::string> read_exactly(Stream& stream, std::size_t size) {
  std::string all;
  while (all.size() < size) {
    const Result<std::string_view> got = co_await stream.read();
    if (!got) break;
    all += *got;
  }
  co_return all;
}

awaitable<void> talk(support::IoRunner& io, Parties& both) {
  Outcome outcome;
  StreamPair pair = co_await secure_pair(io, both, outcome);
  EXPECT_FALSE(outcome.client) << outcome.client.message() << " " << outcome.problem;
  EXPECT_FALSE(outcome.server) << outcome.server.message();
  EXPECT_TRUE(pair.client->is_secure());
  EXPECT_TRUE(pair.client->is_quiet_and_open()) << "waiting session tickets are no input";
  co_await pair.client->write("MAIL ", "FROM");
  const std::string got = co_await read_exactly(*pair.server, 9);
  EXPECT_EQ(got, "MAIL FROM");
  pair.server->interrupt();
  const Result<std::string_view> woken = co_await pair.server->read();
  EXPECT_EQ(woken.error(), error::interrupted);
  co_await pair.server->write("250 ok", nothing);
  const std::string reply = co_await read_exactly(*pair.client, 6);
  EXPECT_EQ(reply, "250 ok");
  pair.server->close();
  const Result<std::string_view> end = co_await pair.client->read();
  EXPECT_EQ(end.error(), boost::asio::error::eof);
  EXPECT_FALSE(pair.client->is_quiet_and_open());
}

TEST_F(TlsTest, VerifiedPeersTalk) {
  Parties both = parties();
  io_.run(talk(io_, both));
}

TEST_F(TlsTest, AddressLiteralIsVerifiedToo) {
  Parties both = parties();
  both.host = "127.0.0.1";
  io_.run(talk(io_, both));
}

awaitable<void> interrupted_while_waiting(support::IoRunner& io, Parties& both) {
  Outcome outcome;
  StreamPair pair = co_await secure_pair(io, both, outcome);
  io.rooms().start("late", support::write_later(*pair.client, "x", 60ms));
  pair.server->expires_after(5s);
  co_await pause(io.executor(), 5ms);
  Stream* server = pair.server.get();
  struct Later {
    static awaitable<void> interrupt(Stream* stream) {
      co_await pause(stream->executor(), 20ms);
      stream->interrupt();
    }
  };
  io.rooms().start("interrupt", Later::interrupt(server));
  const Result<std::string_view> woken = co_await pair.server->read();
  EXPECT_EQ(woken.error(), error::interrupted);
  const Result<std::string_view> got = co_await pair.server->read();
  EXPECT_TRUE(got.has_value() && *got == "x");
  pair.server->expires_after(30ms);
  const Result<std::string_view> late = co_await pair.server->read();
  EXPECT_EQ(late.error(), error::timed_out);
}

TEST_F(TlsTest, WaitingReadIsInterruptedWithoutHarm) {
  Parties both = parties();
  io_.run(interrupted_while_waiting(io_, both));
}

awaitable<void> send_big(Stream& stream, const std::string& head, const std::string& big) {
  stream.expires_after(10s);
  const error_code code = co_await stream.write(head, big);
  EXPECT_FALSE(code);
}

awaitable<void> big_flight(support::IoRunner& io, Parties& both, const std::string& big) {
  Outcome outcome;
  StreamPair pair = co_await secure_pair(io, both, outcome);
  const std::string head = "MAIL FROM:<a@b>\r\n";
  io.rooms().start("write", send_big(*pair.client, head, big));
  co_await pause(io.executor(), 60ms);
  EXPECT_EQ(io.rooms().alive(), 2U) << "the writer waits for the reader";
  const std::string got = co_await read_exactly(*pair.server, head.size() + big.size());
  EXPECT_TRUE(got == head + big);
}

TEST_F(TlsTest, BigWriteArrivesWhole) {
  Parties both = parties();
  std::string big(12'345'678, 'x');
  for (std::size_t i = 0; i < big.size(); i += 997) big[i] = static_cast<char>('a' + i % 26);
  io_.run(big_flight(io_, both, big));
}

awaitable<void> expect_failure(support::IoRunner& io, Parties& both, std::string problem) {
  Outcome outcome;
  StreamPair pair = co_await secure_pair(io, both, outcome);
  EXPECT_EQ(outcome.client, error::tls_failed);
  EXPECT_EQ(outcome.problem, problem);
  EXPECT_TRUE(outcome.server);
}

TEST_F(TlsTest, WrongNameIsRefused) {
  Parties both = parties();
  both.host = "mail.example.jp";
  io_.run(expect_failure(io_, both, "hostname mismatch"));
}

TEST_F(TlsTest, ExpiredIsRefused) {
  Parties both = parties(system_clock::now() - 24h * 500);
  io_.run(expect_failure(io_, both, "certificate has expired"));
}

TEST_F(TlsTest, UnknownSelfSignedIsRefused) {
  Parties both = parties();
  both.client = std::move(*ClientTls::make({}));
  io_.run(expect_failure(io_, both, "self-signed certificate"));
}

awaitable<void> speak_plain(support::IoRunner& io, Parties& both) {
  StreamPair pair = co_await support::make_pair(io.executor());
  io.rooms().start("plain", support::write_later(*pair.server, "220 hello\r\n", 1ms));
  pair.client->expires_after(5s);
  const error_code code = co_await pair.client->secure_as_client(*both.client, both.host);
  EXPECT_EQ(code, error::tls_failed);
  EXPECT_EQ(pair.client->tls_problem(), "wrong version number");
}

TEST_F(TlsTest, PlainTextPeerIsNamed) {
  Parties both = parties();
  io_.run(speak_plain(io_, both));
}

awaitable<void> stay_silent(support::IoRunner& io, Parties& both) {
  StreamPair pair = co_await support::make_pair(io.executor());
  pair.client->expires_after(50ms);
  const error_code code = co_await pair.client->secure_as_client(*both.client, both.host);
  EXPECT_EQ(code, error::timed_out);
  EXPECT_FALSE(pair.client->tls_problem().empty());
  StreamPair second = co_await support::make_pair(io.executor());
  second.server->close();
  const error_code closed = co_await second.client->secure_as_client(*both.client, both.host);
  EXPECT_TRUE(closed);
  EXPECT_FALSE(second.client->tls_problem().empty());
}

TEST_F(TlsTest, SilentOrClosingPeerEndsTheHandshake) {
  Parties both = parties();
  io_.run(stay_silent(io_, both));
}

awaitable<void> count_resumed(support::IoRunner& io, Parties& both, long& hits) {
  for (int round = 0; round < 2; ++round) {
    Outcome outcome;
    StreamPair pair = co_await secure_pair(io, both, outcome);
    EXPECT_FALSE(outcome.client) << outcome.problem;
    co_await pair.server->write("250", nothing);
    const std::string got = co_await read_exactly(*pair.client, 3);  // tickets come before it
    EXPECT_EQ(got, "250");
  }
  hits = SSL_CTX_sess_hits(both.server->context().native_handle());
}

// The listener's port differs between the pairs, so the second round must not resume.
TEST_F(TlsTest, SessionsAreKeptPerPort) {
  Parties both = parties();
  long hits = -1;
  io_.run(count_resumed(io_, both, hits));
  EXPECT_EQ(hits, 0);
}

awaitable<void> serve_rounds(Listener& listener, ServerTls& tls, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    Result<Stream> stream = co_await listener.accept();
    if (!stream) co_return;
    const error_code code = co_await stream->secure_as_server(tls);
    EXPECT_FALSE(code);
    co_await stream->write("250", nothing);
    co_await stream->read();
  }
}

awaitable<void> visit(support::IoRunner& io, ClientTls& tls, std::uint16_t port) {
  const std::string host = "127.0.0.1";
  Connected connected = co_await connect(io.executor(), host, port, 5s);
  Stream& stream = std::get<Stream>(connected);
  const error_code code = co_await stream.secure_as_client(tls, host);
  EXPECT_FALSE(code) << stream.tls_problem();
  const std::string got = co_await read_exactly(stream, 3);
  EXPECT_EQ(got, "250");
}

awaitable<void> visit_thrice(support::IoRunner& io, Parties& both) {
  Result<Listener> listener = Listener::open(io.executor(), "127.0.0.1", 0);
  io.rooms().start("server", serve_rounds(*listener, *both.server, 3));
  for (int round = 0; round < 3; ++round) co_await visit(io, *both.client, listener->port());
  while (io.rooms().alive() > 1) co_await pause(io.executor(), 1ms);
}

TEST_F(TlsTest, LaterConnectionsResumeTheSession) {
  Parties both = parties();
  io_.run(visit_thrice(io_, both));
  EXPECT_EQ(SSL_CTX_sess_hits(both.server->context().native_handle()), 2);
}

TEST_F(TlsTest, SessionsResumeWithTls12) {
  Parties both = parties();
  SSL_CTX_set_max_proto_version(both.server->context().native_handle(), TLS1_2_VERSION);
  io_.run(visit_thrice(io_, both));
  EXPECT_EQ(SSL_CTX_sess_hits(both.server->context().native_handle()), 2);
}

TEST_F(TlsTest, OldProtocolsAreOff) {
  Parties both = parties();
  EXPECT_EQ(SSL_CTX_get_min_proto_version(both.server->context().native_handle()), TLS1_2_VERSION);
  EXPECT_EQ(SSL_CTX_get_min_proto_version(both.client->context().native_handle()), TLS1_2_VERSION);
}

TEST_F(TlsTest, UselessFilesAreErrors) {
  const auto files = ensure_certificate(dir_.path(), system_clock::now());
  const auto empty = dir_.path() / "empty.pem";
  std::ofstream(empty) << "nothing here\n";
  EXPECT_EQ(ClientTls::make(empty).error(), error::bad_certificate);
  EXPECT_EQ(ClientTls::make(dir_.path() / "missing").error(),
            boost::system::errc::no_such_file_or_directory);
  EXPECT_EQ(ServerTls::from_files(files->certificate, empty).error(), error::bad_certificate);
  auto server = ServerTls::from_files(files->certificate, files->key);
  EXPECT_EQ((*server)->reload(empty, empty), error::bad_certificate);
  EXPECT_FALSE((*server)->reload(files->certificate, files->key));
}

}  // namespace
}  // namespace todoku::net
