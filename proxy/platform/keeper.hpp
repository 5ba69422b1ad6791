// SPDX-License-Identifier: Apache-2.0
#pragma once

// The system's keeper of secrets (Linux: the Secret Service by libsecret; keeper_windows.cpp will
// be DPAPI). Its calls block, maybe on a prompt, so they belong to the keeper thread that
// KeeperThread owns; rooms use only KeeperThread, on the I/O thread.
#include "proxy/wire/result.hpp"
#include "proxy/wire/secret.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace todoku::platform {

enum class KeeperState {
  available,
  locked,  // there, and a person can unlock it
  absent   // no session, no service, or nowhere to keep anything
};

// Names and secrets are text (UTF-8, no NUL). Errors: operation_not_permitted when locked,
// not_supported when absent, timed_out when cancelled, io_error when the keeper fails.
class Keeper {
 public:
  virtual ~Keeper() = default;
  virtual KeeperState state() = 0;  // never prompts
  virtual Result<std::optional<wire::Secret>> get(const std::string& name) = 0;
  virtual error_code set(const std::string& name, const wire::Secret& secret) = 0;
  virtual error_code remove(const std::string& name) = 0;
  virtual Result<std::vector<std::string>> names() = 0;  // of all, in no order
  virtual KeeperState unlock() = 0;                      // may prompt; the state afterwards
  // Any thread: the call under way, and all later ones, end soon.
  virtual void cancel() = 0;
};

std::unique_ptr<Keeper> system_keeper();

class KeeperThread {
 public:
  KeeperThread(boost::asio::any_io_executor executor, std::unique_ptr<Keeper> keeper);
  KeeperThread(const KeeperThread&) = delete;
  KeeperThread& operator=(const KeeperThread&) = delete;
  ~KeeperThread();  // cancels what is under way and waits for the thread

  // Runs work on the keeper thread and returns when it has run, or after limit: true = it has run.
  // Work that is late goes on by itself, so it must own what it touches; it must not throw.
  using Work = std::function<void(Keeper&)>;
  boost::asio::awaitable<bool> run(Work work, std::chrono::milliseconds limit);
  // Errors: the keeper's; timed_out after limit.
  boost::asio::awaitable<Result<std::optional<wire::Secret>>> get(std::string name,
                                                                  std::chrono::milliseconds limit);
  boost::asio::awaitable<error_code> set(std::string name, wire::Secret secret,
                                         std::chrono::milliseconds limit);
  boost::asio::awaitable<error_code> remove(std::string name, std::chrono::milliseconds limit);
  // Not in time = absent.
  boost::asio::awaitable<KeeperState> state(std::chrono::milliseconds limit);

 private:
  boost::asio::any_io_executor executor_;
  std::unique_ptr<Keeper> keeper_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace todoku::platform
