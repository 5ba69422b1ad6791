// SPDX-License-Identifier: Apache-2.0
// Only one Todoku works in a state directory, so that looking and then writing is no race.
#include "proxy/platform/key_file.hpp"

#include "proxy/platform/atomic_file.hpp"

#include <openssl/rand.h>

#include <string>
#include <utility>

namespace todoku::platform {
namespace errc = boost::system::errc;

Result<std::optional<wire::Secret>> KeyFile::read() const {
  Result<std::string> content = read_small(file_, key_size);
  if (!content && content.error() == errc::no_such_file_or_directory) {
    return std::optional<wire::Secret>();
  }
  if (!content && content.error() != errc::file_too_large) return content.error();
  if (!content) return errc::make_error_code(errc::bad_message);
  // Moved before its size is looked at: gcc 12 else takes the move for an overflow.
  wire::Secret key(std::move(*content));
  if (key.reveal().size() != key_size) return errc::make_error_code(errc::bad_message);
  return std::optional<wire::Secret>(std::move(key));
}

error_code KeyFile::create(const wire::Secret& key) const {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(file_, ignored))) {
    return errc::make_error_code(errc::file_exists);
  }
  return write_atomically(file_, key.reveal(), FileMode::secret_0600);
}

Result<wire::Secret> random_secret(std::size_t size) {
  std::string bytes(size, '\0');
  auto* const into = reinterpret_cast<unsigned char*>(bytes.data());
  if (RAND_priv_bytes(into, static_cast<int>(size)) != 1) {
    return errc::make_error_code(errc::io_error);
  }
  Result<wire::Secret> made(boost::system::in_place_value, std::move(bytes));
  return made;
}

}  // namespace todoku::platform
