// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/gatherer.hpp"

#include "proxy/facts/message_inquiry.hpp"

namespace todoku::facts {

std::unique_ptr<submission::Inquiry> Gatherer::open(const settings::Account& account,
                                                    const smtp::Envelope& envelope) {
  return std::make_unique<MessageInquiry>(sources_, account, envelope);
}

bool Gatherer::scans() const {
  return sources_.around().scanner.scan &&
         sources_.around().settings.checks.virus != settings::CheckLevel::off;
}

}  // namespace todoku::facts
