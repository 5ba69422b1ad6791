// SPDX-License-Identifier: Apache-2.0
// Answers the dialogue's questions with what the other rooms and the settings say.
#include "proxy/submission/session.hpp"

#include "proxy/delivery/route.hpp"

#include <utility>

namespace todoku::submission {

namespace asio = boost::asio;

namespace {

smtp::ServerOptions options_of(const Surroundings& around, Room::Entrance entrance,
                               wire::Tracer* tracer) {
  const auto& smtp = around.settings.smtp;
  smtp::ServerOptions options;
  options.host_name = smtp.host_name;
  options.instance = around.instance;
  options.offered = around.carrier.offered();
  options.offered.has_size = true;
  options.offered.max_size =
      std::min(smtp.max_message_size, options.offered.max_size.value_or(smtp.max_message_size));
  options.already_secure = entrance == Room::Entrance::implicit_tls;
  options.starttls_available = around.tls != nullptr && !options.already_secure;
  options.login_needs_tls = around.settings.gateway;
  options.max_recipients = smtp.max_recipients;
  options.max_command_line = smtp.max_command_line;
  options.max_login_line = smtp.max_login_line;
  options.idle_limit = smtp.idle_limit;
  options.body_limit = smtp.body_limit;
  options.tracer = tracer;
  return options;
}

std::unique_ptr<platform::LogTracer> tracer_for(const Surroundings& around, std::uint64_t number) {
  if (!around.settings.trace) return nullptr;
  return std::make_unique<platform::LogTracer>(around.log, "client " + std::to_string(number));
}

}  // namespace

Session::Session(Room& room, Surroundings& around, net::Stream stream, Room::Entrance entrance,
                 std::uint64_t number)
    : room_(room),
      around_(around),
      tracer_(tracer_for(around, number)),
      stream_(std::move(stream)),
      client_address_(stream_.remote().address().to_string()),
      entrance_(entrance),
      dialogue_(options_of(around, entrance, tracer_.get())) {
  security_.server = around.tls;
}

void Session::refuse_as_too_many() {
  dialogue_.refuse_connection(
      {421, "4.3.2", "Too many connections to Todoku at once; please try again in a minute"});
}

void Session::stop() {
  stream_.interrupt();
}

void Session::hurry() {
  if (incoming_) incoming_->hurry();
  constexpr wire::Duration at_once{1};
  stream_.expires_after(at_once);  // a client that is being listened to gets its 421
}

asio::awaitable<void> Session::run() {
  if (entrance_ == Room::Entrance::implicit_tls) {
    stream_.expires_after(around_.settings.smtp.idle_limit);
    const auto failed = co_await stream_.secure_as_server(*around_.tls);
    if (failed) co_return;
  }
  // The client will want its upstream in a moment: dial while it speaks.
  if (!around_.settings.accounts.empty()) {
    around_.carrier.prepare(around_.settings.accounts.front());
  }
  wire::Event event{wire::Happened::opened};
  auto action = co_await net::converse(stream_, dialogue_, event, security_);
  event.what = wire::Happened::answered;
  while (action == wire::Action::ask) {
    co_await answer_question();
    action = co_await net::converse(stream_, dialogue_, event, security_);
    close_answer(action);
  }
  incoming_.reset();
  log_end();
}

// The client has its answer when it goes on, says QUIT, or closes in order after it; one that was
// gone before, or whose system resets the connection, perhaps has not.
void Session::close_answer(wire::Action action) {
  if (!incoming_ || !incoming_->awaits_telling()) return;
  const bool goes_on = action == wire::Action::ask || dialogue_.end() == smtp::ServerEnd::quit;
  incoming_->answered(goes_on || (was_there_ && stream_.has_ended_cleanly()));
  incoming_.reset();
}

asio::awaitable<void> Session::answer_question() {
  switch (dialogue_.question()) {
    case smtp::Question::login:
      co_await on_login();
      break;
    case smtp::Question::sender:
      on_sender();
      break;
    case smtp::Question::recipient:
      co_await on_recipient();
      break;
    case smtp::Question::body_begin:
      on_body_begin();
      break;
    case smtp::Question::body_chunk:
      co_await on_chunk();
      break;
    case smtp::Question::body_end:
      co_await on_body_end();
      break;
    case smtp::Question::transaction_dropped:
      incoming_.reset();
      inquiry_.reset();
      dialogue_.acknowledge();
      break;
    case smtp::Question::none:
      break;
  }
}

asio::awaitable<void> Session::on_login() {
  const auto& tried = dialogue_.login();
  const auto* account = delivery::account_for_login(around_.settings.accounts, tried.user);
  if (account == nullptr) {
    dialogue_.answer({535, "5.7.8", "No account in Todoku's settings fits this user name"});
    co_return;
  }
  auto verdict = co_await around_.authenticator.verify(*account, tried);
  // The upstream's EHLO may have become known in the meantime.
  switch (verdict.kind) {
    case LoginVerdict::Kind::accepted:
      account_ = account;
      credentials_ = tried;
      dialogue_.answer({235, "2.7.0", "Logged in"});
      break;
    case LoginVerdict::Kind::refused:
      around_.log.write(platform::LogLevel::warning, "login.refused", "",
                        {{"account", account->name}, {"reply", smtp::to_line(verdict.reply)}});
      if (verdict.oauth_json.empty()) {
        dialogue_.answer(std::move(verdict.reply));
      } else {
        dialogue_.answer_oauth_failure(std::move(verdict.oauth_json), std::move(verdict.reply));
      }
      break;
    case LoginVerdict::Kind::unavailable:
      around_.log.write(platform::LogLevel::warning, "login.unavailable", "",
                        {{"account", account->name}, {"reply", smtp::to_line(verdict.reply)}});
      dialogue_.answer(std::move(verdict.reply));
      break;
  }
}

void Session::on_sender() {
  if (!dialogue_.is_logged_in()) {
    credentials_ = {};
    account_ = delivery::account_for_sender(around_.settings.accounts, dialogue_.envelope().sender);
  }
  if (account_ == nullptr) {
    dialogue_.answer({550, "5.7.1", "No account in Todoku's settings fits this sender address"});
    return;
  }
  const bool needs_login = around_.settings.gateway || around_.carrier.needs_login(*account_);
  if (needs_login && !dialogue_.is_logged_in()) {
    dialogue_.answer({530, "5.7.0",
                      "Please log in first: switch on authentication for the outgoing "
                      "server in your mail program"});
    return;
  }
  if (around_.checks != nullptr) {
    const auto& envelope = dialogue_.envelope();
    inquiry_ = around_.checks->facts.open(*account_, envelope);
    auto refusal = around_.checks->gate.check_declared_size(
        sender(), envelope, inquiry_->facts(envelope), std::chrono::steady_clock::now());
    if (refusal) return dialogue_.answer(spoken(std::move(*refusal)));
  }
  dialogue_.answer({250, "2.1.0", "Ok"});
}

asio::awaitable<void> Session::on_recipient() {
  if (around_.checks != nullptr) {
    inquiry_->add_recipient(dialogue_.envelope().recipients.back().address);
    if (around_.checks->gate.asks_at_recipient()) {
      auto refusal = co_await check_recipient();
      if (refusal) {
        dialogue_.answer(spoken(std::move(*refusal)));
        co_return;
      }
    }
  }
  dialogue_.answer({250, "2.1.5", "Ok"});
}

asio::awaitable<std::optional<delivery::Answer>> Session::check_recipient() {
  auto& gate = around_.checks->gate;
  if (gate.waits_at_recipient(sender(), dialogue_.envelope()) && inquiry_->is_open())
    co_await inquiry_->wait();
  smtp::Envelope one;
  one.sender = dialogue_.envelope().sender;
  one.declared_size = dialogue_.envelope().declared_size;
  one.body = dialogue_.envelope().body;
  one.recipients.push_back(dialogue_.envelope().recipients.back());
  const auto facts = inquiry_->facts(one);
  co_return gate.check_recipient(sender(), one, facts, std::chrono::steady_clock::now());
}

void Session::on_body_begin() {
  const auto no_room = around_.carrier.check_room(dialogue_.envelope().declared_size.value_or(0));
  if (no_room) {
    around_.log.write(platform::LogLevel::error, "store.no_room", "",
                      {{"detail", no_room.message()}});
    dialogue_.answer({452, "4.3.1", "There is not enough space on this PC to keep the message"});
    return;
  }
  auto outgoing = std::make_shared<Outgoing>();
  outgoing->id = room_.new_message_id();
  outgoing->account = account_;
  outgoing->credentials = credentials_;
  outgoing->envelope = dialogue_.envelope();
  outgoing->is_client_gone = [this] { return stream_.is_abandoned(); };
  outgoing->body =
      std::make_shared<store::Body>(around_.rooms.executor(), around_.spool, outgoing->id);
  delivery::TraceFacts facts;
  facts.message_id = outgoing->id;
  facts.host_name = around_.settings.smtp.host_name;
  facts.client_address = client_address_;
  facts.with_tls = dialogue_.is_secure();
  facts.logged_in = dialogue_.is_logged_in();
  facts.sender = outgoing->envelope.sender;
  facts.now = std::chrono::system_clock::now();
  incoming_.emplace(around_, std::move(outgoing), std::move(facts), dialogue_.client_name(),
                    std::move(inquiry_));
  dialogue_.answer({354, "", "Go on; end with a line that holds a single dot"});
}

asio::awaitable<void> Session::on_chunk() {
  if (auto refusal = incoming_->take(dialogue_.chunk(), dialogue_.body_report())) {
    dialogue_.discard_body(spoken(std::move(*refusal)));
    incoming_.reset();
    co_return;
  }
  co_await incoming_->wait_for_relay();
  dialogue_.accept_chunk();
}

asio::awaitable<void> Session::on_body_end() {
  const auto report = dialogue_.body_report();
  auto refusal = co_await incoming_->complete(report);
  if (refusal) {
    dialogue_.answer(spoken(std::move(*refusal)));
    incoming_.reset();
    co_return;
  }
  auto answer = co_await incoming_->answer();
  const auto& message = incoming_->message();
  if (around_.log.wants(platform::LogLevel::info)) {
    around_.log.write(
        platform::LogLevel::info, "submission.answered", message.id,
        {{"reply", static_cast<std::int64_t>(answer.reply.code)},
         {"account", message.account->name},
         {"relay", message.account->upstream.host},
         {"recipients", static_cast<std::int64_t>(message.envelope.recipients.size())},
         {"bytes", static_cast<std::int64_t>(report.bytes)},
         {"repaired_newlines", static_cast<std::int64_t>(report.bare_newlines)}});
  }
  was_there_ = !stream_.is_abandoned();
  dialogue_.answer(spoken(std::move(answer)));
}

// The user's language is added only for a client that is known to show UTF-8 (survey P29).
smtp::Reply Session::spoken(delivery::Answer answer) const {
  if (!client_shows_utf8()) return std::move(answer.reply);
  if (!answer.sentence.key.empty()) answer.reply.text += "\n" + around_.say(answer.sentence);
  for (const auto& sentence : answer.more) answer.reply.text += "\n" + around_.say(sentence);
  return std::move(answer.reply);
}

bool Session::client_shows_utf8() const {
  if (incoming_) return incoming_->client_shows_utf8();
  return around_.checks != nullptr && account_ != nullptr &&
         around_.checks->gate.shows_utf8(sender(), dialogue_.envelope());
}

Sender Session::sender() const {
  return {*account_, dialogue_.client_name()};
}

void Session::log_end() {
  const auto tell = [this](std::string_view advice) {
    around_.log.write(platform::LogLevel::warning, "session.misunderstanding", "",
                      {{"advice", advice}});
  };
  switch (dialogue_.end()) {
    case smtp::ServerEnd::tls_hello_on_plain_port:
      tell(
          "a mail program spoke TLS at once on a STARTTLS port: set it to STARTTLS or none here, "
          "or "
          "give it the port of submissions://");
      break;
    case smtp::ServerEnd::http_verb:
      tell("a web browser spoke to the mail port; dropped");
      break;
    case smtp::ServerEnd::too_many_errors:
    case smtp::ServerEnd::timed_out:
    case smtp::ServerEnd::quit:
    case smtp::ServerEnd::closed_by_client:
    case smtp::ServerEnd::stopped:
    case smtp::ServerEnd::refused:
      break;
  }
}

}  // namespace todoku::submission
