// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the relay room asks of others before it takes another way: the classifier (why did a relay
// refuse), and the DNS (may that fallback carry this sender's mail). The rules are read at the
// first refusal, on the worker: most days need none. I/O thread.
#include "classifier/classify.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/relay/paths.hpp"

#include <memory>

namespace todoku::cli {

class ProxyPathFacts final : public relay::PathFacts {
 public:
  explicit ProxyPathFacts(net::Worker& worker) : worker_(worker) {}

  boost::asio::awaitable<Cause> cause_of(delivery::Attempt attempt, smtp::Reply reply,
                                         std::string recipient) override;
  boost::asio::awaitable<delivery::AlignmentVerdict> alignment_of(
      std::size_t fallback, delivery::AlignmentSender sender) override;

 private:
  net::Worker& worker_;
  std::shared_ptr<const Classifier> classifier_;  // made and used on the worker
};

}  // namespace todoku::cli
