// SPDX-License-Identifier: Apache-2.0
// The XDG base directories.
#include "proxy/platform/paths.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

namespace todoku::platform {
namespace fs = std::filesystem;

namespace {

fs::path home() {
  const char* from_environment = std::getenv("HOME");
  if (from_environment != nullptr && *from_environment == '/') return from_environment;
  const passwd* user = ::getpwuid(::getuid());  // services may start without HOME
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
}

// The specification says that a relative path there is to be ignored.
fs::path base_dir(const char* variable, const char* below_home) {
  const char* given = std::getenv(variable);
  if (given != nullptr && *given == '/') return given;
  return home() / below_home;
}

}  // namespace

fs::path default_state_dir() {
  return base_dir("XDG_STATE_HOME", ".local/state") / "todoku";
}

fs::path admin_config_file() {
  return "/etc/todoku/todoku.toml";
}

fs::path default_config_file() {
  const fs::path own = base_dir("XDG_CONFIG_HOME", ".config") / "todoku" / "todoku.toml";
  const fs::path admin = admin_config_file();
  std::error_code ignored;
  if (!fs::exists(own, ignored) && fs::exists(admin, ignored)) return admin;
  return own;
}

std::vector<fs::path> thunderbird_dirs() {
  const auto below = home();
  return {below / ".thunderbird", below / "snap/thunderbird/common/.thunderbird",
          below / ".var/app/org.mozilla.Thunderbird/.thunderbird"};
}

error_code make_private_dir(const fs::path& dir) {
  std::error_code code;
  if (dir.has_parent_path()) fs::create_directories(dir.parent_path(), code);
  if (code) return code;
  const auto last_error = [] { return error_code(errno, boost::system::system_category()); };
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return last_error();
  struct stat found {};
  if (::stat(dir.c_str(), &found) != 0) return last_error();
  if (!S_ISDIR(found.st_mode)) {
    return make_error_code(boost::system::errc::not_a_directory);
  }
  // /tmp and its like belong to everybody: closing one would lock the others out.
  if ((found.st_mode & S_IWOTH) != 0) {
    return make_error_code(boost::system::errc::operation_not_permitted);
  }
  if ((found.st_mode & 077) != 0 && ::chmod(dir.c_str(), 0700) != 0) return last_error();
  return {};
}

}  // namespace todoku::platform
