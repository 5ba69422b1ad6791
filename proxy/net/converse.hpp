// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one loop that turns the steps of any dialogue into I/O on a stream.
#include "proxy/net/stream.hpp"
#include "proxy/wire/dialogue.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace todoku::net {

// How Action::secure is done for this conversation.
struct Security {
  ServerTls* server = nullptr;
  ClientTls* client = nullptr;
  std::string host;  // the name to verify, client side
};

// Runs until the dialogue asks or finishes; after finish the stream is closed. The event is the
// first to feed (opened, or answered). On a write error, what the peer had sent before is fed
// first. dialogue, stream and security must outlive the call.
boost::asio::awaitable<wire::Action> converse(Stream& stream, wire::Dialogue& dialogue,
                                              wire::Event event, Security& security);

}  // namespace todoku::net
