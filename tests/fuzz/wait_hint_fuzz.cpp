// SPDX-License-Identifier: Apache-2.0
// Whatever a server says, the wait read from it is one that can be kept.
#include "proxy/delivery/wait_hint.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto wait = todoku::delivery::wait_named_in(text);
  if (!wait) return 0;
  const bool is_kept =
      *wait >= std::chrono::seconds(1) && *wait <= todoku::delivery::longest_named_wait;
  if (!is_kept) std::abort();
  return 0;
}
