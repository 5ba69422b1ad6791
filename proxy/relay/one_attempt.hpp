// SPDX-License-Identifier: Apache-2.0
#pragma once

// One attempt for one message over one relay's connections: the account's own server, or a fallback
// relay. I/O thread.
#include "proxy/relay/upstream.hpp"

#include <boost/asio/awaitable.hpp>

namespace todoku::relay {

// credentials: of the one whose connections these are; never the client's for another host. A warm
// connection that turned out to be dead gives a second try. Never throws; a broken connection, a
// refusal and a time-out are verdicts. settings and upstream outlive it; message lives to its end.
boost::asio::awaitable<delivery::Verdict> attempt_at(Upstream& upstream,
                                                     submission::Outgoing& message,
                                                     const smtp::Credentials& credentials,
                                                     const settings::Settings& settings);

// A line of the log, under the message's id.
void log_outcome(const submission::Outgoing& message, const delivery::Verdict& verdict,
                 platform::Log& log);

}  // namespace todoku::relay
