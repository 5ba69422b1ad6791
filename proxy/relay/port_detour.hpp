// SPDX-License-Identifier: Apache-2.0
#pragma once

// Dials one relay. Where its port 25 is shut, which many networks do to all their customers
// (OP25B), its submission ports are asked, with TLS; the one that answers is used from then on.
// Owned by Upstream. I/O thread.
#include "proxy/delivery/port_block.hpp"
#include "proxy/relay/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <variant>

namespace todoku::relay {

class PortDetour {
 public:
  using Dialled = std::variant<std::unique_ptr<Connection>, delivery::Attempt>;

  // Both outlive it.
  PortDetour(const settings::ServerUrl& relay, Surroundings& around)
      : relay_(relay), around_(around) {}

  // Connects and opens. The Attempt says what stood in the way at the port of the settings.
  boost::asio::awaitable<Dialled> dial();

 private:
  boost::asio::awaitable<Dialled> dial_configured();
  boost::asio::awaitable<Dialled> look_elsewhere(delivery::Attempt shut);
  void move_to(const settings::ServerUrl& moved);

  const settings::ServerUrl& relay_;
  Surroundings& around_;
  std::optional<settings::ServerUrl> moved_;
};

}  // namespace todoku::relay
