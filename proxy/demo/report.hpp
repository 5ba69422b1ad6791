// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the demo prints: values and a catalog in, text for a narrow terminal out. Pure.
#include "classifier/explain/messages.hpp"
#include "proxy/demo/samples.hpp"
#include "proxy/demo/sent.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::demo {

// How the text is shown: the sentences of one language, and colour or none.
struct Look {
  const explain::Catalog& catalog;  // outlives the Look
  bool has_colour = false;          // only where a person watches a terminal
};

enum class Outcome : std::uint8_t {
  accepted,
  refused,
  waiting,  // 4xx: later
  trouble   // no answer came
};
[[nodiscard]] Outcome outcome_of(const Sent& sent);
// The sandbox was asked for this recipient and the answer is of the kind that it should be.
[[nodiscard]] bool is_as_expected(std::string_view recipient, const Sent& sent);

struct Tally {
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t waiting = 0;
  std::size_t unexpected = 0;
  void add(std::string_view recipient, const Sent& sent);
};

[[nodiscard]] std::string welcome_text(const Look& look);
[[nodiscard]] std::string samples_heading(const Look& look, std::size_t count);
// To whom, what happened, the answer in the server's words, what it means and what to do, the time.
[[nodiscard]] std::string outcome_text(const Look& look, const Sample& sample, const Sent& sent);
[[nodiscard]] std::string summary_text(const Look& look, const Tally& tally);
// What to type into Thunderbird and Outlook. port: where the proxy listens.
[[nodiscard]] std::string settings_text(const Look& look, std::uint16_t port);
[[nodiscard]] std::string addresses_text(const Look& look);
[[nodiscard]] std::string staying_text(const Look& look);
// local_time: "19:45:10", by the caller's clock.
[[nodiscard]] std::string received_text(const Look& look, const Received& received,
                                        std::string_view local_time);
[[nodiscard]] std::string goodbye_text(const Look& look);

// "640 B", "3.2 KB", "1.4 MB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace todoku::demo
