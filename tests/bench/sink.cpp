// SPDX-License-Identifier: Apache-2.0
// smtp_bench sink: an SMTP server that takes everything, counts, and throws away.
#include "tests/bench/commands.hpp"
#include "tests/bench/connection.hpp"
#include "tests/bench/message.hpp"
#include "tests/bench/poller.hpp"
#include "tests/bench/standard_input.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <vector>

namespace todoku::bench {
namespace {

constexpr std::string_view end_mark = "\r\n.\r\n";

struct SinkOptions {
  bool chunking = true;
  bool verify = false;
  TlsContext tls;
  std::string login;   // the expected AUTH PLAIN response; empty = no AUTH
  std::string refuse;  // recipients with this in their address are refused, as by a block list
};

struct Counts {
  std::uint64_t connections = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t altered = 0;
  std::uint64_t by_bdat = 0;
};

// Finds CRLF.CRLF in a stream, across the seams of its pieces.
class EndFinder {
 public:
  // How many bytes of the piece belong to the body, end mark included; npos = all, and more comes.
  std::size_t find(std::string_view piece) {
    std::string seam = tail_;
    seam += piece.substr(0, end_mark.size() - 1);
    if (const std::size_t at = seam.find(end_mark); at != std::string::npos) {
      return at + end_mark.size() - tail_.size();
    }
    const void* at = memmem(piece.data(), piece.size(), end_mark.data(), end_mark.size());
    if (at != nullptr) {
      return static_cast<std::size_t>(static_cast<const char*>(at) - piece.data()) +
             end_mark.size();
    }
    tail_ += piece.substr(piece.size() - std::min(piece.size(), end_mark.size() - 1));
    tail_.erase(0, tail_.size() - std::min(tail_.size(), end_mark.size() - 1));
    return std::string_view::npos;
  }

 private:
  std::string tail_ = "\r\n";  // the body begins at the start of a line
};

class Sink;

class SinkSession final : public Watcher {
 public:
  SinkSession(Sink& sink, int descriptor);
  void ready() override;

 private:
  void consume(std::string_view bytes);
  std::string_view take_line(std::string_view& bytes);
  void take_data(std::string_view& bytes);
  void take_chunk(std::string_view& bytes);
  void obey(std::string_view line);
  void hello();
  [[nodiscard]] bool is_refused(std::string_view line) const;
  void login(std::string_view line);
  void begin_chunk(std::string_view line);
  void end_message(bool by_bdat);
  void reply(std::string_view line) { connection_.write(line); }

  enum class Reads {
    command,
    login,
    data,
    chunk
  };
  Sink& sink_;
  Connection connection_;
  Reads reads_ = Reads::command;
  std::string line_;  // a command that is not complete yet
  std::string body_;  // kept only to verify it
  EndFinder end_finder_;
  std::size_t chunk_left_ = 0;
  bool chunk_is_last_ = false;
  bool tls_wanted_ = false;
  bool is_logged_in_ = false;
  bool is_over_ = false;
  bool is_refused_ = false;  // the recipient of the message in hand
};

class Sink final : public Watcher {
 public:
  Sink(Poller& poller, SinkOptions options, std::uint16_t port)
      : options_(std::move(options)),
        poller_(poller),
        listener_(listen_on_loopback(port)),
        scratch_(1 << 18) {
    poller_.watch(listener_.descriptor(), *this);
  }

  void ready() override {
    for (int accepted = accept_from(listener_.descriptor()); accepted >= 0;
         accepted = accept_from(listener_.descriptor())) {
      auto session = std::make_shared<SinkSession>(*this, accepted);
      poller_.watch(accepted, *session);
      sessions_.emplace(session.get(), session);
      ++counts.connections;
    }
  }

  void forget(SinkSession* session) {
    const auto found = sessions_.find(session);
    poller_.retire(std::move(found->second));
    sessions_.erase(found);
  }

