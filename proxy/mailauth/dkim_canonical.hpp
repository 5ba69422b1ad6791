// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forms in which DKIM signs a message (RFC 6376 section 3.4), so that harmless changes on its
// way do not break a signature. The body streams past: memory stays flat. Pure.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace todoku::mailauth {

enum class DkimForm : std::uint8_t {
  simple,   // as it is
  relaxed,  // without differences of white space, and of case in field names
};

// field: whole, folded as it is, with its CRLF.
[[nodiscard]] std::string canonical_field(std::string_view field, DkimForm form);

// SHA-256 of a body in CRLF lines.
class DkimBodyHash {
 public:
  // limit: only so many bytes of the canonical form count (l=).
  explicit DkimBodyHash(DkimForm form, std::optional<std::uint64_t> limit = std::nullopt);
  DkimBodyHash(DkimBodyHash&&) noexcept;
  ~DkimBodyHash();
  void add(std::string_view bytes);
  // 32 bytes; once.
  [[nodiscard]] std::string finish();
  // Bytes of the canonical form, whether they counted or not; after finish.
  [[nodiscard]] std::uint64_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::mailauth
