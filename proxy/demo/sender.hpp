// SPDX-License-Identifier: Apache-2.0
#pragma once

// A tiny mail client: logs in at a submission port on this PC, sends one message to one recipient,
// and returns the answer that a mail program would show. I/O thread.
#include "proxy/demo/sent.hpp"
#include "proxy/smtp/credentials.hpp"
#include "proxy/smtp/envelope.hpp"
#include "proxy/wire/dialogue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace todoku::demo {

// How the port is reached and who sends.
struct SenderOptions {
  std::uint16_t port = 0;  // on 127.0.0.1, clear text: it never leaves this PC
  smtp::Credentials credentials;
  wire::Duration limit{60'000};  // without progress, in each phase
};

// The log-in of the sandbox's user.
[[nodiscard]] SenderOptions sandbox_sender(std::uint16_t port);

// message: CRLF lines. Never throws; what went wrong is in the answer.
boost::asio::awaitable<Sent> send(boost::asio::any_io_executor executor, SenderOptions options,
                                  smtp::Envelope envelope, std::string message);

}  // namespace todoku::demo
