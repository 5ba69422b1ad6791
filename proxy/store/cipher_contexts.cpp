// SPDX-License-Identifier: Apache-2.0
#include "proxy/store/cipher_contexts.hpp"

#include <stdexcept>
#include <utility>

namespace todoku::store {

namespace {

constexpr std::size_t most_kept = 8;  // more are made when more threads seal at once

}  // namespace

void must(bool is_done) {
  if (!is_done) throw std::runtime_error("OpenSSL cannot seal");
}

CipherContexts::CipherContexts(std::function<void(EVP_CIPHER_CTX*)> prepare)
    : prepare_(std::move(prepare)) {}

CipherContext CipherContexts::take() {
  {
    const std::lock_guard lock(lock_);
    if (!kept_.empty()) {
      auto context = std::move(kept_.back());
      kept_.pop_back();
      return context;
    }
  }
  CipherContext made(EVP_CIPHER_CTX_new());
  must(made != nullptr);
  prepare_(made.get());
  return made;
}

void CipherContexts::give_back(CipherContext context) {
  const std::lock_guard lock(lock_);
  if (kept_.size() < most_kept) kept_.push_back(std::move(context));
}

}  // namespace todoku::store
