// SPDX-License-Identifier: Apache-2.0
#pragma once

// The journal of messages that their client still owns while their end is on its way to a relay:
// one short line before, one after, by plain appends without a sync, so that a killed Todoku knows
// afterwards what may have been delivered. It costs a few microseconds and waits for no disk. The
// database, written behind, takes over what is settled; the journal is cut when it has.
// No address or subject is in it. I/O thread.
#include "proxy/store/files.hpp"
#include "proxy/store/records.hpp"
#include "proxy/wire/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

class Journal {
 public:
  // What an earlier run left: the end was on its way, and then?
  struct Left {
    std::string id;
    RepeatKey key{};
    Time at{};
    bool was_sent = false;  // the relay had said 2xx
    bool was_told = false;  // and the client was told so
  };

  // Reads what is there (a torn last line is normal after a power cut), then starts afresh in a new
  // file. Errors: the file cannot be made.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& state_dir,
                                               std::unique_ptr<Files> files = system_files());
  ~Journal();
  [[nodiscard]] const std::vector<Left>& left() const { return left_; }
  // left() was written to the database, synced: the old file may go.
  void forget_left();

  // Before the end leaves. Error: do not send the end; nothing has left.
  error_code about_to_leave(std::string_view id, const RepeatKey& key, Time now);
  // Afterwards. A failure to note it only means a question more after a crash.
  void settled(std::string_view id, bool is_sent);
  void told(std::string_view id);
  // The database has everything that was settled up to now.
  void cut_when_idle();

 private:
  Journal() = default;
  std::unique_ptr<Files> files_;
  std::filesystem::path file_;
  std::vector<Left> left_;
};

}  // namespace todoku::store
