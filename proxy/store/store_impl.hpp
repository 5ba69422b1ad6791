// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside the Store: how work goes to the store thread and its answer comes back. I/O thread.
#include "proxy/net/start.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/tables.hpp"
#include "proxy/store/writer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace todoku::store {

// A mark in the database while Todoku runs: found at a start, it was not stopped properly.
inline constexpr const char* running_mark = "running";

// Whoever hears of lost notes. Shared with what the store thread posts: that may run when the Store
// has gone. One word for each batch, not for each note.
struct Listener {
  std::function<void(error_code, std::string)> tell;  // I/O thread
  std::atomic<bool> is_told = false;                  // a word is on its way
};

// Where the store thread leaves an answer and the I/O thread waits for it.
template <class T>
struct Waiting {
  explicit Waiting(const boost::asio::any_io_executor& executor)
      : under_way(executor), ready(executor) {}
  // Whoever runs the I/O loop must not think that nothing is left to do.
  boost::asio::executor_work_guard<boost::asio::any_io_executor> under_way;
  T value{};
  bool is_ready = false;
  net::Signal ready;
};

template <class T>
boost::asio::awaitable<void> wait_for(std::shared_ptr<Waiting<T>> waiting) {
  const wire::Duration no_limit{0};
  while (!waiting->is_ready) co_await waiting->ready.wait(no_limit);
}

template <class T>
void hand_over(const boost::asio::any_io_executor& executor, std::shared_ptr<Waiting<T>> waiting) {
  boost::asio::post(executor, [waiting = std::move(waiting)] {
    waiting->is_ready = true;
    waiting->ready.notify_all();
  });
}

enum class Asks : std::uint8_t {
  only,
  and_writes
};

struct Store::Impl {
  boost::asio::any_io_executor executor;
  std::filesystem::path directory;
  Recovery recovery;
  std::shared_ptr<const Sealer> sealer;
  std::shared_ptr<Listener> listener = std::make_shared<Listener>();
  std::function<void(const Change&)> on_change;
  bool is_locked = false;
  std::uint64_t room = 0;  // bytes, as last looked at, less what was asked for since
  std::chrono::steady_clock::time_point room_looked_at{};
  std::unique_ptr<Writer> writer;

  // question: Result<T>(Tables&), called once on the store thread.
  template <class Question>
  auto ask(Question question, Asks asks = Asks::only) {
    using Answer = std::invoke_result_t<Question&, Tables&>;
    return answer_to(std::function<Answer(Tables&)>(std::move(question)), asks);
  }
  boost::asio::awaitable<error_code> order(std::function<error_code(Tables&)> work,
                                           Durability durability);
  [[nodiscard]] bool promises_what_it_cannot_keep(const Changes& changes) const;
  void tell_of(const Changes& changes) const;
  void look_at_room();

 private:
  template <class Answer>
  boost::asio::awaitable<Answer> answer_to(std::function<Answer(Tables&)> question, Asks asks);
};

template <class Answer>
boost::asio::awaitable<Answer> Store::Impl::answer_to(std::function<Answer(Tables&)> question,
                                                      Asks asks) {
  auto waiting = std::make_shared<Waiting<std::optional<Answer>>>(executor);
  Writer::Job job;
  job.work = [waiting, asks, question = std::move(question)](Tables& tables) -> error_code {
    waiting->value = question(tables);
    const bool undoes = waiting->value->has_error() && asks == Asks::and_writes;
    return undoes ? waiting->value->error() : error_code{};
  };
  job.is_question = asks == Asks::only;
  job.done = [waiting, to = executor](error_code failed) mutable {
    if (failed) waiting->value = Answer(failed);
    hand_over(to, std::move(waiting));
  };
  writer->add(std::move(job));
  co_await wait_for(waiting);
  co_return std::move(*waiting->value);
}

}  // namespace todoku::store
