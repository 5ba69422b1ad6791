// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the relay room asks of others before it takes another way: the classifier (why did a relay
// refuse), and the DNS (may that fallback carry this sender's mail). The rules are read at the
// first refusal, on the worker: most days need none. I/O thread.
#include "classifier/classify.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/worker.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/relay/paths.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace todoku::cli {

class ProxyPathFacts final : public relay::PathFacts {
 public:
  // Everything outlives it. resolver: gives null where there is no DNS.
  ProxyPathFacts(const settings::Settings& settings, net::Worker& worker, platform::Log& log,
                 std::function<net::Resolver*()> resolver);

  // Told of every answer of the guard that is not known yet, or differs from the one before.
  void on_alignment(std::function<void(const delivery::AlignmentRecord&, bool is_change)> tell);
  // Told when a test mail has changed what is known: check_all may give other answers now.
  void on_lesson(std::function<void()> tell) { tell_of_lesson_ = std::move(tell); }
  // From the store, at start.
  void restore(store::RelayFacts facts);
  // Others may answer for the DNS now.
  void network_has_changed();
  // Asks again, for every domain that is known to send; own_key: of each fallback.
  boost::asio::awaitable<void> check_all(
      std::function<std::optional<delivery::OwnKey>(std::size_t)> own_key);

  boost::asio::awaitable<Cause> cause_of(delivery::Attempt attempt, smtp::Reply reply,
                                         std::string recipient) override;
  // The size limit that the attempt's reply names ("25 MB"); empty = it was refused for something
  // else.
  boost::asio::awaitable<std::string> size_limit_in(delivery::Attempt attempt);
  boost::asio::awaitable<delivery::AlignmentVerdict> alignment_of(
      std::size_t fallback, delivery::AlignmentSender sender) override;
  void learn(delivery::RelayLesson lesson) override;

 private:
  // Fallback, From, MAIL FROM, the record of our key.
  using Whose = std::tuple<std::size_t, std::string, std::string, std::string>;
  struct Known {
    delivery::AlignmentVerdict verdict;
    std::chrono::steady_clock::time_point until;
  };
  boost::asio::awaitable<rules::Judgement> judge(delivery::Attempt attempt, smtp::Reply reply,
                                                 std::string recipient);
  [[nodiscard]] const delivery::AlignmentVerdict* known(const Whose& whose);
  [[nodiscard]] std::set<std::string> sender_domains(const settings::Fallback& fallback) const;
  void note(const delivery::AlignmentRecord& record);

  const settings::Settings& settings_;
  net::Worker& worker_;
  platform::Log& log_;
  std::function<net::Resolver*()> resolver_;
  std::map<Whose, Known> alignments_;
  std::vector<delivery::RelayLesson> lessons_;
  std::map<std::pair<std::string, std::string>, delivery::AlignmentRecord>
      told_;  // by fallback and From domain: what is kept in the store
  std::function<void(const delivery::AlignmentRecord&, bool)> tell_;
  std::function<void()> tell_of_lesson_;
  std::shared_ptr<const Classifier> classifier_;  // made and used on the worker
};

}  // namespace todoku::cli
