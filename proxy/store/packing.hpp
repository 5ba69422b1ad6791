// SPDX-License-Identifier: Apache-2.0
#pragma once

// The private part of a row as bytes: fields one after the other, each with its length in front
// (LEB128), so that it can be sealed as a whole. New fields are added at the end; an older row
// simply ends earlier. Pure.
#include "proxy/store/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::store {

class Packer {
 public:
  void number(std::uint64_t value);
  void text(std::string_view value);
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what Packer wrote; past the end, and on nonsense, it gives zeros and empty texts and says
// so.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : left_(bytes) {}
  std::uint64_t number();
  std::string text();
  // A count of things that follow, each at least one byte long: never more than can be there.
  std::size_t count();
  [[nodiscard]] bool has_more() const { return !left_.empty(); }
  [[nodiscard]] bool is_damaged() const { return is_damaged_; }

 private:
  std::string_view left_;
  bool is_damaged_ = false;
};

// Envelope, outcomes, user, subject, Message-ID.
[[nodiscard]] std::string pack(const StoredMessage& message);
[[nodiscard]] bool unpack(std::string_view bytes, StoredMessage& into);
[[nodiscard]] std::string pack(const delivery::Attempt& attempt);
[[nodiscard]] bool unpack(std::string_view bytes, delivery::Attempt& into);
[[nodiscard]] std::string pack(const delivery::RememberedPath& path);
[[nodiscard]] bool unpack(std::string_view bytes, delivery::RememberedPath& into);
using Pairs = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string pack(const Pairs& pairs);
[[nodiscard]] bool unpack(std::string_view bytes, Pairs& into);

}  // namespace todoku::store
