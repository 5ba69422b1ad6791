// SPDX-License-Identifier: Apache-2.0
#pragma once

// Encrypts what is kept on disk (AES-256-GCM, NIST SP 800-38D): short texts whole, bodies in chunks
// so that a reader may start anywhere. Without a key it passes everything through. Any thread after
// construction; it never changes.
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::store {

class Sealer {
 public:
  static constexpr std::size_t key_size = 32;             // bytes
  static constexpr std::size_t chunk_size = 64UL * 1024;  // of a body, before sealing
  static constexpr std::size_t overhead = 16;             // bytes that sealing adds to a chunk

  // Clear text, marked as such. opener: opens what was sealed with a key before; may be null.
  static std::shared_ptr<const Sealer> none(std::shared_ptr<const Sealer> opener = nullptr);
  // key: key_size bytes from a good source of chance. Opens clear text, too.
  static std::shared_ptr<const Sealer> with_key(const wire::Secret& key);
  virtual ~Sealer() = default;

  [[nodiscard]] virtual bool encrypts() const = 0;
  // about is bound to the text and must be the same when it is opened ("messages.subject ID").
  [[nodiscard]] std::string seal(std::string_view text, std::string_view about) const;
  // The same, put behind what is there already.
  virtual void seal_onto(std::string& onto, std::string_view text,
                         std::string_view about) const = 0;
  // Error: it was changed, or sealed with another key.
  [[nodiscard]] virtual Result<std::string> open(std::string_view sealed,
                                                 std::string_view about) const = 0;
  // Chunk number index of a body; every body has its own key (from name), so index is the nonce.
  [[nodiscard]] virtual std::string seal_chunk(std::string_view bytes, std::string_view name,
                                               std::uint64_t index, bool is_last) const = 0;
  [[nodiscard]] virtual Result<std::string> open_chunk(std::string_view sealed,
                                                       std::string_view name, std::uint64_t index,
                                                       bool is_last) const = 0;
  // A digest that only the holder of the key can make: for looking up sealed addresses.
  [[nodiscard]] virtual std::string fingerprint(std::string_view text) const = 0;  // 16 bytes
};

}  // namespace todoku::store
