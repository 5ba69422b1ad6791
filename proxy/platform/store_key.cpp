// SPDX-License-Identifier: Apache-2.0
// The key stands in the keeper as hex. A mark in the state directory says that it does, so that a
// session without a keeper (ssh, cron) does not begin a second key.
#include "proxy/platform/store_key.hpp"

#include "proxy/platform/atomic_file.hpp"
#include "proxy/platform/key_file.hpp"

#include <openssl/crypto.h>

#include <array>
#include <string>
#include <utility>

namespace todoku::platform {

namespace {

constexpr const char* name_in_keeper = "store key";
constexpr const char* file_name = "store.key";
constexpr const char* mark_name = "store.key-in-keeper";
constexpr char digits[] = "0123456789abcdef";

wire::Secret to_hex(const wire::Secret& key) {
  std::string hex;
  hex.reserve(2 * key.reveal().size());  // no copies left behind by growing
  for (const char byte : key.reveal()) {
    hex += digits[static_cast<unsigned char>(byte) >> 4];
    hex += digits[static_cast<unsigned char>(byte) & 15];
  }
  return wire::Secret(std::move(hex));
}

std::optional<wire::Secret> from_hex(const wire::Secret& hex) {
  std::array<unsigned char, KeyFile::key_size> key{};
  std::size_t size = 0;
  const std::string text(hex.reveal());
  const bool is_key =
      OPENSSL_hexstr2buf_ex(key.data(), key.size(), &size, text.c_str(), '\0') == 1 &&
      size == key.size();
  std::optional<wire::Secret> secret;
  if (is_key) secret.emplace(std::string(key.begin(), key.end()));
  OPENSSL_cleanse(key.data(), key.size());
  return secret;
}

StoreKeyFacts gather(Keeper& keeper, const std::filesystem::path& state_dir) {
  StoreKeyFacts facts;
  std::error_code ignored;
  facts.was_in_keeper = std::filesystem::exists(state_dir / mark_name, ignored);
  auto in_file = KeyFile(state_dir / file_name).read();
  facts.file_failed = in_file.has_error();
  if (in_file) facts.in_file = std::move(*in_file);
  facts.keeper = keeper.state();
  if (facts.keeper != KeeperState::available) return facts;
  const auto found = keeper.get(name_in_keeper);
  if (found && *found) facts.in_keeper = from_hex(**found);
  facts.keeper_failed = !found || (*found && !facts.in_keeper);
  return facts;
}

error_code put_into(Keeper& keeper, const std::filesystem::path& state_dir,
                    const wire::Secret& key) {
  // The mark first: without it a key in the keeper would be forgotten, without a key it does
  // little.
  const error_code code = write_atomically(state_dir / mark_name, "", FileMode::secret_0600);
  return code ? code : keeper.set(name_in_keeper, to_hex(key));
}

}  // namespace

StoreKeySource choose_store_key(const StoreKeyFacts& facts) {
  const bool can_ask = facts.keeper == KeeperState::available;
  if (can_ask && facts.in_keeper) return StoreKeySource::keeper;
  // What is sealed already was sealed with the key in the keeper, and that is out of reach.
  if (facts.was_in_keeper && (!can_ask || facts.keeper_failed)) return StoreKeySource::this_run;
  if (facts.in_file) return StoreKeySource::file;
  if (facts.file_failed || facts.keeper_failed) return StoreKeySource::this_run;
  switch (facts.keeper) {
    case KeeperState::available:
      return StoreKeySource::new_in_keeper;
    case KeeperState::locked:
      return StoreKeySource::this_run;
    case KeeperState::absent:
      break;
  }
  return StoreKeySource::new_file;
}

Result<StoreKey> obtain_store_key(Keeper& keeper, const std::filesystem::path& state_dir) {
  StoreKeyFacts facts = gather(keeper, state_dir);
  StoreKey chosen;
  chosen.source = choose_store_key(facts);
  if (chosen.source == StoreKeySource::keeper) chosen.key = std::move(*facts.in_keeper);
  if (chosen.source == StoreKeySource::file) chosen.key = std::move(*facts.in_file);
  if (!chosen.key.empty()) return chosen;
  auto made = random_secret(KeyFile::key_size);
  if (!made) return made.error();
  chosen.key = std::move(*made);
  error_code code;
  if (chosen.source == StoreKeySource::new_in_keeper)
    code = put_into(keeper, state_dir, chosen.key);
  if (chosen.source == StoreKeySource::new_file) {
    code = KeyFile(state_dir / file_name).create(chosen.key);
  }
  if (code) chosen.source = StoreKeySource::this_run;
  return chosen;
}

std::optional<wire::Secret> find_store_key(Keeper& keeper, const std::filesystem::path& state_dir) {
  StoreKeyFacts facts = gather(keeper, state_dir);
  const auto source = choose_store_key(facts);
  if (source == StoreKeySource::keeper) return facts.in_keeper;
  if (source == StoreKeySource::file) return facts.in_file;
  return std::nullopt;
}

}  // namespace todoku::platform
