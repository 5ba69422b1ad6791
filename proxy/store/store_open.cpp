// SPDX-License-Identifier: Apache-2.0
// Begin and end of the store: what the last run left is looked at, and set right where it can be.
#include "proxy/store/schema.hpp"
#include "proxy/store/store_impl.hpp"

#include <sys/stat.h>

#include <utility>

namespace todoku::store {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
namespace fs = std::filesystem;

namespace {

fs::path set_aside(const fs::path& file) {
  auto aside = file;
  aside += ".damaged-" + std::to_string(now().time_since_epoch().count());
  std::error_code ignored;
  fs::rename(file, aside, ignored);
  for (const char* more : {"-wal", "-shm"}) {
    auto part = file;
    part += more;
    auto part_aside = aside;
    part_aside += more;
    fs::rename(part, part_aside, ignored);
  }
  return aside;
}

// Whether the file is whole is looked at only after a run that did not end properly: it means
// reading all of it.
error_code check(Database& database, bool was_clean) {
  if (was_clean) return {};
  auto verdict = database.prepare("PRAGMA quick_check(1)");
  const bool has_row = verdict.step();
  if (verdict.failed()) return verdict.failed();
  if (has_row && verdict.bytes_at(0) == "ok") return {};
  return errc::make_error_code(errc::bad_message);
}

Result<std::unique_ptr<Database>> open_checked(const fs::path& file, const StoreOptions& options,
                                               Recovery& recovery) {
  auto opened = Database::open(file, Database::Access::owner, options.vfs);
  if (opened.has_error()) return opened;
  if (const auto failed = prepare_schema(**opened)) return failed;
  Tables tables(**opened, options.sealer, options.state_dir);
  const auto mark = tables.mark(running_mark);
  if (mark.has_error()) return mark.error();
  recovery.was_clean_stop = *mark == 0;
  if (const auto failed = check(**opened, recovery.was_clean_stop)) return failed;
  return opened;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(asio::any_io_executor executor, StoreOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->executor = std::move(executor);
  impl->directory = options.state_dir;
  impl->sealer = options.sealer;
  const auto file = options.state_dir / "todoku.db";
  std::error_code ignored;  // SQLite gives its other files the same permissions
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  const auto old_mask = ::umask(0077);
  auto opened = open_checked(file, options, impl->recovery);
  if (opened.has_error() && opened.error() == errc::bad_message) {
    impl->recovery = Recovery{};
    impl->recovery.was_damaged = true;
    impl->recovery.set_aside = set_aside(file);
    opened = open_checked(file, options, impl->recovery);
  }
  ::umask(old_mask);
  if (opened.has_error()) return opened.error();
  Tables tables(**opened, options.sealer, options.state_dir);
  const auto interrupted = tables.settle_interrupted(now());
  if (interrupted.has_error()) return interrupted.error();
  const auto counts = tables.counts();
  if (counts.has_error()) return counts.error();
  impl->recovery.now_unknown = *interrupted;
  impl->recovery.waiting = counts->waiting + counts->held + counts->unknown;
  if (const auto failed = tables.set_mark(running_mark, 1)) return failed;
  impl->writer = std::make_unique<Writer>(std::move(*opened), options);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
  Writer::Job last;
  last.work = [](Tables& tables) { return tables.set_mark(running_mark, 0); };
  last.wants_disk = true;
  impl_->writer->add(std::move(last));
  impl_->writer.reset();
}

}  // namespace todoku::store
