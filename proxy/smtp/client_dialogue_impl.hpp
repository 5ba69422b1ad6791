// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state of a ClientDialogue; its story is told in three files: client_dialogue.cpp (events),
// client_opening.cpp (up to EHLO, and the log-in), client_transaction.cpp (one message).
#include "proxy/smtp/client_dialogue.hpp"
#include "proxy/smtp/client_login.hpp"
#include "proxy/smtp/dot_stuffer.hpp"
#include "proxy/smtp/reply_parser.hpp"

namespace todoku::smtp {

class ClientDialogue::Impl {
 public:
  explicit Impl(ClientOptions options);

  wire::Step next(const wire::Event& event);
  void log_in(const Credentials& credentials);
  void begin(const Envelope& envelope, Chunk first, bool careful, bool partly);
  void order_quit();
  void give(Chunk chunk);
  void abandon();
  [[nodiscard]] bool has_sent_end() const { return end_sent_; }

  // Read by the front class.
  Wants wants = Wants::order;
  std::optional<Failure> failure;
  std::optional<Exchange> exchange;
  Capabilities capabilities;
  ClientLogin login;
  bool is_secure = false;
  bool is_logged_in = false;
  bool is_reusable = false;

 private:
  enum class State : std::uint8_t {
    fresh,      // nothing happened yet
    securing,   // the TLS handshake is under way
    greeting,   // waits for the 220
    hello,      // EHLO was sent
    hello_old,  // HELO was sent to a relay that knows no EHLO
    starttls,
    login,
    idle,     // the room has the word
    message,  // MAIL, or RSET before it, up to the final reply
    done,     // finish was returned
  };
  enum class Order : std::uint8_t {
    none,
    log_in,
    begin,
    quit,
    chunk,
    abandon
  };
  // What the message before left at the relay.
  enum class Remains : std::uint8_t {
    nothing,     // it was accepted, or there was none
    refusal,     // a transaction that is over or has no recipient; RSET makes sure
    recipients,  // accepted ones, of a transaction that was not finished
  };
  // Replies still to come, in the order in which they must come.
  struct Due {
    bool reset = false;
    bool sender = false;
    std::size_t recipients = 0;
    bool data = false;
    std::size_t blocks = 0;  // BDAT that is not the last
    bool last = false;       // the final dot or BDAT LAST
    [[nodiscard]] bool nothing() const {
      return !reset && !sender && recipients == 0 && !data && blocks == 0 && !last;
    }
    [[nodiscard]] bool only_blocks() const {
      return !reset && !sender && recipients == 0 && !data && !last;
    }
  };

  // client_dialogue.cpp
  wire::Step on_written();
  wire::Step on_received(std::string_view input);
  wire::Step on_idle_bytes(std::string_view input);
  wire::Step on_answered();
  wire::Step on_stopping();
  wire::Step on_broken(Trouble trouble);
  wire::Step fail(Phase phase, Trouble trouble, std::optional<Reply> reply, bool say_quit);
  wire::Step finish();
  wire::Step ask(Wants what);
  wire::Step read(wire::Duration limit) const;
  wire::Step write(wire::Duration limit, std::string_view more = {});
  wire::Step command(State state, std::string_view line);
  wire::Step quit();
  void trace_out(std::string_view commands) const;
  void trace_in(const Reply& reply) const;
  void trace_size(std::size_t bytes) const;
  void forget_output();
  [[nodiscard]] Phase phase() const;

  // client_opening.cpp
  wire::Step on_opened();
  wire::Step on_secured();
  wire::Step on_session_reply(const Reply& reply);
  wire::Step on_greeting(const Reply& reply);
  wire::Step on_hello(const Reply& reply);
  wire::Step on_starttls(const Reply& reply);
  wire::Step start_login();
  wire::Step on_login(const Reply& reply);
  wire::Step send_secret(std::string line, std::string_view shown);
  wire::Step refused_or_malformed(Phase phase, const Reply& reply);
  wire::Step hello();

  // client_transaction.cpp
  wire::Step start_message();
  // Nothing = the message goes on.
  std::optional<wire::Step> on_message_reply(Reply reply);
  std::optional<wire::Step> on_reset_reply(Reply reply);
  std::optional<wire::Step> on_unexpected(Reply reply);
  std::optional<wire::Step> on_final_reply(Reply reply);
  wire::Step go_on();
  wire::Step advance();
  wire::Step after_refusal();
  wire::Step send_commands();
  wire::Step send_one_command();
  wire::Step send_data_command();
  wire::Step send_block();
  wire::Step send_data_chunk();
  wire::Step read_replies() const;
  wire::Step end_message(bool closing);
  wire::Step break_message(Trouble trouble);
  void refuse(Phase phase, Reply reply);
  void append_bdat();
  void note_stray(std::string_view input);
  [[nodiscard]] bool may_go_on() const;
  [[nodiscard]] bool may_body_join() const;
  [[nodiscard]] Remains what_remains() const;
  [[nodiscard]] bool is_chunk_ready() const { return !chunk_.bytes.empty() || chunk_.is_last; }
  [[nodiscard]] Phase message_phase() const;

  ClientOptions options_;
  State state_ = State::fresh;
  Order order_ = Order::none;
  ReplyParser parser_;
  std::string output_;
  bool writing_ = false;  // a write step is out and has not been reported written
  bool output_is_secret_ = false;
  Credentials credentials_;
  std::optional<Reply> last_reply_;

  Remains remains_ = Remains::nothing;

  // One message.
  bool reset_first_ = false;       // RSET stands before it and was not sent yet
  bool reset_refused_ = false;     // but the end had left with it: the other replies decide
  std::string commands_;           // MAIL and RCPTs
  std::vector<std::size_t> ends_;  // of each of them
  std::size_t sent_ = 0;           // how many of them were handed to a write step
  bool careful_ = false;
  bool partly_ = false;              // some recipients may be refused
  std::size_t recipients_left_ = 0;  // not refused so far
  bool chunking_ = false;
  bool pipelining_ = false;
  bool streaming_ = false;  // one BDAT may go out before the reply to the one before it
  bool data_sent_ = false;
  bool in_data_mode_ = false;  // the 354 came: only an end mark or closing leads out
  bool end_sent_ = false;      // the final dot or BDAT LAST was handed to a write step
  bool refused_ = false;       // exchange holds the refusal; later replies change nothing
  Due due_;
  Chunk chunk_;  // waits for its turn
  DotStuffer stuffer_;
};

}  // namespace todoku::smtp
