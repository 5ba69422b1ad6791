// SPDX-License-Identifier: Apache-2.0
#pragma once

// Outbound port 25 blocking (OP25B): many networks in Japan let no customer reach port 25 of
// another network, while the submission ports of the same server answer (JEAG recommendation; RFC
// 6409, RFC 8314). Told apart from a server that is down. Pure.
#include "proxy/settings/server_url.hpp"

#include <cstdint>
#include <optional>

namespace todoku::delivery {

enum class PortAnswer : std::uint8_t {
  not_asked,
  greeted,    // SMTP answered (for 465: the TLS handshake went through)
  refused,    // the connection was turned down
  no_answer,  // nothing came, or no route
};

// The three ports of one server, asked from this network at about the same time.
struct PortLook {
  PortAnswer port_25 = PortAnswer::not_asked;
  PortAnswer port_587 = PortAnswer::not_asked;
  PortAnswer port_465 = PortAnswer::not_asked;
};

enum class PortVerdict : std::uint8_t {
  unknown,      // not enough was asked
  fine,         // port 25 answers
  blocked,      // only port 25 does not: move to where() with a notice
  server_down,  // none answers
};

[[nodiscard]] PortVerdict judge_ports(const PortLook& look);
// The relay's URL on the port that answers, 587 before 465; nothing unless the verdict is blocked.
[[nodiscard]] std::optional<settings::ServerUrl> moved_url(const settings::ServerUrl& relay,
                                                           const PortLook& look);

}  // namespace todoku::delivery
