// SPDX-License-Identifier: Apache-2.0
#pragma once

// "The same again": a mail client that got no answer sends the same message once more by itself.
// Which first one a repeat belongs to. Pure: the time is an argument.
#include "proxy/delivery/path_health.hpp"
#include "proxy/smtp/envelope.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace todoku::delivery {

using RepeatKey = std::array<std::uint8_t, 16>;

// A digest of the account, the envelope (its recipients in any order) and the Message-ID; where
// there is none, of the body instead.
[[nodiscard]] RepeatKey repeat_key(std::string_view account, const smtp::Envelope& envelope,
                                   std::string_view message_id_header,
                                   std::string_view body_digest);

// SHA-256 of a body that streams past.
class BodyDigest {
 public:
  BodyDigest();
  BodyDigest(BodyDigest&&) noexcept;
  ~BodyDigest();
  void add(std::string_view bytes);
  [[nodiscard]] std::string finish();  // 32 bytes; once

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Repeats {
 public:
  static constexpr std::chrono::hours window{1};

  // The id of the first one, if it came within the window.
  [[nodiscard]] std::optional<std::string> find(const RepeatKey& key, Time now);
  // Replaces an older one of the same key.
  void add(const RepeatKey& key, std::string id, Time arrived);
  // Only when it still belongs to that id.
  void forget(const RepeatKey& key, std::string_view id);
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  struct First {
    std::string id;
    Time arrived;
  };
  void drop_old(Time now);
  std::map<RepeatKey, First> known_;
  std::deque<std::pair<Time, RepeatKey>> by_age_;  // may name keys that are gone
};

}  // namespace todoku::delivery
