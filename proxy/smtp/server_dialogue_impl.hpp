// SPDX-License-Identifier: Apache-2.0
#pragma once

// The inside of ServerDialogue, shared by its three files: the driver (server_dialogue.cpp), the
// commands (server_dialogue_commands.cpp), and log-in and body (server_dialogue_phases.cpp).
#include "proxy/smtp/command.hpp"
#include "proxy/smtp/data_scanner.hpp"
#include "proxy/smtp/login.hpp"
#include "proxy/smtp/server_dialogue.hpp"
#include "proxy/wire/line_reader.hpp"

namespace todoku::smtp {

class ServerDialogue::Impl {
 public:
  explicit Impl(ServerOptions options);
  wire::Step next(const wire::Event& event);

  // What the room has said to the last question.
  struct Given {
    enum class Kind : std::uint8_t {
      nothing,
      reply,
      oauth_failure,
      accepted,
      discard,
      acknowledged
    };
    Kind kind = Kind::nothing;
    Reply reply;
    std::string json;
  };

  ServerOptions options;
  Given given;
  Reply connection_refusal;
  Question question = Question::none;
  Credentials login;
  Envelope envelope;
  std::string client_name;
  std::string chunk;
  DataScanner scanner;
  ServerEnd end = ServerEnd::closed_by_client;
  bool is_logged_in = false;
  bool is_secure = false;
  bool in_transaction = false;

 private:
  enum class State : std::uint8_t {
    command,
    login,          // the next line answers a 334
    oauth_failure,  // the next line (empty) fetches the refusal after the JSON
    body,
    tls,  // 220 to STARTTLS is on its way
  };

  // The driver.
  wire::Step open();
  wire::Step run();
  void on_received(std::string_view bytes);
  void on_timed_out();
  void on_closed();
  bool work();  // handles one line or piece of body; false when input has run dry
  wire::Step make_step(wire::Action action, wire::Duration limit);
  void finish(ServerEnd how);
  void say(int code, std::string_view status, std::string_view text);
  void say(Reply reply);
  void trace_output(std::size_t from);
  void trace_input(std::string_view text);
  void trace_command(const Command& command, std::string_view line);

  // Answers of the room.
  void apply_given();
  void apply_login(Reply reply);
  void apply_sender(Reply reply);
  void apply_recipient(Reply reply);
  void apply_body_begin(Reply reply);
  void end_message(Reply verdict);
  void close_after_421(const Reply& reply);

  // Commands.
  void handle_line(const wire::LineReader::Line& line);
  void handle_command(const Command& command);
  void hello(const Command& command, bool is_extended);
  std::string keywords() const;
  void mail(std::string_view argument);
  void recipient(std::string_view argument);
  void data(std::string_view argument);
  void reset();
  void quit();
  void start_tls(std::string_view argument);
  void idle_command(int code, std::string_view status, std::string_view text);
  void count_idle();
  void fail(int code, std::string_view status, std::string_view text);
  void drop_transaction();
  void clear_transaction();
  void clear_session();

  // Log-in and body.
  bool may_log_in() const;
  bool offers(Mechanism mechanism) const;
  void authenticate(std::string_view argument);
  void follow(LoginExchange::Outcome outcome);
  void refuse_login(Reply reply);
  void scan(std::string_view input, bool is_from_reader);
  void after_scan();

  wire::LineReader reader_;
  LoginExchange exchange_;
  Capabilities told_;  // what the last EHLO answer advertised
  std::string output_;
  Reply pending_refusal_;  // after the JSON of an OAuth failure
  Reply discard_reply_;
  State state_ = State::command;
  bool has_received_ = false;
  bool has_greeted_ = false;  // EHLO or HELO was said
  bool is_extended_ = false;  // and it was EHLO
  bool is_writing_ = false;   // the last step was a write
  bool must_flush_ = false;   // the client must see the output before anything else
  bool is_finishing_ = false;
  bool is_stopping_ = false;
  bool is_discarding_ = false;     // the rest of the body is swallowed
  bool room_has_dropped_ = false;  // the room knows already that this transaction is void
  std::size_t commands_since_write_ = 0;
  std::size_t errors_in_a_row_ = 0;
  std::size_t idle_commands_ = 0;
  std::size_t failed_logins_ = 0;
  std::size_t recipients_tried_ = 0;
};

}  // namespace todoku::smtp
