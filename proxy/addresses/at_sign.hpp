// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the @ is, or should have been. Pure, any thread.
#include "proxy/addresses/reason.hpp"
#include "proxy/addresses/targets.hpp"

#include <string>
#include <string_view>

namespace todoku::addresses {

struct Parts {
  std::string local;
  std::string domain;
  Reason reason = Reason::none;  // what was wrong with the @; when invalid: why there are no parts
  bool is_invalid = false;
};

// text: cleaned.
[[nodiscard]] Parts split_at(std::string_view text, const Targets& targets);

}  // namespace todoku::addresses
