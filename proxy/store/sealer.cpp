// SPDX-License-Identifier: Apache-2.0
// TEMPORARY: clear text only.
#include "proxy/store/sealer.hpp"

#include <openssl/evp.h>

namespace todoku::store {
namespace {
class Clear final : public Sealer {
 public:
  [[nodiscard]] bool encrypts() const override { return false; }
  [[nodiscard]] std::string seal(std::string_view text, std::string_view) const override { return std::string(text); }
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view) const override { return std::string(sealed); }
  [[nodiscard]] std::string seal_chunk(std::string_view bytes, std::string_view, std::uint64_t, bool) const override { return std::string(bytes); }
  [[nodiscard]] Result<std::string> open_chunk(std::string_view sealed, std::string_view, std::uint64_t, bool) const override { return std::string(sealed); }
  [[nodiscard]] std::string fingerprint(std::string_view text) const override {
    unsigned char digest[32];
    EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr);
    return std::string(reinterpret_cast<char*>(digest), 16);
  }
};
}  // namespace
std::shared_ptr<const Sealer> Sealer::none() { return std::make_shared<Clear>(); }
std::shared_ptr<const Sealer> Sealer::with_key(const wire::Secret&) { return none(); }
}  // namespace todoku::store
