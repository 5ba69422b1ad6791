// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM by OpenSSL. Keys: HKDF (RFC 5869) gives each purpose its own; a body's own key is an
// HMAC of its name. Text: version, 12 bytes of chance as nonce, sealed bytes, 16 bytes of tag.
// Chunk: sealed bytes and tag; the nonce is the last flag and the index, as in the STREAM
// construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015), so that chunks cannot be moved, dropped
// or taken for the end.
#include "proxy/store/sealer.hpp"

#include "proxy/store/cipher_contexts.hpp"
#include "proxy/wire/freed.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <climits>
#include <mutex>
#include <utility>

namespace todoku::store {
namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = Sealer::overhead;
constexpr std::size_t fingerprint_size = 16;
constexpr char clear_version = 'c';  // not sealed: written while store.encrypt was off
constexpr char text_version = 1;

using Key = std::array<unsigned char, Sealer::key_size>;
using Nonce = std::array<unsigned char, nonce_size>;

using wire::Freed;
using Cipher = std::unique_ptr<EVP_CIPHER, Freed<EVP_CIPHER_free>>;
using Mac = std::unique_ptr<EVP_MAC, Freed<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;
using Kdf = std::unique_ptr<EVP_KDF, Freed<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

int length(std::size_t size) {
  must(size <= INT_MAX);
  return static_cast<int>(size);
}

error_code changed() {
  return boost::system::errc::make_error_code(boost::system::errc::bad_message);
}

// OpenSSL takes parameters without const, and does not change them.
OSSL_PARAM octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

OSSL_PARAM sha256() {
  static char name[] = "SHA256";
  return OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
}

Key derive(const wire::Secret& key, std::string_view purpose) {
  const Kdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
  const std::array<OSSL_PARAM, 4> parameters{sha256(), octets(OSSL_KDF_PARAM_KEY, key.reveal()),
                                             octets(OSSL_KDF_PARAM_INFO, purpose),
                                             OSSL_PARAM_construct_end()};
  Key derived;
  must(context &&
       EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1);
  return derived;
}

// HMAC-SHA-256 with one key; a keyed context is copied for each use.
class Hmac {
 public:
  explicit Hmac(const Key& key) {
    const Mac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    keyed_.reset(EVP_MAC_CTX_new(mac.get()));
    const std::array<OSSL_PARAM, 2> parameters{sha256(), OSSL_PARAM_construct_end()};
    must(keyed_ && EVP_MAC_init(keyed_.get(), key.data(), key.size(), parameters.data()) == 1);
  }

  [[nodiscard]] Key of(std::string_view text) const {
    const MacContext context(EVP_MAC_CTX_dup(keyed_.get()));
    Key digest;
    std::size_t size = 0;
    must(context && EVP_MAC_update(context.get(), bytes_of(text), text.size()) == 1 &&
         EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1);
    return digest;
  }

 private:
  MacContext keyed_;
};

class None : public Sealer {
 public:
  explicit None(std::shared_ptr<const Sealer> opener) : opener_(std::move(opener)) {}
  [[nodiscard]] bool encrypts() const override { return false; }
  void seal_onto(std::string& onto, std::string_view text, std::string_view) const override {
    onto += clear_version;
    onto += text;
  }
  [[nodiscard]] Result<std::string> open(std::string_view sealed,
                                         std::string_view about) const override {
    if (!sealed.empty() && sealed[0] == clear_version) return std::string(sealed.substr(1));
    if (opener_) return opener_->open(sealed, about);
    return changed();
  }
  [[nodiscard]] std::string seal_chunk(std::string_view bytes, std::string_view, std::uint64_t,
                                       bool) const override {
    return std::string(bytes);
  }
  [[nodiscard]] Result<std::string> open_chunk(std::string_view sealed, std::string_view,
                                               std::uint64_t, bool) const override {
    return std::string(sealed);
  }
  [[nodiscard]] std::string fingerprint(std::string_view text) const override {
    Key digest;
    must(EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(),
                      nullptr) == 1);
    return {reinterpret_cast<const char*>(digest.data()), fingerprint_size};
  }

 private:
  std::shared_ptr<const Sealer> opener_;
};

// Chance for many nonces is drawn at once: one draw costs as much as sealing a line. (A process
// that forked would use them twice; Todoku never forks.) Any thread.
class Nonces {
 public:
  [[nodiscard]] Nonce next() {
    const std::lock_guard lock(lock_);
    if (used_ == drawn_.size()) {
      must(RAND_bytes(drawn_.front().data(), static_cast<int>(sizeof(drawn_))) == 1);
      used_ = 0;
    }
    return drawn_[used_++];
  }

 private:
  std::mutex lock_;
  std::array<Nonce, 128> drawn_{};
  std::size_t used_ = drawn_.size();
};

