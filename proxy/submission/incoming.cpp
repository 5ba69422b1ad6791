// SPDX-License-Identifier: Apache-2.0
// Header edits, policy on bare newlines, spooling.
#include "proxy/submission/incoming.hpp"

#include "proxy/delivery/from_address.hpp"

#include <algorithm>
#include <utility>

namespace todoku::submission {

namespace asio = boost::asio;

Incoming::Incoming(Surroundings& around, std::shared_ptr<Outgoing> outgoing,
                   delivery::TraceFacts facts, std::string hello, std::unique_ptr<Inquiry> inquiry)
    : around_(around),
      outgoing_(std::move(outgoing)),
      facts_(std::move(facts)),
      hello_(std::move(hello)),
      header_(around.settings.smtp.max_header),
      inquiry_(std::move(inquiry)) {
  if (inquiry_) scanner_.emplace();
}

Incoming::~Incoming() {
  if (!is_settled_) give_up();
  answered(false);
  outgoing_->is_client_gone = nullptr;
}

void Incoming::give_up() {
  is_settled_ = true;
  outgoing_->give_up();
}

void Incoming::hurry() {
  is_hurried_ = true;
  if (!is_settled_) give_up();
  if (outgoing_->stop_waiting) outgoing_->stop_waiting();
}

delivery::Answer Incoming::refuse(smtp::Reply reply, delivery::Sentence sentence) {
  give_up();
  reply.text += "\n(Todoku " + outgoing_->id + ")";
  return {std::move(reply), std::move(sentence)};
}

std::optional<delivery::Answer> Incoming::take(std::string_view bytes,
                                               const smtp::BodyReport& report) {
  if (is_hurried_) return refuse_as_stopping();
  if (scanner_) scanner_->feed(bytes);
  if (!header_is_out_) {
    bytes.remove_prefix(header_.feed(bytes));
    if (auto refusal = check_header()) return refusal;
  }
  if (auto refusal = check_newlines(report)) return refusal;
  if (digest_) digest_->add(bytes);
  if (auto refusal = keep(bytes)) return refusal;
  const bool is_large = outgoing_->body->size() > around_.settings.delivery.stream_from;
  if (is_large && !has_begun_ && may_stream()) {
    has_begun_ = true;
    around_.carrier.begin(outgoing_);
  }
  return std::nullopt;
}

// Without a Message-ID a repeat shows only by its whole body: then nothing may leave before.
bool Incoming::may_stream() {
  if (!header_is_out_ || outgoing_->message_id_header.empty()) return false;
  if (!inquiry_) return true;
  if (!gate_lets_stream_) {
    if (inquiry_->is_open()) return false;  // asked again with the next bytes
    const auto& envelope = outgoing_->envelope;
    gate_lets_stream_ = !around_.checks->facts.scans() &&
                        around_.checks->gate.may_stream(envelope, inquiry_->facts(envelope));
  }
  return *gate_lets_stream_;
}

asio::awaitable<std::optional<delivery::Answer>> Incoming::complete(smtp::BodyReport report) {
  if (auto refusal = end_reading(report)) co_return refusal;
  if (inquiry_ && inquiry_->is_open()) co_await inquiry_->wait();
  co_return check_content();
}

std::optional<delivery::Answer> Incoming::end_reading(const smtp::BodyReport& report) {
  if (is_hurried_) return refuse_as_stopping();
  header_.finish();
  if (auto refusal = check_header()) return refusal;
  if (auto refusal = check_newlines(report)) return refusal;
  if (!inquiry_) return std::nullopt;
  skeleton_ = scanner_->finish();
  scanner_.reset();
  inquiry_->add_message(*outgoing_, *skeleton_);
  return std::nullopt;
}

delivery::Answer Incoming::refuse_as_stopping() {
  return refuse({451, "4.3.2", "Todoku is stopping. Nobody got this message; please try again"},
                {"smtp.stopping", {}});
}

// Once the header section is complete it is edited and goes out in front of the body.
std::optional<delivery::Answer> Incoming::check_header() {
  if (header_is_out_ || header_.state() == mail::HeaderScanner::State::reading) return std::nullopt;
  if (header_.state() == mail::HeaderScanner::State::too_large) {
    return refuse({552, "5.3.4", "The header section of this message is too large"},
                  {"smtp.header_too_large", {}});
  }
  if (header_.count("Received") > around_.settings.smtp.max_hops) {
    return refuse({554, "5.4.6",
                   "This message has passed too many servers; it seems to go round "
                   "in a circle"},
                  {"smtp.loop_detected", {}});
  }
  header_is_out_ = true;
  outgoing_->message_id_header = header_.value("Message-ID");
  outgoing_->subject = header_.value("Subject");
  outgoing_->is_signed = header_.is_signed();
  outgoing_->from_address = delivery::from_address(header_.value("From"));
  if (outgoing_->message_id_header.empty()) digest_.emplace().add(header_.bytes());
  const auto edited = delivery::edit_header(header_, facts_);
  return keep(edited.bytes);
}

std::optional<delivery::Answer> Incoming::check_newlines(const smtp::BodyReport& report) {
  if (report.bare_newlines == 0) return std::nullopt;
  const bool by_policy = around_.settings.delivery.bare_newline == settings::BareNewline::refuse;
  // Repair would break a signature, and passing bare newlines on is never right.
  const bool by_signature = header_is_out_ && header_.is_signed();
  if (!by_policy && !by_signature) return std::nullopt;
  return refuse({550, "5.6.0",
                 "This message has line ends that are not CRLF, and they may not be "
                 "repaired because it is signed or by policy"},
                {"smtp.bare_newline_signed", {}});
}

// All is there but the end, which has not left: the checks may still stop it.
std::optional<delivery::Answer> Incoming::check_content() {
  if (is_hurried_) return refuse_as_stopping();
  if (auto refusal = check_findings()) return refusal;
  is_settled_ = true;
  if (digest_) outgoing_->body_digest = digest_->finish();
  outgoing_->body->finish();
  return std::nullopt;
}

std::optional<delivery::Answer> Incoming::check_findings() {
  if (!inquiry_) return std::nullopt;
  const auto& envelope = outgoing_->envelope;
  auto ruling = around_.checks->gate.check_message(
      {*outgoing_->account, hello_}, envelope, *skeleton_, inquiry_->facts(envelope),
      header_.value("User-Agent"), std::chrono::steady_clock::now());
  skeleton_.reset();
  if (!ruling.findings.empty()) {
    around_.log.write(platform::LogLevel::info, "checks.found", outgoing_->id,
                      {{"codes", ruling.codes}});
    outgoing_->findings = std::move(ruling.findings);
    outgoing_->checked_at = std::chrono::system_clock::now();
  }
  // What may be streamed can be found only to be refused: the settings do not change meanwhile.
  if (ruling.outcome == checks::Outcome::hold && !has_begun_) held_for_ = ruling.codes;
  if (!has_begun_) undo_window_ = ruling.undo_window;
  if (ruling.outcome != checks::Outcome::refuse) return std::nullopt;
  auto answer = refuse(std::move(ruling.answer.reply), {});
  answer.more = std::move(ruling.answer.more);
  return answer;
}

std::optional<delivery::Answer> Incoming::keep(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto failed = outgoing_->body->append(bytes);
  if (!failed) return std::nullopt;
  around_.log.write(platform::LogLevel::error, "spool.failed", outgoing_->id,
                    {{"detail", failed.message()}});
  // A fault on this PC is never the message's fault: temporary (RFC 3463 4.3.1).
  return refuse({452, "4.3.1", "There is not enough space on this PC to keep the message"},
                {"smtp.spool_full", {}});
}

asio::awaitable<void> Incoming::wait_for_relay() {
  if (!has_begun_) co_return;
  const auto& delivery = around_.settings.delivery;
  // Held for as long as its answer would be waited for, and less than a client bears.
  const auto patience = std::min(delivery.answer_budget, delivery.verdict_wait);
  co_await outgoing_->body->wait_for_reader(delivery.stream_window, patience);
}

asio::awaitable<delivery::Answer> Incoming::answer() {
  is_answer_open_ = true;
  const auto settled = co_await settlement();
  auto answer = delivery::answer_for(settled);
  const bool is_taken = answer.reply.code / 100 == 2 && !held_for_;
  if (is_taken && inquiry_) inquiry_->message_is_taken();
  co_return answer;
}

asio::awaitable<delivery::Settlement> Incoming::settlement() {
  auto& carrier = around_.carrier;
  delivery::Settlement settled;
  if (held_for_) {
    settled = co_await carrier.hold(outgoing_, *held_for_);
  } else if (undo_window_.count() > 0) {
    settled = co_await carrier.wait_undo_window(outgoing_, undo_window_);
  } else {
    settled = co_await carrier.settle(outgoing_);
  }
  co_return settled;
}

void Incoming::answered(bool is_told) {
  if (std::exchange(is_answer_open_, false)) around_.carrier.answered(*outgoing_, is_told);
}

bool Incoming::client_shows_utf8() const {
  return is_thunderbird(header_.value("User-Agent"));
}

}  // namespace todoku::submission
