// SPDX-License-Identifier: Apache-2.0
// The Secret Service (freedesktop.org, draft 0.2) by libsecret. Without a session bus it is absent:
// none is started for it.
#include "proxy/platform/keeper.hpp"
#include "proxy/wire/freed.hpp"

#include <libsecret/secret.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace todoku::platform {
namespace errc = boost::system::errc;

namespace {

template <class T>
using Object = std::unique_ptr<T, wire::Freed<g_object_unref>>;

const SecretSchema& schema() {
  static const SecretSchema made = {
      "org.todoku.Secret",
      SECRET_SCHEMA_NONE,
      {{"name", SECRET_SCHEMA_ATTRIBUTE_STRING}, {nullptr, SECRET_SCHEMA_ATTRIBUTE_STRING}},
      0,
      nullptr,
      nullptr,
      nullptr,
      nullptr,
      nullptr,
      nullptr,
      nullptr};
  return made;
}

// What libsecret says in words goes nowhere: it may name things that are nobody's business.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure() { g_clear_error(&error_); }
  [[nodiscard]] GError** out() { return &error_; }
  [[nodiscard]] error_code code() const {
    if (error_ == nullptr) return {};
    const bool is_cancelled = g_error_matches(error_, G_IO_ERROR, G_IO_ERROR_CANCELLED) != 0;
    const bool is_locked = g_error_matches(error_, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) != 0;
    if (is_cancelled) return errc::make_error_code(errc::timed_out);
    return errc::make_error_code(is_locked ? errc::operation_not_permitted : errc::io_error);
  }

 private:
  GError* error_ = nullptr;
};

bool has_session_bus() {
  if (const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS")) return *address != '\0';
  std::error_code ignored;
  return std::filesystem::exists("/run/user/" + std::to_string(::getuid()) + "/bus", ignored);
}

class LinuxKeeper : public Keeper {
 public:
  KeeperState state() override {
    const auto collection = default_collection();
    if (!collection) return KeeperState::absent;
    return secret_collection_get_locked(collection.get()) != 0 ? KeeperState::locked
                                                               : KeeperState::available;
  }

  Result<std::optional<wire::Secret>> get(const std::string& name) override {
    if (const error_code code = check()) return code;
    Failure failure;
    gchar* const found = secret_password_lookup_nonpageable_sync(
        &schema(), cancel_.get(), failure.out(), "name", name.c_str(), nullptr);
    if (failure.code()) return failure.code();
    if (found == nullptr) return std::optional<wire::Secret>();
    std::optional<wire::Secret> secret(wire::Secret{std::string(found)});
    secret_password_free(found);
    return secret;
  }

  error_code set(const std::string& name, const wire::Secret& secret) override {
    if (const error_code code = check()) return code;
    Failure failure;
    const std::string label = "Todoku: " + name;
    secret_password_store_sync(&schema(), SECRET_COLLECTION_DEFAULT, label.c_str(),
                               secret.reveal().data(), cancel_.get(), failure.out(), "name",
                               name.c_str(), nullptr);
    return failure.code();
  }

  error_code remove(const std::string& name) override {
    if (const error_code code = check()) return code;
    Failure failure;
    secret_password_clear_sync(&schema(), cancel_.get(), failure.out(), "name", name.c_str(),
                               nullptr);
    return failure.code();
  }

  Result<std::vector<std::string>> names() override {
    if (const error_code code = check()) return code;
    Failure failure;
    GList* const items = secret_password_search_sync(&schema(), SECRET_SEARCH_ALL, cancel_.get(),
                                                     failure.out(), nullptr);
    if (failure.code()) return failure.code();
    std::vector<std::string> found;
    for (const GList* item = items; item != nullptr; item = item->next) {
      GHashTable* const attributes =
          secret_retrievable_get_attributes(SECRET_RETRIEVABLE(item->data));
      const auto* name = static_cast<const char*>(g_hash_table_lookup(attributes, "name"));
      if (name != nullptr) found.emplace_back(name);
      g_hash_table_unref(attributes);
    }
    g_list_free_full(items, g_object_unref);
    return found;
  }

  KeeperState unlock() override {
    const auto collection = default_collection();
    if (!collection) return KeeperState::absent;
    Failure failure;
    GList* const wanted = g_list_append(nullptr, collection.get());
    secret_service_unlock_sync(service_.get(), wanted, cancel_.get(), nullptr, failure.out());
    g_list_free(wanted);
    return state();
  }

  void cancel() override { g_cancellable_cancel(cancel_.get()); }

 private:
  // Looked up each time: a keyring is locked and unlocked behind our back.
  Object<SecretCollection> default_collection() {
    if (!has_session_bus()) return nullptr;
    Failure failure;
    if (!bus_) {
      bus_.reset(g_bus_get_sync(G_BUS_TYPE_SESSION, cancel_.get(), failure.out()));
      // Its default would end this process together with the session.
      if (bus_) g_dbus_connection_set_exit_on_close(bus_.get(), FALSE);
    }
    if (!bus_ || g_dbus_connection_is_closed(bus_.get()) != 0) return nullptr;
    if (!service_) {
      service_.reset(
          secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, cancel_.get(), failure.out()));
    }
    if (!service_) return nullptr;
    Failure missing;
    return Object<SecretCollection>(
        secret_collection_for_alias_sync(service_.get(), SECRET_COLLECTION_DEFAULT,
                                         SECRET_COLLECTION_NONE, cancel_.get(), missing.out()));
  }

  // Asked before each use, because libsecret would prompt by itself.
  error_code check() {
    switch (state()) {
      case KeeperState::available:
        return {};
      case KeeperState::locked:
        return errc::make_error_code(errc::operation_not_permitted);
      case KeeperState::absent:
        break;
    }
    return errc::make_error_code(errc::not_supported);
  }

  Object<GCancellable> cancel_{g_cancellable_new()};
  Object<GDBusConnection> bus_;
  Object<SecretService> service_;
};

}  // namespace

std::unique_ptr<Keeper> system_keeper() {
  return std::make_unique<LinuxKeeper>();
}

}  // namespace todoku::platform
