// SPDX-License-Identifier: Apache-2.0
// Another process's look at the database.
#include "proxy/store/store.hpp"
#include "proxy/store/tables.hpp"

#include <utility>

namespace todoku::store {

struct Reader::Impl {
  std::unique_ptr<Database> database;
  std::unique_ptr<Tables> tables;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(const std::filesystem::path& state_dir,
                                             std::shared_ptr<const Sealer> sealer) {
  auto opened = Database::open(state_dir / "todoku.db", Database::Access::visitor, "");
  if (opened.has_error()) return opened.error();
  auto impl = std::make_unique<Impl>();
  impl->database = std::move(*opened);
  impl->tables = std::make_unique<Tables>(*impl->database, std::move(sealer), state_dir);
  return std::unique_ptr<Reader>(new Reader(std::move(impl)));
}

Result<std::vector<StoredMessage>> Reader::list(const ListFilter& filter) {
  return impl_->tables->list(filter);
}

Result<std::optional<StoredMessage>> Reader::load(std::string_view id) {
  return impl_->tables->load(id);
}

Result<std::vector<StoredAttempt>> Reader::attempts_of(std::string_view id) {
  return impl_->tables->attempts_of(id);
}

Result<std::vector<StoredEvent>> Reader::events_of(std::string_view id) {
  return impl_->tables->events_of(id);
}

Result<std::vector<StoredRelay>> Reader::relays() {
  return impl_->tables->relays();
}

Result<std::vector<delivery::RememberedPath>> Reader::paths() {
  return impl_->tables->paths();
}

Result<RelayFacts> Reader::relay_facts() {
  return impl_->tables->relay_facts();
}

Result<std::vector<StoredEvent>> Reader::relay_events(std::size_t limit) {
  return impl_->tables->relay_events(limit);
}

Result<std::uint64_t> Reader::ask(const Request& request) {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return impl_->tables->ask(request, now);
}

Result<RequestOutcome> Reader::outcome_of(std::uint64_t number) {
  return impl_->tables->outcome_of(number);
}

Result<std::vector<Request>> Reader::open_requests() {
  return impl_->tables->open_requests();
}

}  // namespace todoku::store
