// SPDX-License-Identifier: Apache-2.0
// smtp_bench load: N mail clients that send as fast as they are answered. As mail programs do, they
// do not pipeline.
#include "tests/bench/commands.hpp"
#include "tests/bench/connection.hpp"
#include "tests/bench/message.hpp"
#include "tests/bench/poller.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

namespace todoku::bench {
namespace {

struct LoadOptions {
  std::uint16_t port = 0;
  std::size_t sessions = 1;
  std::size_t messages = 0;  // 0 = until the time is over
  double seconds = 0;        // 0 = until the messages are sent
  double limit = 60;         // gives up after this many seconds
  bool keep = false;         // one connection for all messages of a session
  TlsContext tls;            // STARTTLS is wanted
  std::string login;         // AUTH PLAIN response; empty = none
  std::string recipient = "recipient@recipient.example";
};

class Load;

class LoadSession final : public Watcher {
 public:
  explicit LoadSession(Load& load);
  void ready() override;
  [[nodiscard]] int descriptor() const { return connection_.descriptor(); }

 private:
  enum class Waits {
    greeting,
    hello,
    starttls,
    login,
    sender,
    recipient,
    data,
    verdict,
    goodbye
  };
  bool take_replies(std::string_view bytes);
  bool take_reply(std::string_view line);
  void say(std::string_view command, Waits then);
  bool after_hello();
  bool begin_message();
  bool after_verdict();
  bool fail(std::string_view why);

  Load& load_;
  Connection connection_;
  Clock::time_point begun_;
  Waits waits_ = Waits::greeting;
  std::string unread_;
};

class Load {
 public:
  Load(Poller& poller, LoadOptions options, std::size_t size)
      : options_(std::move(options)), poller_(poller), maker_(size), scratch_(1 << 16) {}

  void start() {
    begun_ = ended_ = Clock::now();
    for (std::size_t i = 0; i < options_.sessions && take_turn(); ++i) {
      open_session();
    }
    poller_.at(begun_ + seconds(options_.limit), [this] { give_up(); });
  }

  // One message may be begun; false = enough.
  bool take_turn() {
    const bool enough = options_.messages > 0 ? begun_messages_ >= options_.messages
                                              : Clock::now() - begun_ >= seconds(options_.seconds);
    if (enough || errors_ >= max_errors) {
      return false;
    }
    ++begun_messages_;
    return true;
  }

  void open_session() {
    auto session = std::make_shared<LoadSession>(*this);
    sessions_.emplace(session.get(), session);
    poller_.watch(session->descriptor(), *session);
  }

  void succeeded(Clock::duration latency) {
    latencies_.push_back(std::chrono::duration<double, std::milli>(latency).count());
    ended_ = Clock::now();
  }

  void failed(std::string_view why) {
    if (++errors_ == 1) {
      first_error_ = why;
    }
  }

  void session_ended(LoadSession* session) {
    const auto found = sessions_.find(session);
    poller_.retire(std::move(found->second));
    sessions_.erase(found);
    if (take_turn()) {
      open_session();
    } else if (sessions_.empty()) {
      poller_.stop();
    }
  }

  void print() const {
    std::vector<double> sorted = latencies_;
    std::sort(sorted.begin(), sorted.end());
    const auto quantile = [&sorted](double part) {
      const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
      return sorted.empty() ? 0.0 : sorted[std::min(index, sorted.size() - 1)];
    };
    const double elapsed = std::chrono::duration<double>(ended_ - begun_).count();
    const auto count = static_cast<double>(sorted.size());
    std::vector<double> first(
        latencies_.begin(), latencies_.begin() + static_cast<std::ptrdiff_t>(
                                                     std::min<std::size_t>(latencies_.size(), 20)));
    fmt::print(
        "{{\"messages\":{},\"errors\":{},\"seconds\":{:.6f},\"per_second\":{:.2f},"
        "\"p50_ms\":{:.4f},\"p99_ms\":{:.4f},\"size\":{},\"first_ms\":[{:.3f}],"
        "\"first_error\":\"{}\"}}\n",
        sorted.size(), errors_, elapsed, elapsed > 0 ? count / elapsed : 0.0, quantile(0.5),
        quantile(0.99), maker_.size(), fmt::join(first, ","), printable(first_error_));
  }

  [[nodiscard]] bool is_clean() const { return errors_ == 0 && !latencies_.empty(); }
  [[nodiscard]] const LoadOptions& options() const { return options_; }
  [[nodiscard]] MessageMaker& maker() { return maker_; }
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

 private:
  static constexpr std::size_t max_errors = 1000;

