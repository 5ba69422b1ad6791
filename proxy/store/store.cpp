// SPDX-License-Identifier: Apache-2.0
// The I/O thread's face of the store thread.
#include "proxy/store/store.hpp"

#include "proxy/net/start.hpp"
#include "proxy/store/pending.hpp"
#include "proxy/store/schema.hpp"
#include "proxy/store/writer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <utility>

namespace todoku::store {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kept_free = 64ULL << 20;  // a full disk would stop more than our mail
constexpr std::chrono::seconds room_known_for{1};
constexpr std::size_t copies_until = 8UL << 20;  // bytes not yet written
constexpr std::size_t notes_until = 64UL << 20;  // the same
constexpr const char* running = "running";       // mark: not stopped properly

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
  const auto mark = tables.mark(running);
  if (mark.has_error()) return mark.error();
  recovery.was_clean_stop = *mark == 0;
  if (const auto failed = check(**opened, recovery.was_clean_stop)) return failed;
  return opened;
}

}  // namespace

Time now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

namespace {

// Whoever hears of lost notes. Shared with what the store thread posts: that may run when the Store
// has gone. One word for each batch, not for each note.
struct Listener {
  std::function<void(error_code, std::string)> tell;  // I/O thread
  std::atomic<bool> is_told = false;                  // a word is on its way
};

enum class Asks : std::uint8_t {
  only,
  and_writes
};

void tell_of(const asio::any_io_executor& executor, const std::shared_ptr<Listener>& listener,
             error_code failed) {
  if (listener->is_told.exchange(true)) return;
  asio::post(executor, [listener, failed] {
    listener->is_told = false;
    if (listener->tell) listener->tell(failed, "what happened to messages could not be noted");
  });
}

}  // namespace

struct Store::Impl {
  asio::any_io_executor executor;
  fs::path directory;
  Recovery recovery;
  std::shared_ptr<const Sealer> sealer;
  std::shared_ptr<Listener> listener = std::make_shared<Listener>();
  std::function<void(const Change&)> on_change;
  bool is_locked = false;
  std::uint64_t room = 0;  // bytes, as last looked at, less what was asked for since
  std::chrono::steady_clock::time_point room_looked_at{};
  std::unique_ptr<Writer> writer;

  template <class T>
  asio::awaitable<Result<T>> ask(std::function<Result<T>(Tables&)> question,
                                 Asks asks = Asks::only);
  asio::awaitable<error_code> order(std::function<error_code(Tables&)> work, Durability durability);
  [[nodiscard]] bool promises_what_it_cannot_keep(const Changes& changes) const;
  void tell_of(const Changes& changes) const;
  void look_at_room();
};

namespace {

// Where the store thread leaves an answer and the I/O thread waits for it.
template <class T>
struct Waiting {
  explicit Waiting(const asio::any_io_executor& executor) : under_way(executor), ready(executor) {}
  // Whoever runs the I/O loop must not think that nothing is left to do.
  asio::executor_work_guard<asio::any_io_executor> under_way;
  T value{};
  bool is_ready = false;
  net::Signal ready;
};

template <class T>
asio::awaitable<void> wait_for(std::shared_ptr<Waiting<T>> waiting) {
  const wire::Duration no_limit{0};
  while (!waiting->is_ready) co_await waiting->ready.wait(no_limit);
}

template <class T>
void hand_over(const asio::any_io_executor& executor, std::shared_ptr<Waiting<T>> waiting) {
  asio::post(executor, [waiting = std::move(waiting)] {
    waiting->is_ready = true;
    waiting->ready.notify_all();
  });
}

}  // namespace

