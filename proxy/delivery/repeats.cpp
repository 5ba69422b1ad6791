// SPDX-License-Identifier: Apache-2.0
// Keys of messages, and the ones seen in the last hour.
#include "proxy/delivery/repeats.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <vector>

namespace todoku::delivery {

namespace {

// Domains do not depend on case (RFC 5321 2.4); local parts may.
std::string normal(std::string_view address) {
  std::string made(address);
  const auto at = made.rfind('@');
  if (at == std::string::npos) return made;
  std::transform(made.begin() + static_cast<std::ptrdiff_t>(at), made.end(),
                 made.begin() + static_cast<std::ptrdiff_t>(at), [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                 });
  return made;
}

}  // namespace

struct BodyDigest::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Impl() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { EVP_MD_CTX_free(context); }
};

BodyDigest::BodyDigest() : impl_(std::make_unique<Impl>()) {}
BodyDigest::BodyDigest(BodyDigest&&) noexcept = default;
BodyDigest::~BodyDigest() = default;

void BodyDigest::add(std::string_view bytes) {
  EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size());
}

std::string BodyDigest::finish() {
  std::string digest(32, '\0');
  unsigned int size = 0;
  EVP_DigestFinal_ex(impl_->context, reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}

RepeatKey repeat_key(std::string_view account, const smtp::Envelope& envelope,
                     std::string_view message_id_header, std::string_view body_digest) {
  std::vector<std::string> recipients;
  for (const auto& recipient : envelope.recipients) recipients.push_back(normal(recipient.address));
  std::ranges::sort(recipients);
  std::string pieces;
  // A length before each piece, so that no two lists of pieces look alike.
  const auto add = [&pieces](std::string_view piece) {
    pieces.append(std::to_string(piece.size())).append(":").append(piece);
  };
  add(account);
  add(normal(envelope.sender));
  for (const auto& recipient : recipients) add(recipient);
  add(message_id_header.empty() ? "body" : "id");
  add(message_id_header.empty() ? body_digest : message_id_header);
  BodyDigest digest;
  digest.add(pieces);
  const auto whole = digest.finish();
  RepeatKey key{};
  std::copy_n(whole.begin(), key.size(), key.begin());
  return key;
}

std::optional<std::string> Repeats::find(const RepeatKey& key, Time now) {
  drop_old(now);
  const auto found = known_.find(key);
  if (found == known_.end() || found->second.arrived + window < now) return std::nullopt;
  return found->second.id;
}

void Repeats::add(const RepeatKey& key, std::string id, Time arrived) {
  known_[key] = {std::move(id), arrived};
  by_age_.emplace_back(arrived, key);
}

void Repeats::forget(const RepeatKey& key, std::string_view id) {
  const auto found = known_.find(key);
  if (found != known_.end() && found->second.id == id) known_.erase(found);
}

void Repeats::drop_old(Time now) {
  while (!by_age_.empty() && by_age_.front().first + window < now) {
    const auto found = known_.find(by_age_.front().second);
    if (found != known_.end() && found->second.arrived == by_age_.front().first) {
      known_.erase(found);
    }
    by_age_.pop_front();
  }
}

}  // namespace todoku::delivery
