// SPDX-License-Identifier: Apache-2.0
// The memory of paths. Which domains somebody writes to is nobody's business: all of it is sealed.
#include "proxy/store/packing.hpp"
#include "proxy/store/tables.hpp"

#include <utility>

namespace todoku::store {

namespace {

constexpr const char* about = "path";

std::string name_of(const Sealer& sealer, std::string_view relay, std::string_view domain) {
  return sealer.fingerprint("path " + std::string(relay) + '\0' + std::string(domain));
}

}  // namespace

error_code Tables::put(const delivery::RememberedPath& path) {
  const auto name = name_of(*sealer_, path.relay, path.domain);
  const auto private_part = sealer_->seal(pack(path), about);
  return database_.prepare("INSERT OR REPLACE INTO paths(name, until, private) VALUES(?,?,?)")
      .blob(name)
      .moment(path.until)
      .blob(private_part)
      .run();
}

error_code Tables::drop(const DropPath& path) {
  const auto name = name_of(*sealer_, path.relay, path.domain);
  return database_.prepare("DELETE FROM paths WHERE name=?").blob(name).run();
}

Result<std::vector<delivery::RememberedPath>> Tables::paths() {
  auto rows = database_.prepare("SELECT private FROM paths ORDER BY until");
  std::vector<delivery::RememberedPath> found;
  while (rows.step()) {
    delivery::RememberedPath path;
    const bool is_whole = unpack(open_or_nothing(rows.bytes_at(0), about), path);
    if (is_whole) found.push_back(std::move(path));
  }
  if (rows.failed()) return rows.failed();
  return found;
}

}  // namespace todoku::store
