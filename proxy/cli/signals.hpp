// SPDX-License-Identifier: Apache-2.0
#pragma once

// Waiting for the signals that end a foreground program. I/O thread.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

namespace todoku::cli {

// Returns after SIGINT or SIGTERM. A second one ends the process at once (the system's default is
// restored).
boost::asio::awaitable<void> wait_for_end_signal(boost::asio::signal_set& signals);

}  // namespace todoku::cli
