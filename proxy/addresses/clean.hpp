// SPDX-License-Identifier: Apache-2.0
#pragma once

// Takes off what pasting and the input method left around and in an address. Pure, any thread.
#include "proxy/addresses/reason.hpp"

#include <string>
#include <string_view>

namespace todoku::addresses {

struct Cleaned {
  std::string text;
  Reason changed = Reason::none;  // the first thing that was put right
};

// True: nothing to clean; letters, digits and the usual marks with one @.
[[nodiscard]] bool is_plain(std::string_view text);
// What comes back is no longer than the text. A properly quoted local part ("a b"@example.jp) and a
// domain literal (@[192.0.2.1]) stay as they are.
[[nodiscard]] Cleaned clean(std::string_view text);

}  // namespace todoku::addresses
