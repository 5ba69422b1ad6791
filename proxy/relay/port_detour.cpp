// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/port_detour.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;
using delivery::PortAnswer;

namespace {

constexpr std::uint16_t blocked_port = 25;
// A server in reach answers within a second or two; a network that blocks stays silent for ever.
constexpr wire::Duration patience_at_25{8'000};

// Nobody answered at the port at all; what a server says or does there is its own matter.
bool is_shut(const PortDetour::Dialled& dialled) {
  const auto* attempt = std::get_if<delivery::Attempt>(&dialled);
  return attempt != nullptr && attempt->phase == smtp::Phase::connect &&
         attempt->obstacle == delivery::Obstacle::unreachable;
}

struct Door {
  settings::Scheme scheme;
  std::uint16_t port;
  PortAnswer delivery::PortLook::*answer;
};

// RFC 6409 and RFC 8314; both with TLS, whatever the settings say of port 25.
constexpr std::array<Door, 2> doors{
    {{settings::Scheme::submission, 587, &delivery::PortLook::port_587},
     {settings::Scheme::submissions, 465, &delivery::PortLook::port_465}}};

}  // namespace

asio::awaitable<PortDetour::Dialled> PortDetour::dial() {
  if (moved_) {
    const auto limit = around_.settings.delivery.connect_limit;
    auto dialled = co_await relay::dial(*moved_, around_, limit);
    if (!is_shut(dialled)) co_return std::move(dialled);
    moved_.reset();  // the network is another one now, perhaps
  }
  auto dialled = co_await dial_configured();
  co_return std::move(dialled);
}

asio::awaitable<PortDetour::Dialled> PortDetour::dial_configured() {
  const bool may_be_blocked = relay_.port == blocked_port;
  auto limit = around_.settings.delivery.connect_limit;
  if (may_be_blocked) limit = std::min(limit, patience_at_25);
  auto dialled = co_await relay::dial(relay_, around_, limit);
  if (!may_be_blocked || !is_shut(dialled)) co_return std::move(dialled);
  auto shut = std::get<delivery::Attempt>(std::move(dialled));
  auto elsewhere = co_await look_elsewhere(std::move(shut));
  co_return std::move(elsewhere);
}

asio::awaitable<PortDetour::Dialled> PortDetour::look_elsewhere(delivery::Attempt shut) {
  delivery::PortLook look;
  look.port_25 = PortAnswer::no_answer;
  const auto limit = std::min(around_.settings.delivery.connect_limit, patience_at_25);
  for (const auto& door : doors) {
    auto there = relay_;
    there.scheme = door.scheme;
    there.port = door.port;
    auto dialled = co_await relay::dial(there, around_, limit);
    const bool is_open = std::holds_alternative<std::unique_ptr<Connection>>(dialled);
    look.*door.answer = is_open ? PortAnswer::greeted : PortAnswer::no_answer;
    const auto moved = delivery::moved_url(relay_, look);
    if (!moved) continue;
    move_to(*moved);
    co_return std::move(dialled);
  }
  co_return std::move(shut);
}

void PortDetour::move_to(const settings::ServerUrl& moved) {
  moved_ = moved;
  around_.log.write(platform::LogLevel::warning, "relay.port_moved", "",
                    {{"relay", name_of(relay_)}, {"moved_to", name_of(moved)}});
  if (around_.on_moved) around_.on_moved(name_of(relay_), name_of(moved));
}

}  // namespace todoku::relay
