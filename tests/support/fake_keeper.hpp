// SPDX-License-Identifier: Apache-2.0
#pragma once

// A keeper in memory, in any state, failing or hanging like a prompt that nobody answers.
#include "proxy/platform/keeper.hpp"

#include <condition_variable>
#include <map>
#include <mutex>

namespace todoku::support {

class FakeKeeper : public platform::Keeper {
 public:
  platform::KeeperState is_now = platform::KeeperState::available;
  error_code fails_with;
  bool hangs = false;
  std::map<std::string, std::string> secrets;

  platform::KeeperState state() override {
    hang();
    return is_now;
  }
  Result<std::optional<wire::Secret>> get(const std::string& name) override {
    hang();
    if (fails_with) return fails_with;
    const auto found = secrets.find(name);
    if (found == secrets.end()) return std::optional<wire::Secret>();
    return std::optional<wire::Secret>(wire::Secret(found->second));
  }
  error_code set(const std::string& name, const wire::Secret& secret) override {
    if (!fails_with) secrets[name] = std::string(secret.reveal());
    return fails_with;
  }
  error_code remove(const std::string& name) override {
    if (!fails_with) secrets.erase(name);
    return fails_with;
  }
  Result<std::vector<std::string>> names() override {
    if (fails_with) return fails_with;
    std::vector<std::string> found;
    for (const auto& [name, secret] : secrets) found.push_back(name);
    return found;
  }
  platform::KeeperState unlock() override { return state(); }
  void cancel() override {
    const std::lock_guard lock(mutex_);
    is_cancelled_ = true;
    cancelled_.notify_all();
  }

 private:
  void hang() {
    std::unique_lock lock(mutex_);
    if (hangs) cancelled_.wait(lock, [this] { return is_cancelled_; });
  }
  std::mutex mutex_;
  std::condition_variable cancelled_;
  bool is_cancelled_ = false;
};

}  // namespace todoku::support
