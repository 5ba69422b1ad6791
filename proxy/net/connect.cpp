// SPDX-License-Identifier: Apache-2.0
// One look-up, then a race of the addresses with staggered starts. The state of both is shared with
// their handlers, so the caller goes on at its limit although a handler may still be on its way.
#include "proxy/net/connect.hpp"

#include "proxy/net/start.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace todoku::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Why = ConnectFailure::Why;

namespace {

constexpr wire::Duration attempt_delay{250};  // RFC 8305 section 5

Why why_of(const error_code& code) {
  if (code == asio::error::host_not_found || code == asio::error::no_data) {
    return Why::name_not_found;
  }
  if (code == asio::error::host_not_found_try_again || code == asio::error::no_recovery ||
      code.category() == asio::error::get_netdb_category() ||
      code.category() == asio::error::get_addrinfo_category()) {
    return Why::name_lookup_failed;
  }
  if (code == asio::error::connection_refused) return Why::refused;
  if (code == asio::error::network_unreachable || code == asio::error::host_unreachable ||
      code == asio::error::network_down) {
    return Why::unreachable;
  }
  return code == asio::error::timed_out ? Why::timed_out : Why::other;
}

std::string words_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), ended(executor) {}
  tcp::resolver resolver;
  Signal ended;
  error_code code;
  std::vector<tcp::endpoint> found;
  bool is_done = false;
};

void start_lookup(const std::shared_ptr<Lookup>& lookup, const std::string& host,
                  std::uint16_t port) {
  lookup->resolver.async_resolve(
      host, std::to_string(port), tcp::resolver::numeric_service,
      [lookup](error_code code, const tcp::resolver::results_type& results) {
        lookup->is_done = true;
        lookup->code = code;
        for (const auto& entry : results) lookup->found.push_back(entry.endpoint());
        lookup->ended.notify_all();
      });
}

// All attempts of one connect call.
struct Race {
  explicit Race(const asio::any_io_executor& executor) : changed(executor) {}
  std::vector<std::unique_ptr<tcp::socket>> sockets;
  std::optional<std::size_t> winner;
  std::size_t ended = 0;
  std::optional<ConnectFailure> failure;
  Signal changed;

  void note(const tcp::endpoint& endpoint, const error_code& code);
  void give_up();
};

// The most telling failure wins: a refusal says more than a missing route for the other family.
void Race::note(const tcp::endpoint& endpoint, const error_code& code) {
  ConnectFailure now{why_of(code), "connect to " + words_of(endpoint) + ": " + code.message()};
  const bool says_more = !failure || failure->why == Why::unreachable || now.why == Why::refused;
  if (says_more) failure = std::move(now);
}

void Race::give_up() {
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    error_code ignored;
    if (winner != i) sockets[i]->close(ignored);
  }
}

// A port without a listener in the range of outgoing ports can, rarely, connect to itself.
bool is_own_echo(const tcp::socket& socket) {
  error_code code;
  const tcp::endpoint local = socket.local_endpoint(code);
  const tcp::endpoint remote = socket.remote_endpoint(code);
  return !code && local == remote;
}

void start_attempt(const std::shared_ptr<Race>& race, const asio::any_io_executor& executor,
                   const tcp::endpoint& endpoint) {
  const std::size_t number = race->sockets.size();
  race->sockets.push_back(std::make_unique<tcp::socket>(executor));
  race->sockets.back()->async_connect(endpoint, [race, number, endpoint](error_code code) {
    ++race->ended;
    if (!code && is_own_echo(*race->sockets[number])) code = asio::error::connection_refused;
    if (code) {
      race->note(endpoint, code);
    } else if (!race->winner) {
      race->winner = number;
    }
    race->changed.notify_all();
  });
}

wire::Duration rest_of(Clock::time_point end) {
  return std::chrono::ceil<wire::Duration>(end - Clock::now());
}

using Endpoints = std::variant<std::vector<tcp::endpoint>, ConnectFailure>;

asio::awaitable<Endpoints> look_up(asio::any_io_executor executor, std::string host,
                                   std::uint16_t port, Clock::time_point end) {
  error_code not_literal;
  const asio::ip::address literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return std::vector<tcp::endpoint>{tcp::endpoint(literal, port)};
  const auto lookup = std::make_shared<Lookup>(executor);
  start_lookup(lookup, host, port);
  while (!lookup->is_done) {
    const wire::Duration rest = rest_of(end);
    if (rest.count() <= 0) {
      co_return ConnectFailure{Why::timed_out, "look up " + host + ": no answer in time"};
    }
    co_await lookup->ended.wait(rest);
  }
  if (lookup->code || lookup->found.empty()) {
    const error_code code = lookup->code ? lookup->code : error_code(asio::error::host_not_found);
    co_return ConnectFailure{why_of(code), "look up " + host + ": " + code.message()};
  }
  co_return std::move(lookup->found);
}

asio::awaitable<void> run_race(std::shared_ptr<Race> race, asio::any_io_executor executor,
                               std::vector<tcp::endpoint> endpoints, Clock::time_point end) {
  std::size_t started = 0;
  while (!race->winner && race->ended < endpoints.size()) {
    const wire::Duration rest = rest_of(end);
    if (rest.count() <= 0) co_return;
    const bool has_more = started < endpoints.size();
    if (has_more) start_attempt(race, executor, endpoints[started++]);
    const wire::Duration turn = started < endpoints.size() ? std::min(rest, attempt_delay) : rest;
    // A failure starts the next address at once; so does the end of the delay.
    co_await race->changed.wait(turn);
  }
}

}  // namespace

asio::awaitable<Connected> connect(asio::any_io_executor executor, std::string host,
                                   std::uint16_t port, wire::Duration limit) {
  const Clock::time_point end = Clock::now() + limit;
  Endpoints looked_up = co_await look_up(executor, host, port, end);
  if (auto* failure = std::get_if<ConnectFailure>(&looked_up)) co_return std::move(*failure);
  auto endpoints = std::get<std::vector<tcp::endpoint>>(std::move(looked_up));
  const std::string first = words_of(endpoints.front());
  const auto race = std::make_shared<Race>(executor);
  co_await run_race(race, executor, std::move(endpoints), end);
  race->give_up();
  if (race->winner) co_return Stream(std::move(*race->sockets[*race->winner]));
  if (race->failure && race->ended == race->sockets.size()) co_return std::move(*race->failure);
  co_return ConnectFailure{Why::timed_out, "connect to " + first + ": no answer in time"};
}

}  // namespace todoku::net
