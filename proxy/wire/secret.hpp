// SPDX-License-Identifier: Apache-2.0
#pragma once

// A password or token. Its printer prints stars and its memory is wiped; only reveal() gives the
// bytes, so every use can be found by searching for that word. Any thread; a plain value.
#include <string>
#include <string_view>

namespace todoku::wire {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  // The bytes themselves; never pass them to a log, a reply or a message for people.
  [[nodiscard]] std::string_view reveal() const { return bytes_; }
  // Takes the same time wherever the two differ.
  [[nodiscard]] bool operator==(const Secret& other) const;

 private:
  std::string bytes_;
};

// What logs and debuggers see.
std::string_view to_string(const Secret&);

}  // namespace todoku::wire
