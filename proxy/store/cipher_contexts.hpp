// SPDX-License-Identifier: Apache-2.0
#pragma once

// Contexts of OpenSSL's ciphers, kept for the next use: making one, and giving it its key, cost
// more than a short seal. Any thread: the store thread and the I/O thread seal at once.
#include "proxy/wire/freed.hpp"

#include <openssl/evp.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace todoku::store {

// Without memory or without its algorithms OpenSSL cannot go on, and neither can we: throws
// std::runtime_error.
void must(bool is_done);

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, wire::Freed<EVP_CIPHER_CTX_free>>;

class CipherContexts {
 public:
  // prepare: gives each new one what all uses share, its key for instance.
  explicit CipherContexts(std::function<void(EVP_CIPHER_CTX*)> prepare);

  [[nodiscard]] CipherContext take();
  void give_back(CipherContext context);

 private:
  std::function<void(EVP_CIPHER_CTX*)> prepare_;
  std::mutex lock_;
  std::vector<CipherContext> kept_;
};

// One for as long as this lives. The owner outlives it.
class BorrowedContext {
 public:
  explicit BorrowedContext(CipherContexts& owner) : owner_(owner), context_(owner.take()) {}
  BorrowedContext(const BorrowedContext&) = delete;
  BorrowedContext& operator=(const BorrowedContext&) = delete;
  ~BorrowedContext() { owner_.give_back(std::move(context_)); }
  [[nodiscard]] EVP_CIPHER_CTX* get() const { return context_.get(); }

 private:
  CipherContexts& owner_;
  CipherContext context_;
};

}  // namespace todoku::store
