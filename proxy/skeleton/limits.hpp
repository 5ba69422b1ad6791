// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is kept of a message at most; beyond it something is not looked at, and that is told.
#include <cstddef>

namespace todoku::skeleton {

struct Limits {
  std::size_t depth = 16;               // parts in parts; deeper ones are not looked into
  std::size_t parts = 500;              // what comes later is left out
  std::size_t fields = 1000;            // of the message's header
  std::size_t header = 256 * 1024;      // octets of the message's header
  std::size_t part_header = 16 * 1024;  // octets of a part's header
  std::size_t text = 256 * 1024;        // encoded octets of one part's text
  std::size_t all_text = 1024 * 1024;   // of all of them
  std::size_t names = 2000;             // inside all archives
  std::size_t head = 1024;              // encoded octets at the beginning of a part
  std::size_t tail = 256 * 1024;        // and at the end of an archive
};

}  // namespace todoku::skeleton
