// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/gatherer.hpp"

#include "proxy/facts/message_inquiry.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace todoku::facts {

namespace asio = boost::asio;
using store::now;

namespace {

// RFC 3463: 5.3.4 and 5.2.3 are sizes; many say 552 alone.
bool may_name_a_size(const smtp::Reply& reply) {
  return reply.code == 552 || reply.status == "5.3.4" || reply.status == "5.2.3";
}

}  // namespace

std::unique_ptr<submission::Inquiry> Gatherer::open(const settings::Account& account,
                                                    const smtp::Envelope& envelope) {
  return std::make_unique<MessageInquiry>(sources_, account, envelope);
}

bool Gatherer::scans() const {
  return sources_.around().scanner.scan &&
         sources_.around().settings.checks.virus != settings::CheckLevel::off;
}

asio::awaitable<void> Gatherer::recall() {
  constexpr std::size_t most_people = 20'000;
  const auto since = now() - SentCounts::kept;
  const auto found = co_await sources_.around().store.sent_history(most_people, since);
  if (found.has_error()) {
    sources_.around().log.write(platform::LogLevel::warning, "facts.no_history", "",
                                {{"detail", found.error().message()}});
    co_return;
  }
  for (const auto& one : found->correspondents)
    sources_.history().add(one.account, one.address, one.times);
  for (const auto& one : found->tallies) sources_.sent_counts().restore(one);
  for (const auto& one : found->sizes) sources_.limits().learn(one);
}

asio::awaitable<void> Gatherer::load_providers() {
  const auto& around = sources_.around();
  std::optional<providers::Directory> loaded;
  std::function<void()> work = [&around, &loaded] { loaded.emplace(around.load_providers()); };
  co_await around.worker.run(work);
  sources_.limits().use(std::move(*loaded), around.settings.language);
}

void Gatherer::note(const store::Change& change) {
  if (const auto* written = std::get_if<store::NoteCorrespondents>(&change)) add_sent(*written);
  if (const auto* learned = std::get_if<store::PutSize>(&change))
    sources_.limits().learn(learned->size);
  if (const auto* added = std::get_if<store::AddAttempt>(&change)) {
    const auto& attempt = added->attempt.attempt;
    if (may_name_a_size(attempt.reply))
      sources_.around().rooms.start("facts.size", learn_size(attempt));
  }
}

void Gatherer::add_sent(const store::NoteCorrespondents& written) {
  const bool is_from_address_book = written.at_least > 0;
  const auto recipients = static_cast<std::uint32_t>(written.addresses.size());
  if (!is_from_address_book) sources_.sent_counts().add(written.account, recipients, written.at);
  const auto times = std::max<std::uint32_t>(1, written.at_least);
  for (const auto& address : written.addresses)
    sources_.history().add(written.account, address, times);
}

// A relay that refuses a message for its size speaks of itself.
asio::awaitable<void> Gatherer::learn_size(delivery::Attempt attempt) {
  const auto host = attempt.relay.substr(0, attempt.relay.rfind(':'));
  const auto named = co_await sources_.around().size_limit_in(std::move(attempt));
  const auto octets = octets_in(named);
  if (!octets) co_return;
  store::Changes changes;
  changes.push_back(store::PutSize{{host, *octets, now()}});
  sources_.around().store.write_behind(std::move(changes));
}

void Gatherer::keep_counts() {
  store::Changes changes;
  for (auto& tally : sources_.sent_counts().take_changes())
    changes.push_back(store::PutTally{std::move(tally)});
  if (!changes.empty()) sources_.around().store.write_behind(std::move(changes));
}

}  // namespace todoku::facts
