// SPDX-License-Identifier: Apache-2.0
// Micro benches of floor 0: what a byte of a body, a command and a whole session cost in our own
// code, without any I/O.
#include "proxy/smtp/client_dialogue.hpp"
#include "proxy/smtp/data_scanner.hpp"
#include "proxy/smtp/dot_stuffer.hpp"
#include "proxy/smtp/server_dialogue.hpp"
#include "proxy/wire/line_reader.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace todoku::bench {
namespace {

using wire::Action;
using wire::Happened;

constexpr std::size_t piece_size = 64 * 1024;  // what one read from the socket brings

// Lines of 76 characters; one line in leading_dots begins with a dot.
std::string body_of(std::size_t size, std::size_t leading_dots) {
  std::string body;
  for (std::size_t line = 0; body.size() < size; ++line) {
    body += line % leading_dots == 0 ? "." : "a";
    body += std::string(75, 'b') + "\r\n";
  }
  return body;
}

std::string stuffed(std::string_view body) {
  smtp::DotStuffer stuffer;
  std::string wire;
  stuffer.feed(body, wire);
  stuffer.finish(wire);
  return wire;
}

void count_bytes(benchmark::State& state, std::size_t each_time) {
  state.SetBytesProcessed(static_cast<std::int64_t>(each_time) * state.iterations());
}

void scan_data(benchmark::State& state) {
  const std::string wire = stuffed(body_of(1 << 20, static_cast<std::size_t>(state.range(0))));
  std::string out;
  for (auto _ : state) {
    smtp::DataScanner scanner;
    for (std::size_t begin = 0; begin < wire.size(); begin += piece_size) {
      out.clear();
      scanner.feed(std::string_view(wire).substr(begin, piece_size), out);
    }
    benchmark::DoNotOptimize(scanner.is_done());
  }
  count_bytes(state, wire.size());
}
BENCHMARK(scan_data)->Arg(1)->Arg(100)->Arg(1 << 30);

void stuff_dots(benchmark::State& state) {
  const std::string body = body_of(1 << 20, static_cast<std::size_t>(state.range(0)));
  std::string out;
  for (auto _ : state) {
    smtp::DotStuffer stuffer;
    for (std::size_t begin = 0; begin < body.size(); begin += piece_size) {
      out.clear();
      stuffer.feed(std::string_view(body).substr(begin, piece_size), out);
    }
    stuffer.finish(out);
    benchmark::DoNotOptimize(out.data());
  }
  count_bytes(state, body.size());
}
BENCHMARK(stuff_dots)->Arg(1)->Arg(100)->Arg(1 << 30);

void read_lines(benchmark::State& state) {
  std::string commands;
  for (int i = 0; i < 100; ++i) {
    commands += "RCPT TO:<recipient@recipient.example> NOTIFY=NEVER\r\n";
  }
  for (auto _ : state) {
    wire::LineReader reader(4096);
    reader.feed(commands);
    while (const auto line = reader.next()) {
      benchmark::DoNotOptimize(line->text.data());
    }
  }
  count_bytes(state, commands.size());
}
BENCHMARK(read_lines);

// A client and a policy that says yes: feeds what it is asked for until the dialogue wants to read.
class YesRoom {
 public:
  YesRoom() : dialogue_(smtp::ServerOptions{}) { until_read({Happened::opened}); }
  void receive(std::string_view bytes) { until_read({Happened::received, bytes}); }
  [[nodiscard]] std::size_t messages() const { return messages_; }

 private:
  void until_read(const wire::Event& event) {
    wire::Step step = dialogue_.next(event);
    while (step.action == Action::write || step.action == Action::ask) {
      const bool is_question = step.action == Action::ask;
      if (is_question) {
        answer();
      }
      step = dialogue_.next({is_question ? Happened::answered : Happened::written});
    }
  }

  void answer() {
    switch (dialogue_.question()) {
      case smtp::Question::body_begin:
        return dialogue_.answer({354, "", "Go on"});
      case smtp::Question::body_chunk:
        return dialogue_.accept_chunk();
      case smtp::Question::transaction_dropped:
        return dialogue_.acknowledge();
      case smtp::Question::body_end:
        ++messages_;
        return dialogue_.answer({250, "2.0.0", "Taken"});
      case smtp::Question::none:
      case smtp::Question::login:
      case smtp::Question::sender:
      case smtp::Question::recipient:
        return dialogue_.answer({250, "2.1.0", "Fine"});
    }
  }

