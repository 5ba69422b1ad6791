// SPDX-License-Identifier: Apache-2.0
// smtp_bench idle: opens N sessions at once, says EHLO, and holds them until stdin ends.
#include "tests/bench/commands.hpp"
#include "tests/bench/connection.hpp"
#include "tests/bench/poller.hpp"
#include "tests/bench/standard_input.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <vector>

namespace todoku::bench {
namespace {

struct Progress {
  std::size_t wanted = 0;
  std::size_t greeted = 0;
  std::size_t held = 0;
  std::size_t lost = 0;
  Clock::time_point begun = Clock::now();
  Clock::time_point last_greeting = begun;
  bool is_printed = false;

  void print() {
    is_printed = true;
    const double elapsed = std::chrono::duration<double, std::milli>(last_greeting - begun).count();
    fmt::print("{{\"wanted\":{},\"greeted\":{},\"held\":{},\"lost\":{},\"accepted_ms\":{:.2f}}}\n",
               wanted, greeted, held, lost, elapsed);
    std::fflush(stdout);
  }
};

class IdleSession final : public Watcher {
 public:
  IdleSession(Progress& progress, std::uint16_t port)
      : progress_(progress), connection_(connect_to_loopback(port)) {}
  [[nodiscard]] int descriptor() const { return connection_.descriptor(); }

  void ready() override {
    connection_.flush();
    std::array<char, 4096> bytes{};
    std::ptrdiff_t count = 0;
    while ((count = connection_.read(bytes)) > 0) {
      take({bytes.data(), static_cast<std::size_t>(count)});
    }
    if (count == 0 && !is_lost_) {
      is_lost_ = true;
      ++progress_.lost;
      progress_.held -= is_held_ ? 1 : 0;
    }
    if (!progress_.is_printed && progress_.held + progress_.lost == progress_.wanted) {
      progress_.print();
    }
  }

 private:
  void take(std::string_view bytes) {
    if (!is_greeted_ && bytes.starts_with("220")) {
      is_greeted_ = true;
      ++progress_.greeted;
      progress_.last_greeting = Clock::now();
      connection_.write("EHLO client.bench.invalid\r\n");
      connection_.flush();
    } else if (is_greeted_ && !is_held_ && bytes.find("250 ") != bytes.npos) {
      is_held_ = true;
      ++progress_.held;
    }
  }

  Progress& progress_;
  Connection connection_;
  bool is_greeted_ = false;
  bool is_held_ = false;
  bool is_lost_ = false;
};

}  // namespace

int run_idle(const Arguments& arguments) {
  Poller poller;
  Progress progress;
  progress.wanted = arguments.count("--sessions", 1000);
  const auto port = static_cast<std::uint16_t>(arguments.count("--port", 0));
  std::vector<std::unique_ptr<IdleSession>> sessions;
  for (std::size_t i = 0; i < progress.wanted; ++i) {
    sessions.push_back(std::make_unique<IdleSession>(progress, port));
    poller.watch(sessions.back()->descriptor(), *sessions.back());
  }
  // A line on stdin asks how far we are; it prints itself once all are held or lost.
  StandardInput control(poller, [&progress] { progress.print(); });
  poller.run();
  return progress.held == progress.wanted ? 0 : 1;
}

}  // namespace todoku::bench
