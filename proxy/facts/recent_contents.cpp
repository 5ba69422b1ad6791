// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/recent_contents.hpp"

#include "proxy/addresses/domain_name.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <functional>

namespace todoku::facts {

namespace {

constexpr std::uint64_t prime = 0x9E3779B97F4A7C15ULL;

// Four lanes of eight bytes at a time: long texts cost next to nothing. For equality within one
// run, not against people who look for collisions.
std::uint64_t hash_of(std::string_view text) {
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  constexpr std::size_t block = sizeof(lanes);
  std::size_t at = 0;
  for (; at + block <= text.size(); at += block) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), text.data() + at, block);
    for (std::size_t i = 0; i < lanes.size(); ++i)
      lanes[i] = std::rotl(lanes[i] ^ words[i], 29) * prime;
  }
  auto value = std::hash<std::string_view>()(text.substr(at)) ^ text.size();
  for (const auto lane : lanes) value = std::rotl(value ^ lane, 31) * prime;
  return value;
}

class Digest {
 public:
  void add(std::string_view text) { mix(hash_of(text)); }
  void mix(std::uint64_t value) { value_ = std::rotl(value_ ^ value, 27) * prime + value; }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

std::uint64_t digest_of(const std::vector<smtp::Recipient>& recipients) {
  std::uint64_t all = recipients.size();
  for (const auto& one : recipients)
    all += std::hash<std::string>()(addresses::lower_ascii(one.address));
  return all;
}

}  // namespace

std::optional<std::uint64_t> content_digest(std::string_view account,
                                            const smtp::Envelope& envelope,
                                            const skeleton::Skeleton& skeleton) {
  Digest digest;
  digest.add(account);
  digest.mix(digest_of(envelope.recipients));
  digest.add(skeleton.value("Subject"));
  bool has_text = false;
  for (const auto& part : skeleton.parts) {
    if (skeleton::is_multipart(part)) continue;
    has_text = has_text || part.text.find_first_not_of(" \t\r\n") != std::string::npos;
    digest.add(part.type);
    digest.add(part.file_name);
    digest.mix(part.decoded_size);
    digest.add(part.is_text ? part.text : part.head);
  }
  if (!has_text) return std::nullopt;
  return digest.value();
}

std::optional<std::chrono::seconds> RecentContents::sent_before(std::uint64_t digest,
                                                                std::string_view message_id,
                                                                std::chrono::milliseconds within,
                                                                bool every_time, Time now) const {
  const auto found = sent_.find(digest);
  if (found == sent_.end() || now - found->second.at > within) return std::nullopt;
  // The client's repeat of the very same message is no second one.
  if (!message_id.empty() && found->second.message == std::hash<std::string_view>()(message_id))
    return std::nullopt;
  if (!every_time && found->second.times >= on_purpose) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(now - found->second.at);
}

void RecentContents::remember(std::uint64_t digest, std::string_view message_id,
                              std::chrono::milliseconds within, Time now) {
  if (sent_.size() >= most) sent_.clear();
  auto& sent = sent_[digest];
  const bool goes_on = sent.times > 0 && now - sent.at <= within;
  sent.times = goes_on ? sent.times + 1 : 1;
  sent.message = std::hash<std::string_view>()(message_id);
  sent.at = now;
}

}  // namespace todoku::facts