  smtp::ServerDialogue dialogue_;
  std::size_t messages_ = 0;
};

void converse(YesRoom& room, std::string_view body_on_wire) {
  room.receive("MAIL FROM:<sender@sender.example> SIZE=10000 BODY=8BITMIME\r\n");
  room.receive("RCPT TO:<recipient@recipient.example>\r\n");
  room.receive("DATA\r\n");
  for (std::size_t begin = 0; begin < body_on_wire.size(); begin += piece_size) {
    room.receive(body_on_wire.substr(begin, piece_size));
  }
}

void server_session(benchmark::State& state) {
  const std::string wire = stuffed(body_of(static_cast<std::size_t>(state.range(0)), 100));
  for (auto _ : state) {
    YesRoom room;
    room.receive("EHLO client.example\r\n");
    converse(room, wire);
    room.receive("QUIT\r\n");
    if (room.messages() != 1) {
      state.SkipWithError("the message was not taken");
    }
  }
  count_bytes(state, wire.size());
}
BENCHMARK(server_session)->Arg(1000)->Arg(10'000)->Arg(1'000'000);

void server_message_on_kept_session(benchmark::State& state) {
  const std::string wire = stuffed(body_of(10'000, 100));
  YesRoom room;
  room.receive("EHLO client.example\r\n");
  for (auto _ : state) {
    converse(room, wire);
  }
  if (room.messages() != static_cast<std::size_t>(state.iterations())) {
    state.SkipWithError("a message was not taken");
  }
  count_bytes(state, wire.size());
}
BENCHMARK(server_message_on_kept_session);

// The relay's side: a server that answers each flight with what it wants to hear.
std::string answers_to(std::string_view flight, std::size_t& body_left) {
  std::string answers;
  while (!flight.empty()) {
    const std::size_t of_body = std::min(body_left, flight.size());
    flight.remove_prefix(of_body);
    body_left -= of_body;
    if (of_body > 0 && body_left == 0) {
      answers += "250 2.0.0 Taken\r\n";
    }
    const std::size_t end = flight.find('\n');
    if (body_left > 0 || end == flight.npos) {
      break;
    }
    const std::string_view line = flight.substr(0, end);
    if (line.starts_with("BDAT ")) {
      body_left = std::stoul(std::string(line.substr(5)));
    } else if (line.starts_with("EHLO")) {
      answers += "250-relay.example\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 8BITMIME\r\n";
    } else {
      answers += "250 2.0.0 Fine\r\n";
    }
    flight.remove_prefix(end + 1);
  }
  return answers;
}

class WillingRelay {
 public:
  explicit WillingRelay(smtp::ClientDialogue& dialogue) : dialogue_(dialogue) {
    until_ask({Happened::opened});
  }

  // Runs until the dialogue asks the room again.
  void until_ask(wire::Event event) {
    wire::Step step = dialogue_.next(event);
    std::string incoming = greeted_ ? "" : "220 relay.example ESMTP\r\n";
    greeted_ = true;
    while (step.action == Action::write || step.action == Action::read) {
      if (step.action == Action::write) {
        incoming += answers_to(step.output, body_left_);
        incoming += answers_to(step.more, body_left_);
        step = dialogue_.next({Happened::written});
      } else {
        const std::string now = std::exchange(incoming, "");
        step = dialogue_.next({now.empty() ? Happened::closed : Happened::received, now});
      }
    }
  }

 private:
  smtp::ClientDialogue& dialogue_;
  std::size_t body_left_ = 0;
  bool greeted_ = false;
};

void client_message_on_warm_session(benchmark::State& state) {
  smtp::ClientOptions options;
  options.hello_name = "client.example";
  options.tls = smtp::TlsMode::none;
  smtp::ClientDialogue dialogue(options);
  WillingRelay relay(dialogue);
  smtp::Envelope envelope;
  envelope.sender = "sender@sender.example";
  envelope.recipients = {{"recipient@recipient.example", "", ""}};
  const std::string body = body_of(10'000, 100);
  for (auto _ : state) {
    dialogue.begin(envelope, {body, true}, false);
    relay.until_ask({Happened::answered});
    if (!dialogue.exchange() || dialogue.exchange()->result != smtp::Exchange::Result::accepted) {
      state.SkipWithError("the message was not taken");
      break;
    }
  }
  count_bytes(state, body.size());
}
BENCHMARK(client_message_on_warm_session);

}  // namespace
}  // namespace todoku::bench

BENCHMARK_MAIN();
