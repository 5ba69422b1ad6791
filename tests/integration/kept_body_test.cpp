// SPDX-License-Identifier: Apache-2.0
// Bodies that are kept, sealed and clear: read back byte for byte at any offset, also while they
// still arrive; what was changed or cut is an error; every file operation failing.
#include "proxy/store/body.hpp"
#include "tests/support/failing_files.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace todoku::store {
namespace {

using boost::asio::awaitable;
namespace errc = boost::system::errc;
namespace fs = std::filesystem;

constexpr std::uint64_t memory_body = 1000;

std::shared_ptr<const Sealer> keyed(char fill = 'k') {
  return Sealer::with_key(wire::Secret(std::string(Sealer::key_size, fill)));
}

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 chance(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return bytes;
}

// true = sealed
class KeptBodyTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { open(); }
  void open(std::uint64_t max_bytes = 1 << 30) {
    spool_.reset();
    auto opened =
        Spool::open(dir_.path(), memory_body, max_bytes, GetParam() ? keyed() : Sealer::none(),
                    std::make_unique<support::FailingFiles>(faults_));
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    spool_ = std::move(*opened);
  }
  std::shared_ptr<Body> finished(const std::string& id, const std::string& bytes) {
    auto body = std::make_shared<Body>(io_.executor(), *spool_, id);
    EXPECT_FALSE(body->append(bytes));
    body->finish();
    return body;
  }
  void keep(const std::string& id, const std::string& bytes) {
    EXPECT_FALSE(finished(id, bytes)->keep());
  }
  fs::path file(const std::string& id) const { return dir_.path() / "spool" / (id + ".body"); }

  support::ScratchDir dir_;
  support::Faults faults_;
  support::IoRunner io_;
  std::unique_ptr<Spool> spool_;
};

INSTANTIATE_TEST_SUITE_P(ClearAndSealed, KeptBodyTest, ::testing::Bool(),
                         [](const auto& now) { return now.param ? "Sealed" : "Clear"; });

awaitable<void> read_from(Body& body, std::uint64_t offset, std::size_t max, std::string& into,
                          error_code& code) {
  for (;;) {
    const Result<Body::Piece> piece = co_await body.read(offset + into.size(), max);
    if (!piece) {
      code = piece.error();
      co_return;
    }
    into += piece->bytes;
    if (piece->is_last || piece->is_abandoned) co_return;
  }
}

