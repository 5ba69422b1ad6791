// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which key seals the store: from the system's keeper, from a key file where there is no keeper,
// or one of this run only. An existing key is never wiped or overwritten. choose_store_key is pure;
// obtain_store_key blocks (keeper thread).
#include "proxy/platform/keeper.hpp"
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <filesystem>
#include <optional>

namespace todoku::platform {

struct StoreKeyFacts {
  KeeperState keeper = KeeperState::absent;
  bool keeper_failed = false;  // it is available, and the key could not be read or is none
  std::optional<wire::Secret> in_keeper;
  bool was_in_keeper = false;  // an earlier run had its key there
  bool file_failed = false;    // a key file is there and cannot be used
  std::optional<wire::Secret> in_file;
};

enum class StoreKeySource {
  keeper,
  new_in_keeper,  // made now, to be put there before use
  file,           // a warning: the key lies beside what it seals
  new_file,       // as file, made now
  this_run        // nothing may be promised that it seals
};

[[nodiscard]] StoreKeySource choose_store_key(const StoreKeyFacts& facts);

struct StoreKey {
  wire::Secret key;
  StoreKeySource source = StoreKeySource::this_run;
  [[nodiscard]] bool is_lasting() const { return source != StoreKeySource::this_run; }
};

// Asks, chooses, makes and puts down. What cannot be put down becomes a key of this run. Ask again
// after the keeper was unlocked. Error: there is no good chance to make a key from.
Result<StoreKey> obtain_store_key(Keeper& keeper, const std::filesystem::path& state_dir);

// The same without making anything: nothing = there is no key, or it is out of reach now.
std::optional<wire::Secret> find_store_key(Keeper& keeper, const std::filesystem::path& state_dir);

}  // namespace todoku::platform