  void print() {
    fmt::print(
        "{{\"port\":{},\"connections\":{},\"open\":{},\"messages\":{},\"bytes\":{},"
        "\"altered\":{},\"by_bdat\":{}}}\n",
        port_of(listener_.descriptor()), counts.connections, sessions_.size(), counts.messages,
        counts.bytes, counts.altered, counts.by_bdat);
    std::fflush(stdout);
  }

  [[nodiscard]] const SinkOptions& options() const { return options_; }
  [[nodiscard]] std::span<char> scratch() { return scratch_; }
  Counts counts;

 private:
  SinkOptions options_;
  Poller& poller_;
  Connection listener_;
  std::vector<char> scratch_;
  std::unordered_map<SinkSession*, std::shared_ptr<SinkSession>> sessions_;
};

bool begins_with(std::string_view line, std::string_view word) {
  return line.size() >= word.size() && strncasecmp(line.data(), word.data(), word.size()) == 0;
}

SinkSession::SinkSession(Sink& sink, int descriptor) : sink_(sink), connection_(descriptor) {
  reply("220 sink.bench.invalid ESMTP\r\n");
  connection_.flush();
}

void SinkSession::ready() {
  const std::span<char> scratch = sink_.scratch();
  bool alive = connection_.flush();
  while (alive && !is_over_) {
    const std::ptrdiff_t count = connection_.read(scratch);
    if (count < 0) {
      return;
    }
    alive = count > 0;
    consume({scratch.data(), static_cast<std::size_t>(count)});
    alive = alive && connection_.flush();
    if (tls_wanted_ && !connection_.is_secure()) {
      connection_.start_tls(sink_.options().tls, true);
    }
  }
  sink_.forget(this);
}

void SinkSession::consume(std::string_view bytes) {
  while (!bytes.empty() && !is_over_) {
    if (reads_ == Reads::data) {
      take_data(bytes);
    } else if (reads_ == Reads::chunk) {
      take_chunk(bytes);
    } else if (const std::string_view line = take_line(bytes); !line.empty()) {
      obey(line);
      line_.clear();
    }
  }
}

// A complete command with its line ending, or nothing yet.
std::string_view SinkSession::take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, end == bytes.npos ? end : end + 1);
  bytes.remove_prefix(piece.size());
  if (line_.empty() && end != bytes.npos) {
    return piece;
  }
  line_ += piece;
  return end == bytes.npos ? std::string_view() : line_;
}

void SinkSession::take_data(std::string_view& bytes) {
  const std::size_t end = end_finder_.find(bytes);
  const std::string_view piece = bytes.substr(0, end);
  sink_.counts.bytes += piece.size();
  if (sink_.options().verify) {
    body_ += piece;
  }
  bytes.remove_prefix(piece.size());
  if (end != bytes.npos) {
    end_message(false);
  }
}

void SinkSession::take_chunk(std::string_view& bytes) {
  const std::string_view piece = bytes.substr(0, chunk_left_);
  sink_.counts.bytes += piece.size();
  if (sink_.options().verify) {
    body_ += piece;
  }
  bytes.remove_prefix(piece.size());
  chunk_left_ -= piece.size();
  if (chunk_left_ > 0) {
    return;
  }
  if (chunk_is_last_) {
    end_message(true);
  } else {
    reads_ = Reads::command;
    reply("250 2.0.0 Chunk\r\n");
  }
}

void SinkSession::end_message(bool by_bdat) {
  reads_ = Reads::command;
  end_finder_ = EndFinder();
  if (is_refused_) {
    body_.clear();
    reply("503 5.5.1 No recipient\r\n");
    return;
  }
  ++sink_.counts.messages;
  sink_.counts.by_bdat += by_bdat ? 1 : 0;
  if (sink_.options().verify) {
    const std::string message = by_bdat ? body_ : without_dot_stuffing(body_);
    sink_.counts.altered += is_unchanged(message) ? 0 : 1;
    body_.clear();
  }
  reply("250 2.0.0 Taken\r\n");
}

