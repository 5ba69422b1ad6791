// SPDX-License-Identifier: Apache-2.0
// A locked password store is waited for when a person is there to unlock it; else it is said, and
// nothing is changed.
#include "proxy/cli/secret.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/hidden_input.hpp"
#include "proxy/cli/terminal.hpp"
#include "proxy/platform/paths.hpp"
#include "proxy/platform/secrets.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <optional>
#include <utility>

namespace todoku::cli {

namespace errc = boost::system::errc;
using platform::KeeperState;
using platform::SecretPlace;
using platform::Secrets;

namespace {

// Who is spoken to, and in which words.
struct Talk {
  const explain::Catalog& catalog;
  const Console& console;

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  int refuse(const char* key, int exit_code, const Parameters& parameters = {}) const {
    console.error << catalog.render(key, parameters) << "\n";
    return exit_code;
  }
  int tell(const char* key, const Parameters& parameters) const {
    console.out << catalog.render(key, parameters) << "\n";
    return exit_ok;
  }
  int tell_trouble(const error_code& code, const Secrets& secrets) const {
    if (code == errc::operation_not_permitted) return refuse("secret.locked", exit_try_later);
    if (code == errc::bad_message) {
      return refuse("secret.file_damaged", exit_data, {{"file", secrets.file().string()}});
    }
    return refuse("secret.failed", exit_io, {{"detail", printable(code.message())}});
  }
};

// May ask the person for its password, in a window of the desktop.
void wait_while_locked(Secrets& secrets, platform::Keeper& keeper, const Talk& talk) {
  if (!talk.console.can_ask || secrets.keeper_state() != KeeperState::locked) return;
  talk.console.error << talk.catalog.render("secret.waiting") << std::endl;
  keeper.unlock();
}

std::optional<wire::Secret> read_secret(const std::string& name, const Talk& talk) {
  if (!talk.console.can_ask) return read_whole(talk.console.in, Secrets::longest_secret);
  const auto question = talk.catalog.render("secret.ask", {{"name", printable(name)}});
  auto secret = read_hidden_line(talk.console.in, talk.console.error, question);
  talk.console.error << "\n";
  return secret;
}

int set(const std::string& name, Secrets& secrets, const Talk& talk) {
  // Said before it is typed.
  if (secrets.keeper_state() == KeeperState::locked) {
    return talk.refuse("secret.locked", exit_try_later);
  }
  const auto secret = read_secret(name, talk);
  if (secret->empty()) return talk.refuse("secret.empty", exit_data);
  if (!Secrets::is_secret(*secret)) return talk.refuse("secret.not_text", exit_data);
  const auto kept = secrets.set(name, *secret);
  if (!kept) return talk.tell_trouble(kept.error(), secrets);
  if (*kept == SecretPlace::keeper) return talk.tell("secret.kept", {{"name", printable(name)}});
  talk.refuse("secret.in_file", exit_ok, {{"file", secrets.file().string()}});
  return talk.tell("secret.kept_in_file", {{"name", printable(name)}});
}

int remove(const std::string& name, Secrets& secrets, const Talk& talk) {
  const auto removed = secrets.remove(name);
  if (!removed) return talk.tell_trouble(removed.error(), secrets);
  const bool was_there = *removed == platform::SecretRemoval::removed;
  if (was_there) return talk.tell("secret.removed", {{"name", printable(name)}});
  return talk.refuse("secret.not_there", exit_no_input, {{"name", printable(name)}});
}

const char* word_for(SecretPlace place) {
  return place == SecretPlace::keeper ? "password-store" : "file";
}

std::string json_of(const std::vector<platform::NamedSecret>& list, KeeperState state) {
  boost::json::array secrets;
  for (const auto& one : list) {
    secrets.push_back({{"name", one.name}, {"place", word_for(one.place)}});
  }
  boost::json::object whole{{"secrets", std::move(secrets)},
                            {"password_store_locked", state == KeeperState::locked}};
  return boost::json::serialize(whole) + "\n";
}

int list(bool as_json, Secrets& secrets, const Talk& talk) {
  const auto found = secrets.list();
  if (!found) return talk.tell_trouble(found.error(), secrets);
  const auto state = secrets.keeper_state();
  if (as_json) {
    talk.console.out << json_of(*found, state);
    return exit_ok;
  }
  for (const auto& one : *found) {
    const char* key =
        one.place == SecretPlace::keeper ? "secret.place_password_store" : "secret.place_file";
    talk.console.out << printable(one.name) << "  (" << talk.catalog.render(key) << ")\n";
  }
  if (state == KeeperState::locked) talk.refuse("secret.list_locked", exit_ok);
  if (found->empty() && state != KeeperState::locked) return talk.tell("secret.none", {});
  return exit_ok;
}

}  // namespace

int run_secret(const SecretOptions& options, const std::filesystem::path& state_dir,
               platform::Keeper& keeper, const explain::Catalog& catalog, const Console& console) {
  const Talk talk{catalog, console};
  const bool names_one = options.action != SecretAction::list;
  if (names_one && !Secrets::is_name(options.name)) {
    return talk.refuse("secret.bad_name", exit_usage);
  }
  if (const auto failed = platform::make_private_dir(state_dir)) {
    return talk.refuse("secret.failed", exit_cannot_create,
                       {{"detail", state_dir.string() + ": " + failed.message()}});
  }
  Secrets secrets(keeper, state_dir);
  wait_while_locked(secrets, keeper, talk);
  switch (options.action) {
    case SecretAction::set:
      return set(options.name, secrets, talk);
    case SecretAction::remove:
      return remove(options.name, secrets, talk);
    case SecretAction::list:
      break;
  }
  return list(options.json, secrets, talk);
}

}  // namespace todoku::cli
