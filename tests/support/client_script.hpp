// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plays a relay for a ClientDialogue: turns of (what the client must say, what the relay answers),
// whole or byte by byte, broken off at any step. No socket, no clock.
#include "proxy/smtp/client_dialogue.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::smtp::testing {

// The relay waits until the client has said all of this, then answers.
struct Turn {
  std::string client;
  std::string relay;
};
using Script = std::vector<Turn>;
using Order = std::function<void(ClientDialogue&)>;

struct Play {
  bool byte_by_byte = false;
  // At this I/O step (counted from 0) this event comes instead of what the script has.
  std::optional<std::size_t> broken_at = {};
  wire::Event break_with = {wire::Happened::closed};
};

class ScriptedRelay {
 public:
  ScriptedRelay(Script script, std::vector<Order> orders)
      : script_(std::move(script)), orders_(std::move(orders)) {}

  // Until the dialogue finishes, or asks when no order is left.
  void run(ClientDialogue& dialogue, const Play& play = {}) {
    play_ = play;
    drop_matched();
    wire::Step step = dialogue.next({wire::Happened::opened});
    while (step.action != wire::Action::finish && steps_ < 100'000) {
      if (step.action == wire::Action::ask) {
        if (next_order_ == orders_.size()) return;
        orders_[next_order_++](dialogue);
        step = dialogue.next({wire::Happened::answered});
      } else {
        step = dialogue.next(event_for(step));
      }
    }
    finished_ = true;
    hear(std::string(step.output));
  }

  [[nodiscard]] const std::string& said() const { return said_; }  // all client bytes
  // One entry for each write step, the last output of finish included.
  [[nodiscard]] const std::vector<std::string>& flights() const { return flights_; }
  [[nodiscard]] const std::vector<wire::Step>& steps() const { return taken_; }
  [[nodiscard]] std::size_t step_count() const { return steps_; }
  [[nodiscard]] bool finished() const { return finished_; }
  // Nothing = the client said what the script has.
  [[nodiscard]] const std::string& mismatch() const { return mismatch_; }
  [[nodiscard]] bool played_out() const { return turn_ == script_.size() && pending_.empty(); }

 private:
  wire::Event event_for(const wire::Step& step) {
    const bool is_broken = play_.broken_at == steps_++;
    taken_.push_back({step.action, step.limit});
    if (step.action == wire::Action::write) {
      hear(std::string(step.output).append(step.more));
      if (is_broken) return play_.break_with;
      return {wire::Happened::written};
    }
    if (is_broken) return play_.break_with;
    if (step.action == wire::Action::secure) return {wire::Happened::secured};
    if (pending_.empty()) return {wire::Happened::closed};
    chunk_ = pending_.substr(0, play_.byte_by_byte ? 1 : std::string::npos);
    pending_.erase(0, chunk_.size());
    return {wire::Happened::received, chunk_};
  }

  void hear(std::string flight) {
    said_ += flight;
    heard_ += flight;
    flights_.push_back(std::move(flight));
    drop_matched();
    const std::string expected = turn_ < script_.size() ? script_[turn_].client : "";
    if (mismatch_.empty() && !expected.starts_with(heard_)) {
      mismatch_ = "said: " + heard_ + "expected: " + expected;
    }
  }

  void drop_matched() {
    while (turn_ < script_.size() && heard_.starts_with(script_[turn_].client) &&
           (!heard_.empty() || script_[turn_].client.empty())) {
      heard_.erase(0, script_[turn_].client.size());
      pending_ += script_[turn_++].relay;
    }
  }

  Script script_;
  std::vector<Order> orders_;
  Play play_;
  std::size_t turn_ = 0, next_order_ = 0, steps_ = 0;
  std::string heard_, said_, pending_, chunk_, mismatch_;
  std::vector<std::string> flights_;
  std::vector<wire::Step> taken_;
  bool finished_ = false;
};

inline Credentials password(std::string user = "hana", std::string secret = "sakura") {
  return {Mechanism::plain, std::move(user), wire::Secret(std::move(secret))};
}

inline Envelope envelope(std::vector<std::string> recipients, std::string sender = "hana@a.test") {
  Envelope out;
  out.sender = std::move(sender);
  for (std::string& address : recipients) out.recipients.push_back({std::move(address), {}, {}});
  return out;
}

inline Order log_in(Credentials credentials = password()) {
  return [credentials](ClientDialogue& d) { d.log_in(credentials); };
}
// The texts are string literals in the tests, so they outlive the dialogue.
inline Order begin(Envelope what, std::string_view bytes, bool is_last = true,
                   bool careful = false) {
  return [=](ClientDialogue& d) { d.begin(what, {bytes, is_last}, careful); };
}
inline Order give(std::string_view bytes, bool is_last) {
  return [=](ClientDialogue& d) { d.give({bytes, is_last}); };
}
inline Order quit() {
  return [](ClientDialogue& d) { d.quit(); };
}

inline ClientOptions clear_text() {
  ClientOptions options;
  options.hello_name = "pc.test";
  options.tls = TlsMode::none;
  options.may_log_in_without_tls = true;
  return options;
}
inline ClientOptions with_starttls() {
  ClientOptions options = clear_text();
  options.tls = TlsMode::starttls_required;
  options.may_log_in_without_tls = false;
  return options;
}

// The script up to the idle state, then the given turns.
inline Script after_hello(const std::string& keywords, const Script& turns) {
  Script script{{"", "220 relay.test ESMTP\r\n"}, {"EHLO pc.test\r\n", "250-relay.test\r\n"}};
  for (std::size_t at = 0; at < keywords.size();) {
    const std::size_t end = std::min(keywords.find(';', at), keywords.size());
    script.back().relay += "250-" + keywords.substr(at, end - at) + "\r\n";
    at = end + 1;
  }
  script.back().relay += "250 HELP\r\n";
  script.insert(script.end(), turns.begin(), turns.end());
  return script;
}

}  // namespace todoku::smtp::testing