void SinkSession::obey(std::string_view line) {
  const SinkOptions& options = sink_.options();
  const bool must_log_in = !options.login.empty() && !is_logged_in_;
  if (reads_ == Reads::login || begins_with(line, "AUTH PLAIN")) {
    login(line);
  } else if (begins_with(line, "EHLO") || begins_with(line, "HELO")) {
    hello();
  } else if (begins_with(line, "STARTTLS") && options.tls) {
    reply("220 2.0.0 Go on\r\n");
    tls_wanted_ = true;
  } else if (begins_with(line, "MAIL") && must_log_in) {
    reply("530 5.7.0 Log in first\r\n");
  } else if (begins_with(line, "RCPT") && is_refused(line)) {
    is_refused_ = true;
    reply("554 5.7.1 Client host [192.0.2.5] blocked using zen.spamhaus.org\r\n");
  } else if (begins_with(line, "MAIL") || begins_with(line, "RCPT") || begins_with(line, "RSET") ||
             begins_with(line, "NOOP")) {
    is_refused_ = is_refused_ && begins_with(line, "RCPT");
    reply("250 2.0.0 Fine\r\n");
  } else if (begins_with(line, "DATA")) {
    reply("354 Go on\r\n");
    reads_ = Reads::data;
  } else if (begins_with(line, "BDAT ") && options.chunking) {
    begin_chunk(line);
  } else if (begins_with(line, "QUIT")) {
    reply("221 2.0.0 Bye\r\n");
    is_over_ = true;
  } else {
    reply("502 5.5.1 Unknown\r\n");
  }
}

bool SinkSession::is_refused(std::string_view line) const {
  const auto& refuse = sink_.options().refuse;
  return !refuse.empty() && line.find(refuse) != std::string_view::npos;
}

void SinkSession::hello() {
  const SinkOptions& options = sink_.options();
  std::string text = "250-sink.bench.invalid\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n";
  if (options.chunking) {
    text += "250-CHUNKING\r\n";
  }
  if (options.tls && !connection_.is_secure()) {
    text += "250-STARTTLS\r\n";
  } else if (!options.login.empty()) {
    text += "250-AUTH PLAIN\r\n";
  }
  reply(text + "250-ENHANCEDSTATUSCODES\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n");
}

void SinkSession::login(std::string_view line) {
  const std::string_view command = "AUTH PLAIN";
  if (reads_ == Reads::command) {
    line.remove_prefix(std::min(line.size(), command.size()));
  }
  while (!line.empty() && line.front() == ' ') {
    line.remove_prefix(1);
  }
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.empty() && reads_ == Reads::command) {
    reads_ = Reads::login;
    reply("334 \r\n");
    return;
  }
  reads_ = Reads::command;
  is_logged_in_ = line == sink_.options().login;
  reply(is_logged_in_ ? "235 2.7.0 Welcome\r\n" : "535 5.7.8 No\r\n");
}

void SinkSession::begin_chunk(std::string_view line) {
  chunk_left_ =
      static_cast<std::size_t>(std::strtoull(std::string(line.substr(5)).c_str(), nullptr, 10));
  chunk_is_last_ = line.find("LAST") != line.npos || line.find("last") != line.npos;
  reads_ = Reads::chunk;
  if (chunk_left_ == 0) {
    std::string_view nothing;
    take_chunk(nothing);
  }
}

}  // namespace

int run_sink(const Arguments& arguments) {
  SinkOptions options;
  options.chunking = !arguments.has("--no-chunking");
  options.verify = arguments.has("--verify");
  if (arguments.has("--refuse")) {
    options.refuse = arguments.text("--refuse");
  }
  if (arguments.has("--certificate")) {
    options.tls = server_tls(arguments.text("--certificate"), arguments.text("--key"));
  }
  if (arguments.has("--login")) {
    options.login = plain_response(arguments.text("--login"));
  }
  Poller poller;
  Sink sink(poller, std::move(options), static_cast<std::uint16_t>(arguments.count("--port", 0)));
  StandardInput control(poller, [&sink] { sink.print(); });
  sink.print();
  poller.run();
  sink.print();
  return 0;
}

}  // namespace todoku::bench
