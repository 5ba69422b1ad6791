// SPDX-License-Identifier: Apache-2.0
#pragma once

// Secrets that an administrator stores by name (todoku secret): in the system's keeper, or where
// there is none in a file of the state directory, 0600. A locked keeper is waited for, never gone
// round: what lies in it is neither replaced nor forgotten. Blocks (keeper thread, or a command).
#include "proxy/platform/keeper.hpp"
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::platform {

enum class SecretPlace {
  keeper,
  file,
};

enum class SecretRemoval {
  removed,
  not_there,
};

struct NamedSecret {
  std::string name;
  SecretPlace place = SecretPlace::keeper;
  bool operator==(const NamedSecret&) const = default;
};

class Secrets {
 public:
  static constexpr std::size_t longest_name = 100;       // bytes
  static constexpr std::size_t longest_secret = 65'536;  // bytes: a private key in PEM fits

  // keeper outlives it. state_dir exists, private.
  Secrets(Keeper& keeper, const std::filesystem::path& state_dir);

  // Visible text, with single spaces inside.
  [[nodiscard]] static bool is_name(std::string_view name);
  // Text (UTF-8, no NUL), not empty, not too long.
  [[nodiscard]] static bool is_secret(const wire::Secret& secret);

  // Nothing = there is none of that name. Errors: operation_not_permitted while the keeper is
  // locked and it may be there; the keeper's; those of the file.
  Result<std::optional<wire::Secret>> get(const std::string& name);
  // Where it went. The other place forgets it.
  Result<SecretPlace> set(const std::string& name, const wire::Secret& secret);
  Result<SecretRemoval> remove(const std::string& name);
  // By name. While the keeper is locked, those of the file only.
  Result<std::vector<NamedSecret>> list();
  [[nodiscard]] KeeperState keeper_state() { return keeper_.state(); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  using InFile = std::map<std::string, wire::Secret>;
  Result<InFile> read_file() const;
  [[nodiscard]] error_code write_file(const InFile& secrets) const;
  Result<SecretRemoval> remove_from_file(const std::string& name) const;

  Keeper& keeper_;
  std::filesystem::path file_;
};

}  // namespace todoku::platform
