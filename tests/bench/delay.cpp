// SPDX-License-Identifier: Apache-2.0
// smtp_bench delay: a TCP relay that adds a one-way delay, for kernels without netem. Models the
// handshake and, on request, slow start; no loss and no bandwidth limit.
#include "tests/bench/commands.hpp"
#include "tests/bench/connection.hpp"
#include "tests/bench/poller.hpp"
#include "tests/bench/standard_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace todoku::bench {
namespace {

struct DelayOptions {
  std::uint16_t upstream = 0;
  Clock::duration delay{};
  bool slow_start = false;
};

// How much may be on its way in one round trip: ten segments first (RFC 6928), doubled after each
// full round, halved for each 250 ms of silence (RFC 2861).
class Window {
 public:
  explicit Window(const DelayOptions& options)
      : round_trip_(2 * options.delay), is_limited_(options.slow_start) {}

  // When the next bytes may leave; reduces their number to what may leave then.
  Clock::time_point admit(std::size_t& wanted, Clock::time_point now) {
    if (!is_limited_) {
      return now;
    }
    Clock::time_point leaves = std::max(now, round_begin_);
    if (leaves >= round_begin_ + round_trip_ || left_ == 0) {
      leaves = std::max(leaves, round_begin_ + round_trip_);
      begin_round(leaves);
    }
    wanted = std::min(wanted, left_);
    left_ -= wanted;
    last_ = leaves;
    return leaves;
  }

 private:
  static constexpr std::size_t initial = 10 * 1460;
  static constexpr std::size_t largest = 4 << 20;

  void begin_round(Clock::time_point at) {
    if (left_ == 0) {
      size_ = std::min(size_ * 2, largest);
    }
    for (auto silence = at - last_; silence >= std::chrono::milliseconds(250) && size_ > initial;
         silence -= std::chrono::milliseconds(250)) {
      size_ = std::max(size_ / 2, initial);
    }
    round_begin_ = at;
    left_ = size_;
  }

  Clock::duration round_trip_;
  bool is_limited_;
  std::size_t size_ = initial;
  std::size_t left_ = initial;
  Clock::time_point round_begin_ = Clock::now();
  Clock::time_point last_ = round_begin_;
};

class Path;

class Side final : public Watcher {
 public:
  Side(Path& path, int descriptor) : connection(descriptor), path_(path) {}
  void ready() override;

  Connection connection;
  bool has_ended = false;

 private:
  Path& path_;
};

// A client's connection and the one behind it. Kept alive by the bytes under way.
class Path final : public Watcher, public std::enable_shared_from_this<Path> {
 public:
  Path(Poller& poller, const DelayOptions& options, int client)
      : poller_(poller),
        delay_(options.delay),
        upstream_port_(options.upstream),
        client_(std::make_unique<Side>(*this, client)),
        up_(options),
        down_(options) {}

  void start() {
    // connect() here returned at once; on a real path it takes a round trip, and the server sees
    // the connection half a round trip later.
    poller_.at(Clock::now() + 3 * delay_, [self = shared_from_this()] { self->connect(); });
  }

  void ready() override {}  // its two sides are what is watched

  void bytes_from(Side& side, std::string_view bytes) {
    Window& window = &side == client_.get() ? up_ : down_;
    while (!bytes.empty()) {
      std::size_t count = bytes.size();
      const auto leaves = window.admit(count, Clock::now());
      carry(side, leaves, std::string(bytes.substr(0, count)));
      bytes.remove_prefix(count);
    }
  }

  // Both streams have ended and nothing is under way.
  [[nodiscard]] bool is_over() const {
    return weak_from_this().use_count() == 1 && client_->has_ended && upstream_ &&
           upstream_->has_ended;
  }

  void ended(Side& side) {
    if (!std::exchange(side.has_ended, true)) {
      carry(side, std::max(Clock::now(), last_arrival_ - delay_), "");
    }
  }

 private:
  void connect() {
    upstream_ = std::make_unique<Side>(*this, connect_to_loopback(upstream_port_));
    poller_.watch(upstream_->connection.descriptor(), *upstream_);
    poller_.watch(client_->connection.descriptor(), *client_);
  }

  // An empty piece stands for the end of the stream.
  void carry(Side& from, Clock::time_point leaves, std::string piece) {
    Side& to = &from == client_.get() ? *upstream_ : *client_;
    last_arrival_ = std::max(last_arrival_, leaves + delay_);
    poller_.at(leaves + delay_, [self = shared_from_this(), &to, bytes = std::move(piece)] {
      if (bytes.empty()) {
        to.connection.end_output();
      } else {
        to.connection.write(bytes);
        to.connection.flush();
      }
    });
  }

  Poller& poller_;
  Clock::duration delay_;
  std::uint16_t upstream_port_;
  std::unique_ptr<Side> client_;
  std::unique_ptr<Side> upstream_;
  Window up_;
  Window down_;
  Clock::time_point last_arrival_{};
};

void Side::ready() {
  connection.flush();
  std::vector<char> bytes(1 << 16);
  std::ptrdiff_t count = 0;
  while ((count = connection.read(bytes)) > 0) {
    path_.bytes_from(*this, {bytes.data(), static_cast<std::size_t>(count)});
  }
  if (count == 0) {
    path_.ended(*this);
  }
}

class Delay final : public Watcher {
 public:
  Delay(Poller& poller, DelayOptions options, std::uint16_t port)
      : options_(options), poller_(poller), listener_(listen_on_loopback(port)) {
    poller_.watch(listener_.descriptor(), *this);
  }

  void ready() override {
    for (int accepted = accept_from(listener_.descriptor()); accepted >= 0;
         accepted = accept_from(listener_.descriptor())) {
      paths_.push_back(std::make_shared<Path>(poller_, options_, accepted));
      paths_.back()->start();
    }
    sweep();
  }

  void print() {
    fmt::print("{{\"port\":{}}}\n", port_of(listener_.descriptor()));
    std::fflush(stdout);
  }

 private:
  // A bench run makes few connections: those that are over are swept at the next one.
  void sweep() {
    const auto over = std::stable_partition(paths_.begin(), paths_.end(),
                                            [](const auto& path) { return !path->is_over(); });
    std::for_each(over, paths_.end(), [this](auto& path) { poller_.retire(std::move(path)); });
    paths_.erase(over, paths_.end());
  }

  DelayOptions options_;
  Poller& poller_;
  Connection listener_;
  std::vector<std::shared_ptr<Path>> paths_;
};

}  // namespace

int run_delay(const Arguments& arguments) {
  DelayOptions options;
  options.upstream = static_cast<std::uint16_t>(arguments.count("--upstream", 0));
  options.delay = std::chrono::microseconds(
      static_cast<std::int64_t>(arguments.number("--milliseconds", 20) * 1000));
  options.slow_start = arguments.has("--slow-start");
  Poller poller;
  Delay delay(poller, options, static_cast<std::uint16_t>(arguments.count("--port", 0)));
  StandardInput control(poller, [&delay] { delay.print(); });
  delay.print();
  poller.run();
  return 0;
}

}  // namespace todoku::bench
