// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/gatherer.hpp"

#include "proxy/facts/message_inquiry.hpp"

#include <variant>

namespace todoku::facts {

namespace asio = boost::asio;

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
  const store::Time beginning{};
  const auto found = co_await sources_.around().store.sent_history(most_people, beginning);
  if (found.has_error()) {
    sources_.around().log.write(platform::LogLevel::warning, "facts.no_history", "",
                                {{"detail", found.error().message()}});
    co_return;
  }
  for (const auto& one : found->correspondents)
    sources_.history().add(one.account, one.address, one.times);
}

void Gatherer::note(const store::Change& change) {
  if (const auto* written = std::get_if<store::NoteCorrespondents>(&change)) {
    for (const auto& address : written->addresses)
      sources_.history().add(written->account, address);
  }
}

}  // namespace todoku::facts
