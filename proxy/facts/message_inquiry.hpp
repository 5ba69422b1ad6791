// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is asked about one message. Owned by its session. I/O thread.
#include "proxy/facts/scan_under_way.hpp"
#include "proxy/facts/sources.hpp"
#include "proxy/facts/strangers.hpp"
#include "proxy/submission/inquiry.hpp"

#include <optional>

namespace todoku::facts {

class MessageInquiry final : public submission::Inquiry {
 public:
  // Both outlive the inquiry.
  MessageInquiry(Sources& sources, const settings::Account& account,
                 const smtp::Envelope& envelope);

  void add_recipient(std::string_view address) override;
  void add_message(const submission::Outgoing& message,
                   const skeleton::Skeleton& skeleton) override;
  [[nodiscard]] bool is_open() const override;
  boost::asio::awaitable<void> wait() override;
  [[nodiscard]] checks::Facts facts(const smtp::Envelope& envelope) override;
  void message_is_taken() override;

 private:
  void add_people(const smtp::Envelope& envelope, checks::Facts& facts);

  Sources& sources_;
  const settings::Account& account_;
  Strangers strangers_;
  std::optional<ScanUnderWay> scan_;
};

}  // namespace todoku::facts