class Gcm : public Sealer {
 public:
  explicit Gcm(const wire::Secret& key)
      : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)),
        texts_(derive(key, "todoku store texts 1")),
        bodies_(derive(key, "todoku store bodies 1")),
        fingerprints_(derive(key, "todoku store fingerprints 1")) {
    must(cipher_ != nullptr);
  }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;
  ~Gcm() override { OPENSSL_cleanse(texts_.data(), texts_.size()); }

  [[nodiscard]] bool encrypts() const override { return true; }

  void seal_onto(std::string& onto, std::string_view text, std::string_view about) const override {
    const Nonce nonce = nonces_.next();
    onto.reserve(onto.size() + 1 + nonce_size + text.size() + tag_size);
    onto.push_back(text_version);
    onto.append(reinterpret_cast<const char*>(nonce.data()), nonce_size);
    const BorrowedContext context(text_sealers_);
    must(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, nonce.data(), nullptr) == 1);
    encrypt(context.get(), onto, text, about);
  }

  [[nodiscard]] Result<std::string> open(std::string_view sealed,
                                         std::string_view about) const override {
    if (!sealed.empty() && sealed[0] == clear_version) return std::string(sealed.substr(1));
    if (sealed.size() < 1 + nonce_size || sealed[0] != text_version) return changed();
    const BorrowedContext context(text_openers_);
    must(EVP_DecryptInit_ex2(context.get(), nullptr, nullptr, bytes_of(sealed) + 1, nullptr) == 1);
    return decrypt(context.get(), sealed.substr(1 + nonce_size), about);
  }

  [[nodiscard]] std::string seal_chunk(std::string_view bytes, std::string_view name,
                                       std::uint64_t index, bool is_last) const override {
    Key key = bodies_.of(name);
    const Nonce nonce = chunk_nonce(index, is_last);
    const BorrowedContext context(chunks_);
    must(EVP_EncryptInit_ex2(context.get(), cipher_.get(), key.data(), nonce.data(), nullptr) == 1);
    OPENSSL_cleanse(key.data(), key.size());
    std::string sealed;
    sealed.reserve(bytes.size() + tag_size);
    encrypt(context.get(), sealed, bytes, {});
    return sealed;
  }

  [[nodiscard]] Result<std::string> open_chunk(std::string_view sealed, std::string_view name,
                                               std::uint64_t index, bool is_last) const override {
    Key key = bodies_.of(name);
    const Nonce nonce = chunk_nonce(index, is_last);
    const BorrowedContext context(chunks_);
    must(EVP_DecryptInit_ex2(context.get(), cipher_.get(), key.data(), nonce.data(), nullptr) == 1);
    OPENSSL_cleanse(key.data(), key.size());
    return decrypt(context.get(), sealed, {});
  }

  [[nodiscard]] std::string fingerprint(std::string_view text) const override {
    const Key digest = fingerprints_.of(text);
    return {reinterpret_cast<const char*>(digest.data()), fingerprint_size};
  }

 private:
  static Nonce chunk_nonce(std::uint64_t index, bool is_last) {
    Nonce nonce{};
    nonce[3] = is_last ? 1 : 0;
    for (std::size_t i = 0; i < 8; ++i) {
      nonce[4 + i] = static_cast<unsigned char>(index >> (8 * (7 - i)));
    }
    return nonce;
  }

  // The context has its key and nonce. Sealed bytes and tag are appended.
  static void encrypt(EVP_CIPHER_CTX* context, std::string& onto, std::string_view text,
                      std::string_view about) {
    const std::size_t begin = onto.size();
    onto.resize(begin + text.size() + tag_size);
    unsigned char* const out = bytes_of(onto) + begin;
    int count = 0;
    must(EVP_EncryptUpdate(context, nullptr, &count, bytes_of(about), length(about.size())) == 1 &&
         EVP_EncryptUpdate(context, out, &count, bytes_of(text), length(text.size())) == 1 &&
         EVP_EncryptFinal_ex(context, out + count, &count) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, out + text.size()) == 1);
  }

  [[nodiscard]] static Result<std::string> decrypt(EVP_CIPHER_CTX* context, std::string_view sealed,
                                                   std::string_view about) {
    if (sealed.size() < tag_size) return changed();
    std::string text(sealed.size() - tag_size, '\0');
    unsigned char* const tag = const_cast<unsigned char*>(bytes_of(sealed)) + text.size();
    int count = 0;
    must(EVP_DecryptUpdate(context, nullptr, &count, bytes_of(about), length(about.size())) == 1 &&
         EVP_DecryptUpdate(context, bytes_of(text), &count, bytes_of(sealed),
                           length(text.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1);
    if (EVP_DecryptFinal_ex(context, bytes_of(text) + count, &count) != 1) return changed();
    return text;
  }

  Cipher cipher_;
  Key texts_;
  Hmac bodies_;
  Hmac fingerprints_;
  mutable Nonces nonces_;
  mutable CipherContexts text_sealers_{[this](EVP_CIPHER_CTX* context) {
    must(EVP_EncryptInit_ex2(context, cipher_.get(), texts_.data(), nullptr, nullptr) == 1);
  }};
  mutable CipherContexts text_openers_{[this](EVP_CIPHER_CTX* context) {
    must(EVP_DecryptInit_ex2(context, cipher_.get(), texts_.data(), nullptr, nullptr) == 1);
  }};
  mutable CipherContexts chunks_{[](EVP_CIPHER_CTX*) {}};  // their key comes with each chunk
};

}  // namespace

std::string Sealer::seal(std::string_view text, std::string_view about) const {
  std::string sealed;
  seal_onto(sealed, text, about);
  return sealed;
}

std::shared_ptr<const Sealer> Sealer::none(std::shared_ptr<const Sealer> opener) {
  return std::make_shared<None>(std::move(opener));
}

std::shared_ptr<const Sealer> Sealer::with_key(const wire::Secret& key) {
  must(key.reveal().size() == key_size);
  return std::make_shared<Gcm>(key);
}

}  // namespace todoku::store
