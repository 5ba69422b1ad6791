// SPDX-License-Identifier: Apache-2.0
#pragma once

// One virus scan that a message waits for, and that may outlast the message. I/O thread.
#include "proxy/checks/facts.hpp"
#include "proxy/facts/sources.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace todoku::facts {

class ScanUnderWay {
 public:
  // around outlives the scan.
  ScanUnderWay(const Surroundings& around, std::shared_ptr<store::Body> body, std::uint64_t size);
  ~ScanUnderWay();

  [[nodiscard]] bool is_open() const;
  // At most the scanner's limit, from the beginning of the scan.
  boost::asio::awaitable<void> wait();
  [[nodiscard]] checks::ScanReport report() const;

 private:
  struct State;
  static boost::asio::awaitable<void> run(const Surroundings& around, std::shared_ptr<State> state,
                                          std::shared_ptr<store::Body> body, std::uint64_t size);
  std::shared_ptr<State> state_;  // shared with the room that scans
};

}  // namespace todoku::facts
