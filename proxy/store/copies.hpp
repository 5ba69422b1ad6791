// SPDX-License-Identifier: Apache-2.0
#pragma once

// Copies of what was sent, kept for a while so that a message can go another way when it bounces:
// many of them one after the other in few files (copies/HEX, begun at that second), written once
// and never synced. A copy is a convenience and no promise: what a power cut tears is found by its
// checksum and counts as gone. Much cheaper than rows, because nothing is written twice. Used by
// one thread. xxHash makes the checksums.
#include "proxy/store/files.hpp"
#include "proxy/store/records.hpp"
#include "proxy/wire/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

class Copies {
 public:
  static constexpr std::uint64_t most_bytes = 16UL << 20;  // of a file; the last copy may go over
  static constexpr std::chrono::hours longest{1};          // a file takes copies for

  // dir: made with the first copy, 0700. What lies there already can be read.
  Copies(std::unique_ptr<Files> files, std::filesystem::path dir);
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;
  ~Copies();

  // append: puts the bytes of the copy behind what the string has. Gives the place: never 0.
  // Errors: the disk is full or broken; nothing is kept then.
  Result<std::uint64_t> add(const std::function<void(std::string&)>& append, Time now);
  // Errors: its file has been dropped (no_such_file_or_directory); torn (bad_message).
  Result<std::string> read(std::uint64_t place);
  // Its file has not been dropped.
  [[nodiscard]] bool has(std::uint64_t place) const;

  struct Part {
    std::uint32_t begun = 0;                   // seconds since 1970, and its name
    std::uint64_t size = 0;                    // bytes
    [[nodiscard]] Time last_possible() const;  // no copy in it is younger
  };
  // Oldest first.
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  error_code drop_oldest();

 private:
  [[nodiscard]] std::filesystem::path file_of(std::uint32_t begun) const;
  [[nodiscard]] bool takes_more(Time now) const;
  error_code begin_part(Time now);
  void end_part();

  std::unique_ptr<Files> files_;
  std::filesystem::path dir_;
  std::vector<Part> parts_;
  std::uint32_t last_begun_ = 0;
  int open_ = -1;  // the last part, while it takes copies
  std::string record_;
};

}  // namespace todoku::store
