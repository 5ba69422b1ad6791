// SPDX-License-Identifier: Apache-2.0
// What the pre-send checks cost for a message of 20 MB, beside hashing it (SHA-256), which every
// byte is worth. A figure is CPU time; the aim is three times the hash at most.
#include "proxy/checks/judge.hpp"
#include "proxy/skeleton/scanner.hpp"

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

namespace todoku::bench {
namespace {

constexpr std::size_t message_size = 20'000'000;
constexpr std::size_t piece_size = 65'536;  // as it comes from a spool file

const std::string head =
    "From: sato@minato.example\r\nTo: yamada@aozora.example\r\nSubject: plan\r\n"
    "MIME-Version: 1.0\r\n";

std::string repeated(std::string message, std::string_view line) {
  message.reserve(message_size + line.size());
  while (message.size() < message_size) message += line;
  return message;
}

// One file, in base64. archive: it begins as a ZIP file does, so its end is kept, too.
std::string with_file(bool is_archive) {
  std::string message =
      head +
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
      "charset=utf-8\r\n\r\nPlease find attached the plan.\r\n--b\r\nContent-Type: "
      "application/octet-stream; name=plan.zip\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=plan.zip\r\n\r\n";
  message +=
      is_archive
          ? "UEsDBBQAAAAIAAAAAABhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJj\r\n"
          : "JVBERi0xLjQKYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNk\r\n";
  return repeated(std::move(message),
                  "YWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNkYWJjZGFiY2RhYmNk"
                  "YWJjZGFiY2Rh\r\n") +
         "--b--\r\n";
}

// What most mail is: a short letter.
std::string letter() {
  std::string message = head + "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  for (int i = 0; i < 8; ++i)
    message += "お世話になっております。先日の打ち合わせの件について、ご連絡いたします。\r\n";
  return message;
}

// A long one in English, whose words share their letters with the phrases that are looked for.
std::string english_letter() {
  std::string message = head + "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  while (message.size() < 10'000)
    message +=
        "Thank you for the figures that you have sent to us. We will see at the meeting on\r\n"
        "Friday whether all of them are in the plan, and then tell you at once.\r\n\r\n";
  return message;
}

std::string of_text() {
  return repeated(head + "Content-Type: text/plain; charset=utf-8\r\n\r\n",
                  "お世話になっております。先日の打ち合わせの件について、ご連絡いたします。\r\n");
}

std::string of_html() {
  return repeated(
      head +
          "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
          "quoted-printable\r\n\r\n",
      "<p>=E6=97=A5=E7=A8=8B <a href=3D\"https://www.minato.example/\">plan</a></p>=\r\n");
}

checks::Lists shipped_lists() {
  std::ifstream file(std::filesystem::path(TODOKU_SOURCE_DIR) / "config/checks/lists.toml",
                     std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto read = checks::read_lists(text);
  if (auto* lists = std::get_if<checks::Lists>(&read)) return std::move(*lists);
  std::fputs("the shipped lists have mistakes\n", stderr);
  std::exit(1);
}

void hash(benchmark::State& state, const std::string& message) {
  for (auto _ : state) {
    std::array<unsigned char, 32> digest{};
    unsigned int size = 0;
    EVP_Digest(message.data(), message.size(), digest.data(), &size, EVP_sha256(), nullptr);
    benchmark::DoNotOptimize(digest);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(message.size()) * state.iterations());
}

void check(benchmark::State& state, const std::string& message) {
  const auto lists = shipped_lists();
  const settings::Checks settings;
  const checks::Desk desk(settings, lists);
  smtp::Envelope envelope;
  envelope.sender = "sato@minato.example";
  envelope.recipients = {{"yamada@aozora.example", "", ""}};
  for (auto _ : state) {
    skeleton::Scanner scanner;
    for (std::size_t at = 0; at < message.size(); at += piece_size)
      scanner.feed(std::string_view(message).substr(at, piece_size));
    const auto verdict = checks::judge(desk, scanner.finish(), envelope, {});
    benchmark::DoNotOptimize(verdict.findings.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(message.size()) * state.iterations());
}

}  // namespace
}  // namespace todoku::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  using namespace todoku::bench;
  benchmark::RegisterBenchmark("hash", hash, with_file(false))->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("check_file", check, with_file(false))
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("check_archive", check, with_file(true))
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("check_text", check, of_text())->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("check_html", check, of_html())->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("check_letter", check, letter())->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("check_english", check, english_letter())
      ->Unit(benchmark::kMicrosecond);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
