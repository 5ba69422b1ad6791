// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM.
#include "proxy/cli/signals.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace todoku::cli {

boost::asio::awaitable<void> wait_for_end_signal(boost::asio::signal_set& signals) {
  constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
  co_await signals.async_wait(token);
  signals.clear();
}

}  // namespace todoku::cli
