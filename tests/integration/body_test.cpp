// SPDX-License-Identifier: Apache-2.0
// Bodies in memory and on disk: concurrent reading, back-pressure, abandonment, and every file
// operation failing.
#include "proxy/store/body.hpp"

#include "tests/support/failing_files.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <sys/stat.h>

#include <fstream>
#include <string>

namespace todoku::store {
namespace {

using boost::asio::awaitable;
namespace errc = boost::system::errc;
using namespace std::chrono_literals;

class BodyTest : public ::testing::Test {
 protected:
  void open(std::uint64_t memory_body, std::uint64_t max_bytes = 1 << 30) {
    auto opened = Spool::open(dir_.path(), memory_body, max_bytes, Sealer::none(),
                              std::make_unique<support::FailingFiles>(faults_));
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    spool_ = std::move(*opened);
  }
  std::unique_ptr<Body> body(const std::string& id = "m1") {
    return std::make_unique<Body>(io_.executor(), *spool_, id);
  }
  std::filesystem::path file(const std::string& id = "m1") {
    return dir_.path() / "spool" / (id + ".body");
  }
  support::ScratchDir dir_;
  support::Faults faults_;
  support::IoRunner io_;
  std::unique_ptr<Spool> spool_;
};

struct Reading {
  std::string bytes;
  bool was_abandoned = false;
  error_code code;
  int pieces = 0;
};

awaitable<void> read_whole(Body& body, std::size_t max, Reading& reading) {
  for (;;) {
    const Result<Body::Piece> piece = co_await body.read(reading.bytes.size(), max);
    reading.code = piece ? error_code() : piece.error();
    if (!piece) co_return;
    reading.was_abandoned = piece->is_abandoned;
    reading.bytes += piece->bytes;
    ++reading.pieces;
    if (piece->is_last || piece->is_abandoned) co_return;
  }
}

TEST_F(BodyTest, SmallBodyStaysInMemory) {
  open(100);
  auto small = body();
  EXPECT_FALSE(small->append("hello "));
  EXPECT_FALSE(small->append("world"));
  small->finish();
  EXPECT_FALSE(std::filesystem::exists(file()));
  Reading reading;
  io_.run(read_whole(*small, 4, reading));
  EXPECT_EQ(reading.bytes, "hello world");
  EXPECT_EQ(reading.pieces, 3);
}

TEST_F(BodyTest, EmptyBodyEndsAtOnce) {
  open(100);
  auto empty = body();
  empty->finish();
  Reading reading;
  io_.run(read_whole(*empty, 4, reading));
  EXPECT_EQ(reading.bytes, "");
  EXPECT_EQ(reading.pieces, 1);
}

TEST_F(BodyTest, BigBodyGoesToAPrivateFileThatIsRemoved) {
  open(10);
  auto big = body();
  EXPECT_FALSE(big->append("0123456789"));
  EXPECT_FALSE(std::filesystem::exists(file()));
  EXPECT_FALSE(big->append("abc"));
  struct stat found {};
  ASSERT_EQ(::stat(file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  big->finish();
  Reading reading;
  io_.run(read_whole(*big, 7, reading));
  EXPECT_EQ(reading.bytes, "0123456789abc");
  big.reset();
  EXPECT_FALSE(std::filesystem::exists(file()));
}

awaitable<void> write_in_parts(Body& body, const std::string& all, std::size_t part) {
  for (std::size_t at = 0; at < all.size(); at += part) {
    const error_code code = body.append(std::string_view(all).substr(at, part));
    EXPECT_FALSE(code);
    co_await net::pause(co_await boost::asio::this_coro::executor, 1ms);
  }
  body.finish();
}

TEST_F(BodyTest, ReaderFollowsAWriterThroughTheSpill) {
  open(50);
  auto growing = body();
  std::string all;
  for (int i = 0; i < 40; ++i) all += "line " + std::to_string(i) + "\r\n";
  Reading reading;
  io_.rooms().start("read", read_whole(*growing, 33, reading));
  io_.run(write_in_parts(*growing, all, 9));
  EXPECT_EQ(reading.bytes, all);
}

// A piece must stay valid although the writer appends, and even spills, before the next read.
awaitable<void> hold_a_piece(Body& body) {
  body.append("first");
  const Result<Body::Piece> piece = co_await body.read(0, 100);
  const std::string more(500, 'x');
  body.append(more);
  EXPECT_EQ(piece->bytes, "first");
  EXPECT_FALSE(piece->is_last);
}

TEST_F(BodyTest, PieceOutlivesLaterAppends) {
  open(20);
  auto growing = body();
  io_.run(hold_a_piece(*growing));
}

awaitable<void> abandon_later(Body& body) {
  co_await net::pause(co_await boost::asio::this_coro::executor, 10ms);
  body.abandon();
}

TEST_F(BodyTest, AbandonWakesTheReader) {
  open(100);
  auto broken = body();
  broken->append("half");
  Reading reading;
  io_.rooms().start("read", read_whole(*broken, 100, reading));
  io_.run(abandon_later(*broken));
  EXPECT_TRUE(reading.was_abandoned);
  EXPECT_EQ(reading.bytes, "half");
  EXPECT_TRUE(broken->is_abandoned());
}

awaitable<void> write_held(Body& body, std::size_t& written, wire::Duration patience = 10s) {
  const std::string block(1000, 'b');
  for (int i = 0; i < 20; ++i) {
    co_await body.wait_for_reader(4000, patience);
    body.append(block);
    written += block.size();
  }
  body.finish();
}

awaitable<void> hold_the_writer(support::IoRunner& io, Body& body, bool detach) {
  std::size_t written = 0;
  io.rooms().start("write", write_held(body, written));
  co_await net::pause(io.executor(), 20ms);
  EXPECT_EQ(written, 5000U);
  Reading reading;
  if (detach) {
    body.detach_reader();
  } else {
    co_await read_whole(body, 700, reading);
    EXPECT_EQ(reading.bytes.size(), 20'000U);
  }
  co_await net::pause(io.executor(), 10ms);
  EXPECT_EQ(written, 20'000U);
}

TEST_F(BodyTest, WriterIsHeldToTheReader) {
  open(2000);
  auto held = body();
  io_.run(hold_the_writer(io_, *held, false));
}

TEST_F(BodyTest, WriterGoesOnWithoutReader) {
  open(2000);
  auto held = body();
  io_.run(hold_the_writer(io_, *held, true));
}

awaitable<void> outlast_the_patience(support::IoRunner& io, Body& body) {
  std::size_t written = 0;
  const wire::Duration patience(30);
  io.rooms().start("write", write_held(body, written, patience));
  while (written < 5000) co_await net::pause(io.executor(), 1ms);
  for (int i = 0; i < 500 && !body.is_finished(); ++i) co_await net::pause(io.executor(), 2ms);
  EXPECT_EQ(written, 20'000U);
  Reading reading;
  co_await read_whole(body, 700, reading);
  EXPECT_EQ(reading.bytes.size(), 20'000U);
}

TEST_F(BodyTest, WriterIsNotHeldForEverToAReaderThatIsStuck) {
  open(2000);
  auto held = body();
  io_.run(outlast_the_patience(io_, *held));
}

TEST_F(BodyTest, SpoolLimitIsForAllBodiesAndGivenBack) {
  open(10, 30);
  auto first = body("a");
  auto second = body("b");
  EXPECT_FALSE(first->append(std::string(20, 'a')));
  EXPECT_EQ(second->append(std::string(11, 'b')), errc::no_space_on_device);
  EXPECT_EQ(second->append("b"), errc::no_space_on_device) << "the body stays in that state";
  first.reset();
  auto third = body("c");
  EXPECT_FALSE(third->append(std::string(30, 'c')));
}

TEST_F(BodyTest, DiskNearlyFullIsRefusedBeforeItIsFull) {
  open(10);
  faults_.free_space = 60ULL << 20;
  auto refused = body();
  EXPECT_EQ(refused->append(std::string(20, 'a')), errc::no_space_on_device);
}

TEST_F(BodyTest, FreeSpaceThatCannotBeAskedIsNoReason) {
  open(10);
  faults_.free = errc::make_error_code(errc::function_not_supported);
  auto taken = body();
  EXPECT_FALSE(taken->append(std::string(20, 'a')));
}

TEST_F(BodyTest, CreateFails) {
  open(10);
  faults_.create = errc::make_error_code(errc::permission_denied);
  auto failing = body();
  EXPECT_EQ(failing->append(std::string(20, 'a')), errc::permission_denied);
}

TEST_F(BodyTest, ExistingFileIsNotOverwritten) {
  open(10);
  std::ofstream(file()) << "precious";
  {
    auto failing = body();
    EXPECT_EQ(failing->append(std::string(20, 'a')), errc::file_exists);
  }
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(BodyTest, WriteFailsInTheMiddleAndTheReaderHearsIt) {
  open(10);
  faults_.write = errc::make_error_code(errc::no_space_on_device);
  faults_.write_fails_from = 30;
  auto failing = body();
  EXPECT_FALSE(failing->append(std::string(30, 'a')));
  EXPECT_EQ(failing->append(std::string(30, 'b')), errc::no_space_on_device);
  EXPECT_EQ(failing->size(), 30U);
  Reading reading;
  io_.run(read_whole(*failing, 100, reading));
  EXPECT_EQ(reading.code, errc::no_space_on_device);
}

TEST_F(BodyTest, ShortWritesAndReadsAreContinued) {
  open(10);
  faults_.at_most = 3;
  auto slow = body();
  const std::string text = "a text of several short pieces";
  EXPECT_FALSE(slow->append(text));
  slow->finish();
  Reading reading;
  io_.run(read_whole(*slow, 100, reading));
  EXPECT_EQ(reading.bytes, text);
}

TEST_F(BodyTest, ReadFails) {
  open(10);
  auto failing = body();
  failing->append(std::string(30, 'a'));
  failing->finish();
  faults_.ends_early = true;
  Reading cut;
  io_.run(read_whole(*failing, 100, cut));
  EXPECT_EQ(cut.code, errc::io_error);
  faults_.read = errc::make_error_code(errc::io_error);
  Reading reading;
  io_.run(read_whole(*failing, 100, reading));
  EXPECT_EQ(reading.code, errc::io_error);
}

TEST_F(BodyTest, SystemFilesWork) {
  auto opened = Spool::open(dir_.path(), 10, 1 << 20);
  ASSERT_TRUE(opened.has_value());
  spool_ = std::move(*opened);
  auto real = body();
  EXPECT_FALSE(real->append(std::string(100'000, 'r')));
  real->finish();
  Reading reading;
  io_.run(read_whole(*real, 65'536, reading));
  EXPECT_EQ(reading.bytes.size(), 100'000U);
}

}  // namespace
}  // namespace todoku::store
