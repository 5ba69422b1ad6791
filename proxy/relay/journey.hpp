// SPDX-License-Identifier: Apache-2.0
#pragma once

// What became of a message on all its ways: at the account's own server, and by fallback relays. A
// value.
#include "proxy/delivery/states.hpp"
#include "proxy/store/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace todoku::relay {

struct Journey {
  delivery::Verdict verdict;                // recipient by recipient; with the deciding attempt
  std::vector<delivery::Attempt> attempts;  // all of them, in order
  std::optional<delivery::Attempt> usual;   // at the account's own server, where one was made
  store::Changes changes;                   // to be written with the message's record
  // Its recipients need several ways, and its client still owns it: nobody has got it. It has to
  // become ours first.
  bool needs_several_ways = false;
  // A fallback could have taken these, but may not carry this sender's mail (verdict.withheld).
  std::vector<std::string> withheld_from;  // addresses
};

}  // namespace todoku::relay
