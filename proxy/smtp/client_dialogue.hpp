// SPDX-License-Identifier: Apache-2.0
#pragma once

// Our side of a session with a relay (RFC 5321, 3207, 4954, 2920, 3030): opens it up to EHLO, logs
// in, sends messages, and reports replies with the phase they came in. It decides nothing about
// what to do next: the room does. Floor 0: no socket, no clock. One owner, one thread.
#include "proxy/smtp/capabilities.hpp"
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/smtp/reply.hpp"
#include "proxy/wire/dialogue.hpp"
#include "proxy/wire/tracer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::smtp {

enum class TlsMode : std::uint8_t {
  none,
  starttls_required,
  implicit  // the first step, on opened, is Action::secure
};

// RFC 5321 4.5.3.2. How long without progress is allowed in each phase.
struct ClientLimits {
  wire::Duration greeting{300'000};
  wire::Duration command{300'000};  // EHLO, STARTTLS, AUTH, MAIL, RCPT
  wire::Duration data{120'000};     // until the 354
  wire::Duration block{180'000};    // writing a piece of the body
  wire::Duration final_dot{600'000};
};

struct ClientOptions {
  std::string hello_name;    // FQDN or address literal of the socket
  std::string own_instance;  // our server's token; seen in the relay's EHLO answer = we are it
  TlsMode tls = TlsMode::starttls_required;
  bool may_log_in_without_tls = false;  // loopback only
  bool use_chunking = true;
  ClientLimits limits;
  wire::Tracer* tracer = nullptr;  // not owned; outlives the dialogue
};

// The SMTP phase in which something happened.
enum class Phase : std::uint8_t {
  connect,
  greeting,
  hello,
  starttls,
  login,
  sender,
  recipient,
  data,
  body,
  final_dot
};
[[nodiscard]] const char* to_string(Phase phase);

enum class Trouble : std::uint8_t {
  refused,  // a reply of 4xx/5xx: see reply
  closed,   // the connection ended
  timed_out,
  malformed_reply,   // not SMTP, or bounds exceeded
  starttls_missing,  // TLS is required and not offered
  tls_failed,
  login_unavailable,  // no mechanism in common, or a clear-text connection
  connected_to_self,
  smtputf8_missing,  // the envelope needs SMTPUTF8 and the relay lacks it
  stopped,
};

struct Failure {
  Phase phase = Phase::connect;
  Trouble trouble = Trouble::closed;
  std::optional<Reply> reply;  // for refused, and the last thing said before closed
};

// What became of one message; all recipients of one transaction share sender, data and final
// replies.
struct Exchange {
  enum class Result : std::uint8_t {
    accepted,  // 2xx to the final dot, for the recipients with a 2xx of their own
    refused,   // a reply refused it; nobody got it
    failed,    // the connection broke before the final dot (or BDAT LAST) left: nobody got it
    unknown,   // the final dot (or BDAT LAST) left and no answer came: perhaps delivered
  };
  Result result = Result::failed;
  Phase phase = Phase::sender;         // where it was decided
  Trouble trouble = Trouble::refused;  // for failed and unknown: why
  Reply reply;                         // the deciding reply, code 0 = none
  std::vector<Reply> recipients;       // the reply to each RCPT, in the envelope's order
};

class ClientDialogue final : public wire::Dialogue {
 public:
  explicit ClientDialogue(ClientOptions options);
  ~ClientDialogue() override;
  wire::Step next(const wire::Event& event) override;

  // Why Action::ask came back.
  enum class Wants : std::uint8_t {
    order,  // connection is idle: log_in, begin or quit; or failure()/exchange() to be read
    body,   // in a message: give the next chunk with give()
  };
  [[nodiscard]] Wants wants() const;

  // Orders, only when wants() == order; then next({Happened::answered}).
  void log_in(const Credentials& credentials);
  struct Chunk {
    std::string_view bytes;
    bool is_last = false;
  };
  // Begins a message. The first chunk joins the first flight where that is allowed (one recipient,
  // CHUNKING and PIPELINING offered, and careful == false); its bytes must stay valid until the
  // next ask. careful: MAIL and RCPT first, the body only after their replies (for a long idle
  // connection). partly: refused recipients do not stop the others (accepted then says in
  // recipients who was refused); else one refusal means that nobody gets it. Behind a refused
  // message RSET goes first, with PIPELINING in the same flight; where it fails, the exchange has
  // failed with Trouble::closed, as on a connection that was dead already.
  void begin(const Envelope& envelope, Chunk first, bool careful, bool partly = false);
  void quit();

  // Only when wants() == body. Chunks are message bytes in CRLF lines, valid until the next ask.
  void give(Chunk chunk);
  // Give the message up in mid-body: the next step is finish, so that the relay never sees an end.
  void abandon();

  // The session is unusable (Action::finish was returned, or the log-in was refused).
  [[nodiscard]] const std::optional<Failure>& failure() const;
  [[nodiscard]] bool is_logged_in() const;
  // The relay's error report (JSON) on a refused token, decoded and cleaned; else empty.
  [[nodiscard]] const std::string& login_challenge() const;
  // The outcome of the last message; set when it has ended (ask with Wants::order, or finish).
  [[nodiscard]] const std::optional<Exchange>& exchange() const;
  // false after an exchange that ended by closing, or whose connection must not be used again.
  [[nodiscard]] bool is_reusable() const;
  // The final dot (or BDAT LAST) of the current message has been given to a write step.
  [[nodiscard]] bool has_sent_end() const;
  [[nodiscard]] const Capabilities& capabilities() const;  // the current EHLO's
  [[nodiscard]] bool is_secure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::smtp