template <class T>
asio::awaitable<Result<T>> Store::Impl::ask(std::function<Result<T>(Tables&)> question, Asks asks) {
  auto waiting = std::make_shared<Waiting<std::optional<Result<T>>>>(executor);
  Writer::Job job;
  job.work = [waiting, asks, question = std::move(question)](Tables& tables) -> error_code {
    waiting->value = question(tables);
    return waiting->value->has_error() && asks == Asks::and_writes ? waiting->value->error()
                                                                   : error_code{};
  };
  job.is_question = asks == Asks::only;
  job.done = [waiting, to = executor](error_code failed) mutable {
    if (failed) waiting->value = Result<T>(failed);
    hand_over(to, std::move(waiting));
  };
  writer->add(std::move(job));
  co_await wait_for(waiting);
  co_return std::move(*waiting->value);
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

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() {
  Writer::Job last;
  last.work = [](Tables& tables) { return tables.set_mark(running, 0); };
  last.wants_disk = true;
  impl_->writer->add(std::move(last));
  impl_->writer.reset();
}

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
  if (const auto failed = tables.set_mark(running, 1)) return failed;
  impl->writer = std::make_unique<Writer>(std::move(*opened), options);
  return std::unique_ptr<Store>(new Store(std::move(impl)));
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
    tell_of(impl_->executor, impl_->listener, errc::make_error_code(errc::no_buffer_space));
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
    if (failed) tell_of(to, listener, failed);
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

// The questions: each is one call on the store thread.

asio::awaitable<Result<std::optional<StoredMessage>>> Store::load(std::string id) {
  std::function<Result<std::optional<StoredMessage>>(Tables&)> question =
      [id = std::move(id)](Tables& tables) { return tables.load(id); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<StoredMessage>>> Store::list(ListFilter filter) {
  std::function<Result<std::vector<StoredMessage>>(Tables&)> question =
      [filter = std::move(filter)](Tables& tables) { return tables.list(filter); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<StoredAttempt>>> Store::attempts_of(std::string id) {
  std::function<Result<std::vector<StoredAttempt>>(Tables&)> question =
      [id = std::move(id)](Tables& tables) { return tables.attempts_of(id); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<StoredEvent>>> Store::events_of(std::string id) {
  std::function<Result<std::vector<StoredEvent>>(Tables&)> question =
      [id = std::move(id)](Tables& tables) { return tables.events_of(id); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<StoredEvent>>> Store::events_after(std::uint64_t number,
                                                                      std::size_t limit) {
  std::function<Result<std::vector<StoredEvent>>(Tables&)> question =
      [number, limit](Tables& tables) { return tables.events_after(number, limit); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<DueMessage>>> Store::due(Time now, std::string account,
                                                            std::size_t limit) {
  std::function<Result<std::vector<DueMessage>>(Tables&)> question =
      [now, limit, account = std::move(account)](Tables& tables) {
        return tables.due(now, account, limit);
      };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<DueMessage>>> Store::overdue(Time now, std::size_t limit) {
  std::function<Result<std::vector<DueMessage>>(Tables&)> question = [now, limit](Tables& tables) {
    return tables.overdue(now, limit);
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::optional<Time>>> Store::next_due() {
  std::function<Result<std::optional<Time>>(Tables&)> question = [](Tables& tables) {
    return tables.next_due();
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<error_code> Store::hasten(std::string account, std::string user, Time now,
                                          Hasten which) {
  std::function<error_code(Tables&)> work = [account = std::move(account), user = std::move(user),
                                             now, which](Tables& tables) {
    return tables.hasten(account, user, now, which);
  };
  const auto failed = co_await impl_->order(std::move(work), Durability::process);
  co_return failed;
}

asio::awaitable<error_code> Store::postpone(std::string id, Time until) {
  std::function<error_code(Tables&)> work = [id = std::move(id), until](Tables& tables) {
    return tables.postpone(id, until);
  };
  const auto failed = co_await impl_->order(std::move(work), Durability::process);
  co_return failed;
}

asio::awaitable<Result<Store::Counts>> Store::counts() {
  std::function<Result<Counts>(Tables&)> question = [](Tables& tables) { return tables.counts(); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<RepeatEntry>>> Store::repeats_since(Time since) {
  std::function<Result<std::vector<RepeatEntry>>(Tables&)> question = [since](Tables& tables) {
    return tables.repeats_since(since);
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::string>> Store::small_body(std::string id) {
  std::function<Result<std::string>(Tables&)> question = [id = std::move(id)](Tables& tables) {
    return tables.small_body(id);
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<Request>>> Store::take_requests() {
  std::function<Result<std::vector<Request>>(Tables&)> question = [](Tables& tables) {
    return tables.open_requests();
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::uint64_t>> Store::times_written_to(std::string account,
                                                               std::string address) {
  std::function<Result<std::uint64_t>(Tables&)> question =
      [account = std::move(account), address = std::move(address)](Tables& tables) {
        return tables.times_written_to(account, address);
      };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<SentHistory>> Store::sent_history(std::size_t most, Time tallies_since) {
  std::function<Result<SentHistory>(Tables&)> question = [most, tallies_since](Tables& tables) {
    return tables.sent_history(most, tallies_since);
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<delivery::RememberedPath>>> Store::paths() {
  std::function<Result<std::vector<delivery::RememberedPath>>(Tables&)> question =
      [](Tables& tables) { return tables.paths(); };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<SentBy>>> Store::sent_since(Time since,
                                                               std::chrono::milliseconds oldest) {
  std::function<Result<std::vector<SentBy>>(Tables&)> question = [since, oldest](Tables& tables) {
    return tables.sent_since(since, oldest);
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<RelayFacts>> Store::relay_facts() {
  std::function<Result<RelayFacts>(Tables&)> question = [](Tables& tables) {
    return tables.relay_facts();
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<std::string>>> Store::bodies_in_files() {
  std::function<Result<std::vector<std::string>>(Tables&)> question = [](Tables& tables) {
    return tables.bodies_in_files();
  };
  auto answer = co_await impl_->ask(std::move(question));
  co_return answer;
}

asio::awaitable<Result<std::vector<std::string>>> Store::prune(Limits limits, Time now) {
  std::function<Result<std::vector<std::string>>(Tables&)> question =
      [limits, now](Tables& tables) { return tables.prune(limits, now); };
  auto answer = co_await impl_->ask(std::move(question), Asks::and_writes);
  co_return answer;
}

}  // namespace todoku::store
