// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plays SMTP client scripts against ServerDialogue with no socket: whole, in one-byte pieces, and
// with a close, a time-out or a stop order after each step. A FakeRoom answers the questions.
#include "proxy/smtp/server_dialogue.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::test {

using smtp::Question;
using smtp::Reply;
using smtp::ServerDialogue;
using smtp::ServerOptions;
using wire::Action;
using wire::Happened;

struct FakeRoom {
  Reply login{235, "2.7.0", "Logged in"};
  std::string oauth_failure;  // JSON; then login is the refusal behind it
  Reply sender{250, "2.1.0", "Sender OK"};
  std::function<Reply(const std::string&)> recipient = [](const std::string&) {
    return Reply{250, "2.1.5", "Recipient OK"};
  };
  Reply body_begin{354, "", "Go on"};
  Reply discard;  // code 0 = accept the chunks
  Reply verdict{250, "2.0.0", "Sent as M1"};

  // What it saw.
  std::vector<Question> asked;
  std::vector<smtp::Credentials> logins;
  std::vector<smtp::Envelope> envelopes;
  std::vector<std::string> bodies;
  std::string body;
  int open_transactions = 0;

  void answer(ServerDialogue& dialogue) {
    asked.push_back(dialogue.question());
    switch (dialogue.question()) {
      case Question::none:
        ADD_FAILURE() << "asked without a question";
        break;
      case Question::login:
        logins.push_back(dialogue.login());
        if (oauth_failure.empty())
          dialogue.answer(login);
        else
          dialogue.answer_oauth_failure(oauth_failure, login);
        break;
      case Question::sender:
        if (sender.is_positive()) ++open_transactions;
        dialogue.answer(sender);
        break;
      case Question::recipient:
        dialogue.answer(recipient(dialogue.envelope().recipients.back().address));
        break;
      case Question::body_begin:
        body.clear();
        dialogue.answer(body_begin);
        break;
      case Question::body_chunk:
        answer_chunk(dialogue);
        break;
      case Question::body_end:
        envelopes.push_back(dialogue.envelope());
        bodies.push_back(body);
        --open_transactions;
        dialogue.answer(verdict);
        break;
      case Question::transaction_dropped:
        --open_transactions;
        dialogue.acknowledge();
        break;
    }
  }

 private:
  void answer_chunk(ServerDialogue& dialogue) {
    EXPECT_FALSE(dialogue.chunk().empty());
    body += dialogue.chunk();
    if (discard.code == 0) {
      dialogue.accept_chunk();
      return;
    }
    --open_transactions;
    dialogue.discard_body(discard);
  }
};

class Player {
 public:
  explicit Player(ServerOptions options = {}, FakeRoom fake = {})
      : room(std::move(fake)), dialogue(std::move(options)) {}

  // Gives the event, does what the dialogue wants, and returns what it wrote until it reads again.
  std::string give(wire::Event event) {
    std::string output;
    while (!is_finished) {
      const wire::Step step = dialogue.next(event);
      last_limit = step.limit;
      if (step.action == Action::write || step.action == Action::finish) {
        output.append(step.output).append(step.more);
        ++writes;
      }
      switch (step.action) {
        case Action::read:
          return output;
        case Action::write:
          event = {Happened::written, {}};
          break;
        case Action::secure:
          event = {Happened::secured, {}};
          break;
        case Action::ask:
          room.answer(dialogue);
          event = {Happened::answered, {}};
          break;
        case Action::finish:
          is_finished = true;
          break;
      }
    }
    return output;
  }
  std::string open() { return give({Happened::opened, {}}); }
  std::string send(std::string_view bytes) { return give({Happened::received, bytes}); }
  std::string send_in_bytes(std::string_view bytes) {
    std::string output;
    for (std::size_t i = 0; i < bytes.size() && !is_finished; ++i)
      output += send(bytes.substr(i, 1));
    return output;
  }

  FakeRoom room;
  ServerDialogue dialogue;
  wire::Duration last_limit{0};
  int writes = 0;
  bool is_finished = false;
};

// What the client sends and how each reply line must begin (lines parted by '\n').
struct ScriptStep {
  std::string send;
  std::string expected;
};
using Script = std::vector<ScriptStep>;

inline std::vector<std::string> lines_of(std::string_view text, std::string_view ending) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find(ending);
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + ending.size());
  }
  return lines;
}

inline void expect_lines(const std::string& output, const ScriptStep& step) {
  const auto seen = lines_of(output, "\r\n");
  const auto wanted = lines_of(step.expected, "\n");
  EXPECT_EQ(seen.size(), wanted.size()) << "after: " << step.send << "\ngot: " << output;
  for (std::size_t i = 0; i < std::min(seen.size(), wanted.size()); ++i)
    EXPECT_EQ(seen[i].substr(0, wanted[i].size()), wanted[i]) << "after: " << step.send;
}

// A session that is interrupted after `count` steps must end cleanly and close its transaction.
inline void play_interrupted(const Script& script, const ServerOptions& options,
                             const FakeRoom& room, std::size_t count, Happened how) {
  Player player(options, room);
  player.open();
  for (std::size_t i = 0; i < count; ++i) player.send(script[i].send);
  if (player.is_finished) return;
  const bool was_open = player.dialogue.is_in_transaction();
  std::string output = player.give({how, {}});
  if (how == Happened::closed) {
    EXPECT_EQ(output, "");
  }
  if (how == Happened::timed_out) {
    EXPECT_EQ(output.substr(0, 9), "421 4.4.2");
  }
  if (how == Happened::stopping && was_open) {
    EXPECT_FALSE(player.is_finished);
    EXPECT_EQ(output, "");
    player.give({Happened::closed, {}});
  } else if (how == Happened::stopping) {
    EXPECT_EQ(output.substr(0, 9), "421 4.3.2");
  }
  EXPECT_TRUE(player.is_finished);
  EXPECT_EQ(player.room.open_transactions, 0);
}

inline void play(const Script& script, const ServerOptions& options = {},
                 const FakeRoom& room = {}) {
  for (const bool in_bytes : {false, true}) {
    SCOPED_TRACE(in_bytes ? "in one-byte pieces" : "whole");
    Player player(options, room);
    EXPECT_EQ(player.open().substr(0, 4), "220 ");
    for (const ScriptStep& step : script)
      expect_lines(in_bytes ? player.send_in_bytes(step.send) : player.send(step.send), step);
    player.give({Happened::closed, {}});
    EXPECT_EQ(player.room.open_transactions, 0);
  }
  for (std::size_t count = 0; count <= script.size(); ++count) {
    SCOPED_TRACE("interrupted after step " + std::to_string(count));
    for (const Happened how : {Happened::closed, Happened::timed_out, Happened::stopping})
      play_interrupted(script, options, room, count, how);
  }
}

// What a usual upstream can carry.
inline ServerOptions usual_options() {
  ServerOptions options;
  options.instance = "token-1";
  options.offered.has_size = true;
  options.offered.max_size = 1000;
  options.offered.eight_bit_mime = true;
  options.offered.dsn = true;
  options.offered.smtputf8 = true;
  options.offered.offers_login = true;
  return options;
}

}  // namespace todoku::test
