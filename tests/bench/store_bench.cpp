// SPDX-License-Identifier: Apache-2.0
// What a message costs in the store: noted behind its delivery (CPU of all threads), and made
// durable, alone and in company, beside the disk's own rate of synced appends.
#include "proxy/store/store.hpp"
#include "tests/support/io_runner.hpp"
#include "tests/support/scratch_dir.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

namespace todoku::bench {
namespace {

using store::Changes;

enum class Fate : std::uint8_t {
  sent,  // its body becomes a copy
  kept   // its body is a promise
};

Changes message_number(std::int64_t number, std::size_t body_size, Fate fate) {
  store::StoredMessage message;
  message.id = "M" + std::to_string(1'000'000'000 + number);
  message.state =
      fate == Fate::sent ? delivery::MessageState::sent : delivery::MessageState::waiting;
  message.is_client_told = true;
  message.account = "office";
  message.envelope.sender = "hanako@example.jp";
  message.envelope.recipients.resize(1);
  message.envelope.recipients[0].address = "taro@example.jp";
  message.subject = "A subject of usual length";
  if (fate == Fate::kept) message.body = store::BodyPlace::database;
  store::StoredAttempt attempt;
  attempt.message_id = message.id;
  attempt.attempt.relay = "mail.example.jp:587";
  const auto id = message.id;
  Changes changes;
  store::PutMessage put{std::move(message)};
  if (fate == Fate::sent) put.copy = std::string(body_size, 'b');
  changes.emplace_back(std::move(put));
  if (fate == Fate::kept) changes.emplace_back(store::PutBody{id, std::string(body_size, 'b')});
  changes.emplace_back(store::AddAttempt{std::move(attempt)});
  return changes;
}

std::unique_ptr<store::Store> open(support::IoRunner& io, const support::ScratchDir& dir) {
  store::StoreOptions options;
  options.state_dir = dir.path();
  return std::move(store::Store::open(io.executor(), options).value());
}

boost::asio::awaitable<void> keep(store::Store& store, std::int64_t number,
                                  store::Durability durability) {
  auto changes = message_number(number, 10'000, Fate::kept);
  (void)co_await store.write(std::move(changes), durability);
}

void note_behind(benchmark::State& state) {
  support::ScratchDir dir;
  support::IoRunner io;
  auto store = open(io, dir);
  std::int64_t number = 0;
  for (auto _ : state) {
    store->write_behind(
        message_number(number++, static_cast<std::size_t>(state.range(0)), Fate::sent));
    if (number % 100 == 0) io.run(keep(*store, -number, store::Durability::process));
  }
}
BENCHMARK(note_behind)->Arg(0)->Arg(10'000)->MeasureProcessCPUTime()->UseRealTime();

void make_durable(benchmark::State& state) {
  support::ScratchDir dir;
  support::IoRunner io;
  auto store = open(io, dir);
  std::int64_t number = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      io.rooms().start("one", keep(*store, number++, store::Durability::disk));
    }
    io.run_started();
  }
  state.SetItemsProcessed(number);
}
BENCHMARK(make_durable)->Arg(1)->Arg(20)->Arg(100)->UseRealTime();

void append_and_sync(benchmark::State& state) {
  support::ScratchDir dir;
  const int file = ::open((dir.path() / "log").c_str(), O_RDWR | O_CREAT, 0600);
  const std::string bytes(static_cast<std::size_t>(state.range(0)) * 10'500, 'b');
  for (auto _ : state) {
    if (::write(file, bytes.data(), bytes.size()) < 0 || ::fdatasync(file) != 0) {
      state.SkipWithError("the disk refuses");
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  ::close(file);
}
BENCHMARK(append_and_sync)->Arg(1)->Arg(20)->Arg(100)->UseRealTime();

}  // namespace
}  // namespace todoku::bench

BENCHMARK_MAIN();
