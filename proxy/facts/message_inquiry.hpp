// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is asked about one message. Owned by its session. I/O thread.
#include "proxy/facts/scan_under_way.hpp"
#include "proxy/facts/sources.hpp"
#include "proxy/facts/strangers.hpp"
#include "proxy/submission/inquiry.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

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
  void add_limits(const smtp::Envelope& envelope, checks::Facts& facts);
  void add_rates(const smtp::Envelope& envelope, checks::Facts& facts);
  [[nodiscard]] std::optional<std::chrono::seconds> sent_before() const;
  [[nodiscard]] SenderPath path() const;
  [[nodiscard]] const checks::AuthFacts* records_trouble() const;

  Sources& sources_;
  const settings::Account& account_;
  std::string own_domain_;
  bool asks_for_records_;          // of the own domain
  bool tells_of_records_ = false;  // the facts that were given last say that something is wrong
  Strangers strangers_;
  // Once the whole message is there:
  const submission::Outgoing* message_ = nullptr;
  std::uint64_t size_ = 0;
  std::optional<std::uint64_t> digest_;  // of its content
  std::optional<ScanUnderWay> scan_;
};

}  // namespace todoku::facts
