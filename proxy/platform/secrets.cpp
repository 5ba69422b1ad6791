// SPDX-License-Identifier: Apache-2.0
// The file has one line for each secret: name, a tab, the secret in hex. Written whole or not at
// all.
#include "proxy/platform/secrets.hpp"

#include "proxy/platform/atomic_file.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace todoku::platform {

namespace errc = boost::system::errc;

namespace {

constexpr const char* prefix = "secret ";  // apart from the store's own key
constexpr std::size_t longest_file = 4UL << 20;
constexpr std::string_view digits = "0123456789abcdef";

std::string in_keeper(const std::string& name) {
  return prefix + name;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || i + length > text.size()) return false;
    for (std::size_t j = 1; j < length; ++j) {
      if ((static_cast<unsigned char>(text[i + j]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

std::optional<wire::Secret> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = digits.find(hex[i]);
    const auto low = digits.find(hex[i + 1]);
    const bool is_hex = high != std::string_view::npos && low != std::string_view::npos;
    if (is_hex) bytes += static_cast<char>(high << 4 | low);
    if (is_hex) continue;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return std::nullopt;
  }
  return wire::Secret(std::move(bytes));
}

}  // namespace

Secrets::Secrets(Keeper& keeper, const std::filesystem::path& state_dir)
    : keeper_(keeper), file_(state_dir / "secrets") {}

bool Secrets::is_name(std::string_view name) {
  const bool has_control = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return !name.empty() && name.size() <= longest_name && !has_control && is_utf8(name) &&
         !name.starts_with(' ') && !name.ends_with(' ') &&
         name.find("  ") == std::string_view::npos;
}

bool Secrets::is_secret(const wire::Secret& secret) {
  const auto bytes = secret.reveal();
  return !bytes.empty() && bytes.size() <= longest_secret && is_utf8(bytes) &&
         bytes.find('\0') == std::string_view::npos;
}

Result<Secrets::InFile> Secrets::read_file() const {
  InFile secrets;
  auto read = read_small(file_, longest_file);
  if (!read && read.error() == errc::no_such_file_or_directory) return secrets;
  if (!read) return read.error();
  const wire::Secret content(std::move(*read));  // wiped on return
  auto rest = content.reveal();
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto tab = line.find('\t');
    auto secret = tab == std::string_view::npos ? std::nullopt : from_hex(line.substr(tab + 1));
    if (!secret) return errc::make_error_code(errc::bad_message);
    secrets.insert_or_assign(std::string(line.substr(0, tab)), std::move(*secret));
  }
  return secrets;
}

error_code Secrets::write_file(const InFile& secrets) const {
  std::size_t size = 0;
  for (const auto& [name, secret] : secrets) size += name.size() + 2 * secret.reveal().size() + 2;
  if (size > longest_file) return errc::make_error_code(errc::no_space_on_device);
  std::string text;
  text.reserve(size);  // no copies left behind by growing
  for (const auto& [name, secret] : secrets) {
    text += name + '\t';
    append_hex(text, secret.reveal());
    text += '\n';
  }
  const wire::Secret content(std::move(text));
  return write_atomically(file_, content.reveal(), FileMode::secret_0600);
}

Result<SecretRemoval> Secrets::remove_from_file(const std::string& name) const {
  auto secrets = read_file();
  if (!secrets) return secrets.error();
  if (secrets->erase(name) == 0) return SecretRemoval::not_there;
  if (const auto failed = write_file(*secrets)) return failed;
  return SecretRemoval::removed;
}

Result<std::optional<wire::Secret>> Secrets::get(const std::string& name) {
  const auto state = keeper_.state();
  if (state == KeeperState::available) {
    auto found = keeper_.get(in_keeper(name));
    if (!found || *found) return found;
  }
  auto secrets = read_file();
  if (!secrets) return secrets.error();
  const auto found = secrets->find(name);
  if (found != secrets->end()) return std::optional(found->second);
  if (state == KeeperState::locked) return errc::make_error_code(errc::operation_not_permitted);
  return std::optional<wire::Secret>();
}

Result<SecretPlace> Secrets::set(const std::string& name, const wire::Secret& secret) {
  switch (keeper_.state()) {
    case KeeperState::locked:
      return errc::make_error_code(errc::operation_not_permitted);
    case KeeperState::available: {
      if (const auto failed = keeper_.set(in_keeper(name), secret)) return failed;
      const auto removed = remove_from_file(name);
      if (!removed) return removed.error();
      return SecretPlace::keeper;
    }
    case KeeperState::absent:
      break;
  }
  auto secrets = read_file();
  if (!secrets) return secrets.error();
  secrets->insert_or_assign(name, secret);
  if (const auto failed = write_file(*secrets)) return failed;
  return SecretPlace::file;
}

Result<SecretRemoval> Secrets::remove(const std::string& name) {
  const auto state = keeper_.state();
  auto removal = SecretRemoval::not_there;
  if (state == KeeperState::available) {
    const auto found = keeper_.get(in_keeper(name));
    if (!found) return found.error();
    if (*found) {
      if (const auto failed = keeper_.remove(in_keeper(name))) return failed;
      removal = SecretRemoval::removed;
    }
  }
  const auto from_file = remove_from_file(name);
  if (!from_file || *from_file == SecretRemoval::removed) return from_file;
  // It may lie where nobody can look now.
  if (state == KeeperState::locked) return errc::make_error_code(errc::operation_not_permitted);
  return removal;
}

Result<std::vector<NamedSecret>> Secrets::list() {
  std::map<std::string, SecretPlace> places;
  const auto in_file = read_file();
  if (!in_file) return in_file.error();
  for (const auto& [name, secret] : *in_file) places[name] = SecretPlace::file;
  if (keeper_.state() == KeeperState::available) {
    const auto names = keeper_.names();
    if (!names) return names.error();
    for (const std::string_view name : *names) {
      if (!name.starts_with(prefix)) continue;
      places[std::string(name.substr(std::string_view(prefix).size()))] = SecretPlace::keeper;
    }
  }
  std::vector<NamedSecret> found;
  for (const auto& [name, place] : places) found.push_back({name, place});
  return found;
}

}  // namespace todoku::platform