  static Clock::duration seconds(double count) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
  }
  static std::string printable(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; }, '?');
    return text;
  }

  void give_up() {
    errors_ += sessions_.size();
    if (first_error_.empty()) {
      first_error_ = "time limit";
    }
    poller_.stop();
  }

  LoadOptions options_;
  Poller& poller_;
  MessageMaker maker_;
  std::vector<char> scratch_;
  std::unordered_map<LoadSession*, std::shared_ptr<LoadSession>> sessions_;
  std::size_t begun_messages_ = 0;
  std::size_t errors_ = 0;
  std::string first_error_;
  std::vector<double> latencies_;
  Clock::time_point begun_;
  Clock::time_point ended_;
};

LoadSession::LoadSession(Load& load)
    : load_(load), connection_(connect_to_loopback(load.options().port)), begun_(Clock::now()) {}

void LoadSession::ready() {
  const std::span<char> scratch = load_.scratch();
  bool alive = connection_.flush();
  while (alive) {
    const std::ptrdiff_t count = connection_.read(scratch);
    if (count < 0) {
      return;
    }
    if (count == 0) {
      alive = waits_ == Waits::goodbye ? false : fail("connection closed");
    } else {
      alive = take_replies({scratch.data(), static_cast<std::size_t>(count)}) &&
              (connection_.flush() || fail("cannot write"));
    }
  }
  load_.session_ended(this);
}

bool LoadSession::take_replies(std::string_view bytes) {
  unread_ += bytes;
  for (std::size_t end = unread_.find('\n'); end != unread_.npos; end = unread_.find('\n')) {
    const std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    const bool is_last_line = line.size() < 4 || line[3] != '-';
    if (is_last_line && !take_reply(line)) {
      return false;
    }
  }
  return true;
}

// false = this session is over.
bool LoadSession::take_reply(std::string_view line) {
  const bool is_expected = line.starts_with(waits_ == Waits::data ? '3' : '2');
  if (!is_expected) {
    return waits_ == Waits::goodbye ? false : fail(line);
  }
  switch (waits_) {
    case Waits::greeting:
      say("EHLO client.bench.invalid\r\n", Waits::hello);
      return true;
    case Waits::hello:
      return after_hello();
    case Waits::starttls:
      connection_.start_tls(load_.options().tls, false);
      say("EHLO client.bench.invalid\r\n", Waits::hello);
      return true;
    case Waits::login:
      return begin_message();
    case Waits::sender:
      say("RCPT TO:<" + load_.options().recipient + ">\r\n", Waits::recipient);
      return true;
    case Waits::recipient:
      say("DATA\r\n", Waits::data);
      return true;
    case Waits::data:
      connection_.write(load_.maker().next_header(), load_.maker().wire_body());
      waits_ = Waits::verdict;
      return true;
    case Waits::verdict:
      return after_verdict();
    case Waits::goodbye:
      return false;
  }
  return false;
}

void LoadSession::say(std::string_view command, Waits then) {
  connection_.write(command);
  waits_ = then;
}

bool LoadSession::after_hello() {
  const LoadOptions& options = load_.options();
  if (options.tls && !connection_.is_secure()) {
    say("STARTTLS\r\n", Waits::starttls);
  } else if (!options.login.empty()) {
    say("AUTH PLAIN " + options.login + "\r\n", Waits::login);
  } else {
    return begin_message();
  }
  return true;
}

bool LoadSession::begin_message() {
  say("MAIL FROM:<sender@sender.example>\r\n", Waits::sender);
  return true;
}

bool LoadSession::after_verdict() {
  load_.succeeded(Clock::now() - begun_);
  if (load_.options().keep && load_.take_turn()) {
    begun_ = Clock::now();
    return begin_message();
  }
  say("QUIT\r\n", Waits::goodbye);
  return true;
}

bool LoadSession::fail(std::string_view why) {
  load_.failed(why);
  return false;
}

}  // namespace

int run_load(const Arguments& arguments) {
  LoadOptions options;
  options.port = static_cast<std::uint16_t>(arguments.count("--port", 0));
  options.sessions = arguments.count("--sessions", 1);
  options.messages = arguments.count("--messages", 0);
  options.seconds = arguments.number("--seconds", options.messages > 0 ? 0 : 1);
  options.limit = arguments.number("--limit", 60);
  options.keep = arguments.has("--keep");
  if (arguments.has("--starttls")) {
    options.tls = client_tls();
  }
  if (arguments.has("--login")) {
    options.login = plain_response(arguments.text("--login"));
  }
  if (arguments.has("--recipient")) {
    options.recipient = arguments.text("--recipient");
  }
  Poller poller;
  Load load(poller, std::move(options), arguments.count("--size", 10'000));
  load.start();
  poller.run();
  load.print();
  return load.is_clean() ? 0 : 1;
}

}  // namespace todoku::bench
