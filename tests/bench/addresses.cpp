// SPDX-License-Identifier: Apache-2.0
// What looking at an address costs: known ones, slips of each kind, and companies that no list has;
// one call as at RCPT, and a list with its memory of domains.
#include "config/embedded.hpp"
#include "proxy/addresses/checker.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace todoku::bench {
namespace {

addresses::Data shipped_data() {
  addresses::Data data;
  std::vector<addresses::DataMistake> mistakes;
  addresses::read_targets(config::embedded("addresses/targets.toml"), data, mistakes);
  addresses::read_endings(config::embedded("addresses/endings.toml"), data, mistakes);
  if (!mistakes.empty()) std::abort();
  data.known = config::embedded("addresses/known.txt");
  return data;
}

const addresses::Checker& checker() {
  static const addresses::Checker shipped(shipped_data());
  return shipped;
}

void check_one(benchmark::State& state, const std::string& address) {
  for (auto _ : state) benchmark::DoNotOptimize(checker().check(address));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(check_one, known, std::string("kumagai@docomo.ne.jp"));
BENCHMARK_CAPTURE(check_one, company, std::string("kumagai@koinca-shoji.co.jp"));
BENCHMARK_CAPTURE(check_one, slip, std::string("kumagai@docmo.ne.jp"));
BENCHMARK_CAPTURE(check_one, broken_ending, std::string("kumagai@koinca-shoji.co.jpp"));
BENCHMARK_CAPTURE(check_one, missing_at, std::string("kumagai.docomo.ne.jp"));
BENCHMARK_CAPTURE(check_one, pasted, std::string("「ｋｕｍａｇａｉ＠koinca.co.jp」 様"));
BENCHMARK_CAPTURE(check_one, long_name,
                  std::string("kumagai@a.very.long.name.with.many.labels.of.koinca-shoji.co.jp"));

void check_list(benchmark::State& state) {
  std::vector<std::string> list;
  for (int i = 0; i < 10'000; ++i) {
    const auto number = std::to_string(i % 500);
    list.push_back("person" + std::to_string(i) + "@koinca" + number + ".co.jp");
  }
  for (auto _ : state) {
    addresses::DomainMemory memory;
    for (const auto& address : list)
      benchmark::DoNotOptimize(checker().check(address, {}, &memory));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(list.size()));
}
BENCHMARK(check_list);

void start(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(addresses::Checker(shipped_data()));
}
BENCHMARK(start);

}  // namespace
}  // namespace todoku::bench

BENCHMARK_MAIN();
