// SPDX-License-Identifier: Apache-2.0
// What is written to the store, and whether there is room for it.
#include "proxy/store/pending.hpp"
#include "proxy/store/store_impl.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace todoku::store {

namespace asio = boost::asio;
namespace errc = boost::system::errc;

namespace {

constexpr std::uint64_t kept_free = 64ULL << 20;  // a full disk would stop more than our mail
constexpr std::chrono::seconds room_known_for{1};
constexpr std::size_t copies_until = 8UL << 20;  // bytes not yet written
constexpr std::size_t notes_until = 64UL << 20;  // the same

void tell_of_loss(const asio::any_io_executor& executor, const std::shared_ptr<Listener>& listener,
                  error_code failed) {
  if (listener->is_told.exchange(true)) return;
  asio::post(executor, [listener, failed] {
    listener->is_told = false;
    if (listener->tell) listener->tell(failed, "what happened to messages could not be noted");
  });
}

}  // namespace

Time now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

asio::awaitable<error_code> Store::Impl::order(std::function<error_code(Tables&)> work,
                                               Durability durability) {
  auto waiting = std::make_shared<Waiting<error_code>>(executor);
  Writer::Job job;
  job.work = std::move(work);
  job.wants_disk = durability == Durability::disk;
  job.done = [waiting, to = executor](error_code failed) mutable {
    waiting->value = failed;
    hand_over(to, std::move(waiting));
  };
  writer->add(std::move(job));
  co_await wait_for(waiting);
  co_return waiting->value;
}

// With a key of this run only, what is written now could not be read after the next start.
bool Store::Impl::promises_what_it_cannot_keep(const Changes& changes) const {
  if (!is_locked) return false;
  for (const auto& change : changes) {
    if (std::holds_alternative<PutBody>(change) || std::holds_alternative<PutMessage>(change)) {
      return true;
    }
  }
  return false;
}

const Recovery& Store::recovery() const {
  return impl_->recovery;
}

void Store::on_failure(std::function<void(error_code, std::string)> tell) {
  impl_->listener->tell = std::move(tell);
}

void Store::on_change(std::function<void(const Change&)> tell) {
  impl_->on_change = std::move(tell);
}

void Store::Impl::tell_of(const Changes& changes) const {
  if (!on_change) return;
  for (const auto& change : changes) on_change(change);
}

// Under a slow disk the copies of what is settled go first, then all notes but those that keep a
// message from being sent twice or lost.
void Store::write_behind(Changes changes) {
  impl_->tell_of(changes);
  const auto pending = impl_->writer->pending_bytes();
  if (pending > copies_until) drop_copies(changes);
  if (pending > notes_until && !concerns_open_mail(changes)) {
    tell_of_loss(impl_->executor, impl_->listener, errc::make_error_code(errc::no_buffer_space));
    return;
  }
  Writer::Job job;
  job.may_wait = true;
  job.bytes = bytes_of(changes);
  job.work = [changes = std::move(changes),
              is_locked = impl_->is_locked](Tables& tables) -> error_code {
    for (const auto& change : changes) {
      const auto failed = is_locked ? tables.apply_without_key(change) : tables.apply(change);
      if (failed) return failed;
    }
    return {};
  };
  job.done = [to = impl_->executor, listener = impl_->listener](error_code failed) {
    if (failed) tell_of_loss(to, listener, failed);
  };
  impl_->writer->add(std::move(job));
}

asio::awaitable<error_code> Store::write(Changes changes, Durability durability) {
  if (impl_->promises_what_it_cannot_keep(changes)) {
    co_return errc::make_error_code(errc::operation_not_permitted);
  }
  impl_->tell_of(changes);
  auto kept = std::make_shared<Changes>(std::move(changes));
  std::function<error_code(Tables&)> work = [kept](Tables& tables) -> error_code {
    for (const auto& change : *kept) {
      if (const auto failed = tables.apply(change)) return failed;
    }
    return {};
  };
  const auto failed = co_await impl_->order(std::move(work), durability);
  co_return failed;
}

void Store::Impl::look_at_room() {
  room_looked_at = std::chrono::steady_clock::now();
  room = std::numeric_limits<std::uint64_t>::max();  // where nobody can say, the write will
  struct statvfs space {};
  if (::statvfs(directory.c_str(), &space) != 0) return;
  const auto free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  room = free - std::min(free, kept_free);
}

error_code Store::check_room(std::uint64_t size) const {
  const auto age = std::chrono::steady_clock::now() - impl_->room_looked_at;
  if (age > room_known_for || impl_->room < size) impl_->look_at_room();
  if (impl_->room < size) return errc::make_error_code(errc::no_space_on_device);
  impl_->room -= size;
  return {};
}

void Store::lock_key(bool is_locked) {
  impl_->is_locked = is_locked;
}

bool Store::is_key_locked() const {
  return impl_->is_locked;
}

void Store::use_sealer(std::shared_ptr<const Sealer> sealer) {
  impl_->sealer = sealer;
  Writer::Job job;
  job.work = [sealer = std::move(sealer)](Tables& tables) -> error_code {
    tables.use_sealer(sealer);
    return {};
  };
  impl_->writer->add(std::move(job));
}

}  // namespace todoku::store
