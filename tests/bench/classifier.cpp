// SPDX-License-Identifier: Apache-2.0
// What a returned mail costs: its parts, its report, its causes. The mails are the golden set of
// tests/bounces (or those of the folder in the first argument); a figure is mails per CPU-second.
#include "classifier/classify.hpp"
#include "classifier/mail/line_ends.hpp"
#include "classifier/mail/mime.hpp"
#include "classifier/rules/shipped.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

namespace todoku::bench {
namespace {

using Mails = std::vector<std::string>;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Mails mails_in(const std::filesystem::path& folder) {
  Mails mails;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".eml") mails.push_back(content_of(entry.path()));
  }
  std::ranges::sort(mails);
  return mails;
}

Classifier shipped_classifier() {
  std::vector<rules::RuleText> texts;
  for (const auto name : rules::shipped_files) {
    const auto path = std::filesystem::path(TODOKU_SOURCE_DIR) / "config" / name;
    texts.push_back({std::string(name), content_of(path), false});
  }
  auto parsed = rules::Rules::parse(texts);
  if (auto* rules = std::get_if<rules::Rules>(&parsed)) return Classifier(std::move(*rules));
  std::fputs("the shipped rules have mistakes\n", stderr);
  std::exit(1);
}

template <typename Work>
void for_each_mail(benchmark::State& state, const Mails& mails, const Work& work) {
  for (auto _ : state) {
    for (const auto& mail : mails) work(mail);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(mails.size()) * state.iterations());
}

void read_parts(benchmark::State& state, const Mails& mails) {
  for_each_mail(state, mails, [](const std::string& mail) {
    std::string storage;
    benchmark::DoNotOptimize(mail::read_message(mail::with_line_feeds(mail, storage)).parts.data());
  });
}

void read_reports(benchmark::State& state, const Mails& mails) {
  for_each_mail(state, mails, [](const std::string& mail) {
    benchmark::DoNotOptimize(report::read(mail).recipients.data());
  });
}

void classify_mails(benchmark::State& state, const Mails& mails) {
  const auto classifier = shipped_classifier();
  for_each_mail(state, mails, [&](const std::string& mail) {
    benchmark::DoNotOptimize(classifier.classify_mail(mail).diagnoses.data());
  });
}

}  // namespace
}  // namespace todoku::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  using namespace todoku::bench;
  const auto folder = argc > 1 ? std::filesystem::path(argv[1])
                               : std::filesystem::path(TODOKU_SOURCE_DIR) / "tests/bounces";
  const auto mails = mails_in(folder);
  benchmark::RegisterBenchmark("read_parts", read_parts, mails);
  benchmark::RegisterBenchmark("read_reports", read_reports, mails);
  benchmark::RegisterBenchmark("classify_mails", classify_mails, mails);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
