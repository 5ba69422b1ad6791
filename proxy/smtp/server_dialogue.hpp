// SPDX-License-Identifier: Apache-2.0
#pragma once

// Our side of a submission session with a mail client (RFC 6409, 5321, 4954, 3207): all protocol
// knowledge and none of the policy. Whenever policy is needed it asks the room (Action::ask), which
// reads question(), calls exactly one answer function and goes on with Happened::answered.
// A body that grows beyond offered.max_size: transaction_dropped is asked at once, the rest is
// swallowed, and its end is answered 552 5.3.4. After discard_body nothing more is asked about that
// transaction. An answer of 421 also closes the connection.
// Floor 0: no socket, no clock. One owner, one thread.
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/tracer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::smtp {

struct ServerOptions {
  std::string host_name = "localhost";  // in the greeting and the EHLO answer
  std::string instance;  // a token of this process; put into the EHLO answer so that a proxy
                         // connected to itself notices (RFC 5321 6.3)
  Capabilities offered;  // what all upstreams can carry; see set_offered
  bool starttls_available = false;
  bool already_secure = false;          // implicit TLS: the stream is secured before opened
  bool login_needs_tls = false;         // gateway mode: AUTH only under TLS
  std::size_t max_recipients = 1000;    // above it 452 4.5.3
  std::size_t max_command_line = 4096;  // octets; 500 5.5.2 above
  std::size_t max_login_line = 16384;   // octets, base64 (RFC 4954 4: at least 12288)
  std::size_t max_errors = 50;  // bad commands in a row, then 421 (VRFY, RSET flood: max_idle)
  std::size_t max_idle_commands = 1000;  // RSET/NOOP/VRFY/EHLO without mail between, then 421
  std::size_t max_logins = 10;           // failed AUTH attempts, then 421
  wire::Duration idle_limit{300'000};    // waiting for a command (RFC 5321 4.5.3.2.7)
  wire::Duration body_limit{300'000};    // waiting for more of the body
  wire::Duration write_limit{300'000};
  wire::Tracer* tracer = nullptr;  // not owned; outlives the dialogue
};

enum class Question : std::uint8_t {
  none,
  login,                // login(): may they? answer(235|535|454...)
  sender,               // envelope().sender and parameters are set: answer(250|5xx|4xx)
  recipient,            // the last of envelope().recipients: answer; a refused one is removed again
  body_begin,           // DATA: answer(354) to go on, or a refusal
  body_chunk,           // chunk(): decoded bytes; accept_chunk() or discard_body(reply)
  body_end,             // the message is complete: answer(the verdict)
  transaction_dropped,  // RSET, EHLO, STARTTLS, or disconnect while one was open: acknowledge()
};

// What the scanner saw in the body so far.
struct BodyReport {
  std::uint64_t bytes = 0;
  std::uint64_t bare_newlines = 0;
};

// How a session was ended, for the log.
enum class ServerEnd : std::uint8_t {
  quit,
  closed_by_client,
  timed_out,
  stopped,
  http_verb,
  tls_hello_on_plain_port,
  too_many_errors,
  refused,
};

class ServerDialogue final : public wire::Dialogue {
 public:
  explicit ServerDialogue(ServerOptions options);
  ~ServerDialogue() override;
  wire::Step next(const wire::Event& event) override;

  [[nodiscard]] Question question() const;
  [[nodiscard]] const Credentials& login() const;  // for Question::login
  [[nodiscard]] const Envelope& envelope() const;  // the open transaction
  [[nodiscard]] std::string_view chunk() const;    // for body_chunk, until the next next()
  [[nodiscard]] BodyReport body_report() const;

  // One of these, once, for each question; then next({Happened::answered}).
  void answer(Reply reply);
  // For a refused XOAUTH2/OAUTHBEARER: the JSON goes out in a 334, then the client's empty line is
  // awaited, then the reply.
  void answer_oauth_failure(std::string json, Reply reply);
  void accept_chunk();
  // Swallow the rest of the body without asking again; answer its end with this reply.
  void discard_body(Reply reply);
  void acknowledge();

  // Refuse the whole connection at its start (too many sessions, shutting down): before opened.
  void refuse_connection(Reply reply);
  // Change what later EHLO answers advertise (the upstream's capabilities became known).
  void set_offered(const Capabilities& offered);

  [[nodiscard]] bool is_logged_in() const;
  [[nodiscard]] bool is_secure() const;
  [[nodiscard]] bool is_in_transaction() const;          // between MAIL and its end
  [[nodiscard]] const std::string& client_name() const;  // the EHLO argument, cleaned
  [[nodiscard]] ServerEnd end() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::smtp
