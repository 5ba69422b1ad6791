// SPDX-License-Identifier: Apache-2.0
#pragma once

// A virus scanner that speaks the protocol of clamd (clamd(8), command INSTREAM): the bytes of a
// message in, what was found out. Owned by main. I/O thread.
#include "proxy/checks/facts.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/store/body.hpp"
#include "proxy/wire/dialogue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::scanner {

// What clamd answers to INSTREAM: "stream: NAME FOUND", "stream: OK", or an ERROR, which counts as
// failed like everything else that is not understood.
[[nodiscard]] checks::ScanReport read_answer(std::string_view answer);

class Clamd {
 public:
  // place: the path of its socket, or HOST:PORT on loopback. limit: for a whole scan.
  Clamd(boost::asio::any_io_executor executor, platform::Log& log, std::string place,
        wire::Duration limit);

  // The first size bytes of body, which is a whole message but need not be finished. Never throws;
  // every trouble is has_failed and a line in the log.
  boost::asio::awaitable<checks::ScanReport> scan(std::shared_ptr<store::Body> body,
                                                  std::uint64_t size);

 private:
  boost::asio::any_io_executor executor_;
  platform::Log& log_;
  std::string place_;
  wire::Duration limit_;
};

}  // namespace todoku::scanner
