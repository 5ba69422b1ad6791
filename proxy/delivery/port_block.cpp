// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/port_block.hpp"

namespace todoku::delivery {

namespace {

bool is_shut(PortAnswer answer) {
  return answer == PortAnswer::refused || answer == PortAnswer::no_answer;
}

}  // namespace

PortVerdict judge_ports(const PortLook& look) {
  if (look.port_25 == PortAnswer::greeted) return PortVerdict::fine;
  if (look.port_25 == PortAnswer::not_asked) return PortVerdict::unknown;
  if (look.port_587 == PortAnswer::greeted || look.port_465 == PortAnswer::greeted) {
    return PortVerdict::blocked;
  }
  const bool is_all_shut = is_shut(look.port_587) && is_shut(look.port_465);
  return is_all_shut ? PortVerdict::server_down : PortVerdict::unknown;
}

std::optional<settings::ServerUrl> moved_url(const settings::ServerUrl& relay,
                                             const PortLook& look) {
  if (judge_ports(look) != PortVerdict::blocked) return std::nullopt;
  auto moved = relay;
  const bool is_587 = look.port_587 == PortAnswer::greeted;
  moved.scheme = is_587 ? settings::Scheme::submission : settings::Scheme::submissions;
  moved.port = is_587 ? 587 : 465;
  return moved;
}

}  // namespace todoku::delivery
