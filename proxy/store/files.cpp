// SPDX-License-Identifier: Apache-2.0
// Short writes and reads are continued here, for every file layer.
#include "proxy/store/files.hpp"

namespace todoku::store {

namespace {

error_code no_progress() {
  return boost::system::errc::make_error_code(boost::system::errc::io_error);
}

}  // namespace

error_code write_all(Files& files, int descriptor, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const Result<std::size_t> count = files.write_at(descriptor, bytes, offset);
    if (!count) return count.error();
    if (*count == 0) return no_progress();
    bytes.remove_prefix(*count);
    offset += *count;
  }
  return {};
}

error_code read_all(Files& files, int descriptor, char* into, std::size_t size,
                    std::uint64_t offset) {
  while (size > 0) {
    const Result<std::size_t> count = files.read_at(descriptor, into, size, offset);
    if (!count) return count.error();
    if (*count == 0) return no_progress();
    into += *count;
    size -= *count;
    offset += *count;
  }
  return {};
}

}  // namespace todoku::store