std::string whole(support::IoRunner& io, Body& body, error_code& code) {
  std::string bytes;
  io.run(read_from(body, 0, 50'000, bytes, code));
  return bytes;
}

TEST_P(KeptBodyTest, ComesBackAfterARestartInEverySize) {
  constexpr std::size_t chunk = Sealer::chunk_size;
  for (const std::size_t size :
       {memory_body + 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 1, 5 * chunk - 7}) {
    const std::string bytes = noise(size, static_cast<unsigned>(size));
    const std::string id = "m" + std::to_string(size);
    keep(id, bytes);
    open();
    const auto again = Body::reopen(io_.executor(), *spool_, id, size);
    ASSERT_TRUE(again.has_value()) << size << again.error().message();
    EXPECT_TRUE((*again)->is_in_file());
    error_code code;
    EXPECT_TRUE(whole(io_, **again, code) == bytes) << size;
    EXPECT_FALSE(code);
    EXPECT_FALSE(spool_->remove(id));
    EXPECT_FALSE(fs::exists(file(id)));
  }
  EXPECT_EQ(spool_->used_bytes(), 0U);
}

awaitable<void> read_once(Body& body, std::size_t max, std::size_t& got, bool& is_last) {
  const Result<Body::Piece> piece = co_await body.read(0, max);
  if (!piece) co_return;
  got = piece->bytes.size();
  is_last = piece->is_last;
}

// A message that fits into one piece leaves in one flight; chunks of the file must not show.
TEST_P(KeptBodyTest, OnePieceIsAsLargeAsAskedFor) {
  const std::string bytes = noise(200'000, 7);
  const auto body = finished("m1", bytes);
  std::size_t got = 0;
  bool is_last = false;
  io_.run(read_once(*body, 512 * 1024, got, is_last));
  EXPECT_EQ(got, bytes.size());
  EXPECT_TRUE(is_last);
  io_.run(read_once(*body, 150'000, got, is_last));
  EXPECT_EQ(got, 150'000U);
  EXPECT_FALSE(is_last);
}

TEST_P(KeptBodyTest, OnlyTheSealedFileHidesTheText) {
  keep("m1", std::string(100'000, 'S'));
  std::ifstream in(file("m1"), std::ios::binary);
  const std::string raw(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(raw.find("SSSSSSSS") == std::string::npos, GetParam());
}

// The same steps on any body give what a plain string would.
awaitable<void> read_at_random(Body& body, const std::string& all, unsigned seed) {
  std::mt19937 chance(seed);
  std::size_t written = 0;
  for (int step = 0; step < 400; ++step) {
    if (written < all.size() && chance() % 2 == 0) {
      const std::size_t part = std::min<std::size_t>(chance() % 40'000, all.size() - written);
      EXPECT_FALSE(body.append(std::string_view(all).substr(written, part)));
      written += part;
      if (written == all.size()) body.finish();
    }
    if (written == 0) continue;
    const std::size_t offset = chance() % written;
    const std::size_t max = 1 + chance() % 90'000;
    const Result<Body::Piece> piece = co_await body.read(offset, max);
    EXPECT_TRUE(piece.has_value());
    if (!piece) co_return;
    EXPECT_FALSE(piece->bytes.empty());
    EXPECT_LE(piece->bytes.size(), max);
    EXPECT_TRUE(piece->bytes == std::string_view(all).substr(offset, piece->bytes.size()));
    EXPECT_EQ(piece->is_last, body.is_finished() && offset + piece->bytes.size() == all.size());
    if (body.is_finished() && chance() % 50 == 0) {
      EXPECT_FALSE(body.keep());
    }
  }
}

TEST_P(KeptBodyTest, AnyReadWhileItArrivesGivesTheBytes) {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    const std::string all = noise(200'000 + seed * 12'345, seed);
    const std::string id = "m" + std::to_string(seed);
    Body body(io_.executor(), *spool_, id);
    io_.run(read_at_random(body, all, seed));
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST_P(KeptBodyTest, SmallOnesStayInMemory) {
  const auto small = finished("m1", "small");
  EXPECT_FALSE(small->is_in_file());
  EXPECT_EQ(small->small_bytes(), "small");
  EXPECT_FALSE(small->keep());
  const auto again = Body::of_bytes(io_.executor(), *spool_, "m2", "kept elsewhere");
  EXPECT_TRUE(again->is_finished());
  EXPECT_EQ(again->small_bytes(), "kept elsewhere");
  error_code code;
  EXPECT_EQ(whole(io_, *again, code), "kept elsewhere");
}

TEST_P(KeptBodyTest, WhatIsSetAsideIsKeptElsewhereAndCountsNoMore) {
  keep("m1", noise(10'000, 1));
  keep("m2", noise(20'000, 2));
  open();
  const auto size = fs::file_size(file("m1"));
  const auto aside = file("m1").parent_path().parent_path() / "aside";
  EXPECT_FALSE(spool_->set_aside(aside));
  EXPECT_EQ(spool_->used_bytes(), 0U);
  EXPECT_FALSE(fs::exists(file("m1")));
  EXPECT_EQ(fs::file_size(aside / file("m1").filename()), size);
  EXPECT_TRUE(fs::exists(aside / file("m2").filename()));
  open();
  EXPECT_FALSE(spool_->remove_all_but({}));
  EXPECT_TRUE(fs::exists(aside / file("m1").filename()));
}

TEST_P(KeptBodyTest, WhatIsKeptCountsUntilItIsRemoved) {
  keep("m1", noise(10'000, 1));
  EXPECT_EQ(spool_->used_bytes(), 10'000U);
  keep("m2", noise(20'000, 2));
  finished("gone", noise(5000, 3)).reset();
  EXPECT_FALSE(fs::exists(file("gone")));
  EXPECT_EQ(spool_->used_bytes(), 30'000U);
  open();
  EXPECT_GE(spool_->used_bytes(), 30'000U);
  EXPECT_FALSE(spool_->remove_all_but({"m2"}));
  EXPECT_FALSE(fs::exists(file("m1")));
  EXPECT_TRUE(fs::exists(file("m2")));
  {
    const auto open_one = Body::reopen(io_.executor(), *spool_, "m2", 20'000);
    ASSERT_TRUE(open_one.has_value());
    EXPECT_FALSE(spool_->remove("m2"));
    error_code code;
    EXPECT_TRUE(whole(io_, **open_one, code) == noise(20'000, 2)) << "still readable";
  }
  EXPECT_EQ(spool_->used_bytes(), 0U);
  EXPECT_FALSE(spool_->remove("never there"));
}

TEST_P(KeptBodyTest, CutAndLongerFilesAreAnError) {
  const std::string bytes = noise(200'000, 4);
  keep("m1", bytes);
  fs::resize_file(file("m1"), fs::file_size(file("m1")) - 1);
  EXPECT_EQ(Body::reopen(io_.executor(), *spool_, "m1", bytes.size()).error(), errc::bad_message);
  fs::resize_file(file("m1"), fs::file_size(file("m1")) + 2);
  EXPECT_EQ(Body::reopen(io_.executor(), *spool_, "m1", bytes.size()).error(), errc::bad_message);
  EXPECT_EQ(Body::reopen(io_.executor(), *spool_, "m2", 1).error(),
            errc::no_such_file_or_directory);
}

TEST_P(KeptBodyTest, CutWhileItIsReadIsAnError) {
  const std::string bytes = noise(200'000, 4);
  keep("m1", bytes);
  const auto again = Body::reopen(io_.executor(), *spool_, "m1", bytes.size());
  ASSERT_TRUE(again.has_value());
  fs::resize_file(file("m1"), 100'000);
  error_code code;
  const std::string read = whole(io_, **again, code);
  EXPECT_EQ(code, errc::io_error);
  EXPECT_TRUE(bytes.starts_with(read));
}

TEST_P(KeptBodyTest, AChangedSealedFileIsAnErrorNotGarbage) {
  if (!GetParam()) return;  // clear files have nothing to tell it by
  const std::string bytes = noise(150'000, 5);
  for (const std::streamoff at : {0, 9, 40, 70'000, 100'000, 149'999}) {
    keep("m1", bytes);
    std::fstream changing(file("m1"), std::ios::in | std::ios::out | std::ios::binary);
    changing.seekg(at);
    const char old = static_cast<char>(changing.get());
    changing.seekp(at);
    changing.put(static_cast<char>(old ^ 1));
    changing.close();
    const auto again = Body::reopen(io_.executor(), *spool_, "m1", bytes.size());
    error_code code = again ? error_code() : again.error();
    std::string read;
    if (again) read = whole(io_, **again, code);
    EXPECT_EQ(code, errc::bad_message) << "byte " << at;
    EXPECT_TRUE(bytes.starts_with(read)) << "byte " << at;
    EXPECT_FALSE(spool_->remove("m1"));
  }
}

TEST_P(KeptBodyTest, AnotherKeyOrNoneDoesNotOpenASealedFile) {
  if (!GetParam()) return;
  keep("m1", noise(100'000, 6));
  spool_->use_sealer(keyed('x'));
  auto again = Body::reopen(io_.executor(), *spool_, "m1", 100'000);
  ASSERT_TRUE(again.has_value());
  error_code code;
  EXPECT_EQ(whole(io_, **again, code), "");
  EXPECT_EQ(code, errc::bad_message);
  spool_->use_sealer(Sealer::none());
  EXPECT_EQ(Body::reopen(io_.executor(), *spool_, "m1", 100'000).error(), errc::bad_message);
}

TEST_P(KeptBodyTest, AClearFileIsReadAfterSealingWasSwitchedOn) {
  if (GetParam()) return;
  keep("m1", noise(100'000, 7));
  spool_->use_sealer(keyed());
  const auto again = Body::reopen(io_.executor(), *spool_, "m1", 100'000);
  ASSERT_TRUE(again.has_value());
  error_code code;
  EXPECT_TRUE(whole(io_, **again, code) == noise(100'000, 7));
}

awaitable<void> make_durable(Body& body, error_code& code) {
  code = co_await body.make_durable();
}

TEST_P(KeptBodyTest, SealedWithAKeyOfThisRunCannotBeKept) {
  spool_->use_sealer(keyed('b'), KeyLife::this_run);
  const auto body = finished("m1", noise(100'000, 8));
  spool_->use_sealer(keyed());
  EXPECT_FALSE(body->can_be_kept()) << "it goes on with the key that it began with";
  EXPECT_EQ(body->keep(), errc::operation_not_permitted);
  error_code code;
  io_.run(make_durable(*body, code));
  EXPECT_EQ(code, errc::operation_not_permitted);
  EXPECT_TRUE(whole(io_, *body, code) == noise(100'000, 8)) << "the relay can have it";
  EXPECT_TRUE(finished("m2", noise(100'000, 8))->can_be_kept());
}

TEST_P(KeptBodyTest, DurableOnesShareTheirSyncs) {
  std::vector<std::shared_ptr<Body>> bodies;
  std::vector<error_code> codes(20, errc::make_error_code(errc::interrupted));
  for (unsigned i = 0; i < 20; ++i) {
    bodies.push_back(finished("m" + std::to_string(i), noise(70'000, i)));
    io_.rooms().start("sync", make_durable(*bodies[i], codes[i]));
  }
  io_.run_started();
  for (const error_code& code : codes) EXPECT_FALSE(code);
  EXPECT_EQ(faults_.syncs, 20);
  EXPECT_LE(faults_.dir_syncs, 2) << "one for the first, one for those who came meanwhile";
  io_.run(make_durable(*bodies[0], codes[0]));
  EXPECT_EQ(faults_.syncs, 20) << "durable once is durable";
  const auto small = finished("small", "s");
  io_.run(make_durable(*small, codes[0]));
  EXPECT_FALSE(codes[0]);
  EXPECT_EQ(faults_.syncs, 20);
}

TEST_P(KeptBodyTest, AFailedSyncIsFinal) {
  const auto body = finished("m1", noise(70'000, 9));
  faults_.sync = errc::make_error_code(errc::io_error);
  error_code code;
  io_.run(make_durable(*body, code));
  EXPECT_EQ(code, errc::io_error);
  faults_.sync = {};
  io_.run(make_durable(*body, code));
  EXPECT_EQ(code, errc::io_error) << "the system may have dropped what it could not write";
  faults_.sync_dir = errc::make_error_code(errc::no_space_on_device);
  io_.run(make_durable(*finished("m2", noise(70'000, 9)), code));
  EXPECT_EQ(code, errc::no_space_on_device);
}

TEST_P(KeptBodyTest, AnErrorAtEachWriteIsHeardAndNeverGarbage) {
  const std::string bytes = noise(200'000, 10);
  for (const auto what : {errc::no_space_on_device, errc::io_error}) {
    bool went_through = false;
    for (int working = 0; !went_through; ++working) {
      ASSERT_LT(working, 100);
      faults_.write = errc::make_error_code(what);
      faults_.operations_left = working;
      Body body(io_.executor(), *spool_, "m1");
      error_code code;
      for (std::size_t at = 0; at < bytes.size() && !code; at += 30'000) {
        code = body.append(std::string_view(bytes).substr(at, 30'000));
      }
      if (!code) {
        body.finish();
        code = body.keep();
      }
      went_through = !code;
      EXPECT_TRUE(!code || code == what) << code.message();
      faults_.write = {};
      faults_.operations_left = -1;
      EXPECT_FALSE(spool_->remove("m1"));
    }
    EXPECT_EQ(spool_->used_bytes(), 0U);
  }
  EXPECT_TRUE(fs::is_empty(dir_.path() / "spool"));
}

TEST_P(KeptBodyTest, ShortWritesAndReadsAreContinued) {
  const std::string bytes = noise(150'000, 11);
  faults_.at_most = 777;
  keep("m1", bytes);
  const auto again = Body::reopen(io_.executor(), *spool_, "m1", bytes.size());
  ASSERT_TRUE(again.has_value());
  error_code code;
  EXPECT_TRUE(whole(io_, **again, code) == bytes);
}

TEST_P(KeptBodyTest, AFailingReadIsAnError) {
  keep("m1", noise(150'000, 12));
  const auto again = Body::reopen(io_.executor(), *spool_, "m1", 150'000);
  ASSERT_TRUE(again.has_value());
  faults_.read = errc::make_error_code(errc::io_error);
  error_code code;
  EXPECT_EQ(whole(io_, **again, code), "");
  EXPECT_EQ(code, errc::io_error);
}

TEST_P(KeptBodyTest, AFolderThatCannotBeReadIsAnErrorAtStart) {
  faults_.list = errc::make_error_code(errc::io_error);
  const auto opened = Spool::open(dir_.path(), memory_body, 1 << 20, Sealer::none(),
                                  std::make_unique<support::FailingFiles>(faults_));
  EXPECT_EQ(opened.error(), errc::io_error);
}

}  // namespace
}  // namespace todoku::store
