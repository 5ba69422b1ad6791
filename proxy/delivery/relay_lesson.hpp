// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a test mail has shown of a fallback relay: the addresses that its mail leaves from, whether
// it keeps the sender's addresses, and as whom it signs. Pure.
#include "proxy/delivery/named_texts.hpp"
#include "proxy/delivery/path_health.hpp"
#include "proxy/wire/ip_address.hpp"

#include <span>
#include <string>
#include <vector>

namespace todoku::settings {
struct Fallback;
}

namespace todoku::delivery {

struct RelayHabits;

struct RelayLesson {
  std::string fallback;  // its name in the settings
  std::string
      from_domain;        // of the test mail's From; what is kept may differ from sender to sender
  std::string from_seen;  // the address in the From line on arrival
  std::string return_path;  // the domain of the envelope's sender on arrival; empty = not seen
  std::vector<wire::IpNetwork> outgoing;  // where the mail was handed over from
  std::vector<std::string> signs_as;      // domains of valid DKIM signatures
  bool rewrites_from = false;
  bool keeps_message_id = true;
  Time at{};

  // Whether it put an address of its own in place of the envelope's sender.
  [[nodiscard]] bool has_new_return_path() const {
    return !return_path.empty() && return_path != from_domain;
  }
};

// All but the time. Unknown names, and what makes no sense, are left aside.
[[nodiscard]] NamedTexts texts_of(const RelayLesson& lesson);
[[nodiscard]] RelayLesson lesson_from(const NamedTexts& texts, Time at);

// How a fallback passes on mail from this domain: as the settings say, and as lessons have shown.
// One that rewrites some senders is taken to rewrite every domain that it was not tested with.
[[nodiscard]] RelayHabits habits_of(const settings::Fallback& fallback,
                                    std::span<const RelayLesson> lessons,
                                    const std::string& from_domain);

}  // namespace todoku::delivery
