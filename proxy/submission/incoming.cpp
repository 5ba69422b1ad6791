// SPDX-License-Identifier: Apache-2.0
// Header edits, policy on bare newlines, spooling, and the wait for the verdict.
#include "proxy/submission/incoming.hpp"

#include <utility>

namespace todoku::submission {

namespace asio = boost::asio;

namespace {

// What the relay has read of the body, and on a slow line what of that has left.
std::uint64_t progress_of(const Outgoing& message) {
  return message.body->read_to() + (message.progress ? message.progress() : 0);
}

}  // namespace

// A delivery under way. Shared by the session that waits for it and the coroutine that does it:
// either may end first.
struct Incoming::Delivery {
  explicit Delivery(asio::any_io_executor executor) : done(std::move(executor)) {}
  std::optional<delivery::Verdict> verdict;
  net::Signal done;
};

Incoming::Incoming(Surroundings& around, std::shared_ptr<Outgoing> outgoing,
                   delivery::TraceFacts facts)
    : around_(around),
      outgoing_(std::move(outgoing)),
      facts_(std::move(facts)),
      header_(around.settings.smtp.max_header) {}

Incoming::~Incoming() {
  if (!is_settled_) give_up();
}

void Incoming::give_up() {
  is_settled_ = true;
  outgoing_->give_up();
}

void Incoming::hurry() {
  is_hurried_ = true;
  if (!is_settled_) give_up();
  if (delivery_) delivery_->done.notify_all();
}

delivery::Answer Incoming::refuse(smtp::Reply reply, delivery::Sentence sentence) {
  give_up();
  reply.text += "\n(Todoku " + outgoing_->id + ")";
  return {std::move(reply), std::move(sentence)};
}

std::optional<delivery::Answer> Incoming::take(std::string_view bytes,
                                               const smtp::BodyReport& report) {
  if (is_hurried_) return refuse_as_stopping();
  if (!header_is_out_) {
    bytes.remove_prefix(header_.feed(bytes));
    if (auto refusal = check_header()) return refusal;
  }
  if (auto refusal = check_newlines(report)) return refusal;
  if (auto refusal = keep(bytes)) return refusal;
  if (header_is_out_ && outgoing_->body->size() > around_.settings.delivery.stream_from) {
    start_delivery();
  }
  return std::nullopt;
}

std::optional<delivery::Answer> Incoming::complete(const smtp::BodyReport& report) {
  if (is_hurried_) return refuse_as_stopping();
  header_.finish();
  if (auto refusal = check_header()) return refusal;
  if (auto refusal = check_newlines(report)) return refusal;
  is_settled_ = true;
  outgoing_->body->finish();
  start_delivery();
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

void Incoming::start_delivery() {
  if (delivery_) return;
  delivery_ = std::make_shared<Delivery>(around_.rooms.executor());
  around_.rooms.start("delivery", deliver(around_.carrier, outgoing_, delivery_));
}

asio::awaitable<void> Incoming::deliver(Carrier& carrier, std::shared_ptr<Outgoing> outgoing,
                                        std::shared_ptr<Delivery> delivery) {
  // Also when an exception ends it: nobody may wait for ever for a reader that is gone.
  const auto let_go = [&delivery](Outgoing* held) {
    held->body->detach_reader();
    delivery->done.notify_all();
  };
  const std::unique_ptr<Outgoing, decltype(let_go)> in_hand(outgoing.get(), let_go);
  auto verdict = co_await carrier.deliver(outgoing);
  delivery->verdict = std::move(verdict);
}

asio::awaitable<void> Incoming::wait_for_relay() {
  if (delivery_) co_await outgoing_->body->wait_for_reader(around_.settings.delivery.stream_window);
}

asio::awaitable<delivery::Answer> Incoming::answer() {
  const auto wait = around_.settings.delivery.verdict_wait;
  auto progress = progress_of(*outgoing_);
  while (!delivery_->verdict) {
    const bool is_done = co_await delivery_->done.wait(wait);
    const auto now = progress_of(*outgoing_);
    const bool has_moved = is_done || now != std::exchange(progress, now);
    if (has_moved && !is_hurried_) continue;
    if (delivery_->verdict) break;
    const bool nobody_got_it = outgoing_->give_up();
    const auto relay =
        outgoing_->account->upstream.host + ":" + std::to_string(outgoing_->account->upstream.port);
    co_return delivery::answer_for_silence(relay, !nobody_got_it,
                                           std::chrono::duration_cast<std::chrono::seconds>(wait),
                                           outgoing_->id);
  }
  co_return delivery::answer_for(*delivery_->verdict, outgoing_->id);
}

bool Incoming::client_shows_utf8() const {
  return header_.value("User-Agent").find("Thunderbird") != std::string::npos;
}

}  // namespace todoku::submission
