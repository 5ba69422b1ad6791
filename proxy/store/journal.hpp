// SPDX-License-Identifier: Apache-2.0
#pragma once

// The journal of messages that their client still owns while their end is on its way to a relay:
// one short line before, one after, by plain appends without a sync, so that a killed Todoku knows
// afterwards what may have been delivered. It costs a few microseconds and waits for no disk. The
// database, written behind, takes over what is settled; the journal is cut when it has.
// No address or subject is in it. I/O thread.
#include "proxy/store/files.hpp"
#include "proxy/store/journal_lines.hpp"
#include "proxy/store/records.hpp"
#include "proxy/wire/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::store {

class Journal {
 public:
  using Left = JournalLeft;

  // Reads what is there (a torn last line is normal after a power cut), then starts afresh in a new
  // file: what an earlier run left and this run never mix. Errors: a file cannot be read or made.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& state_dir,
                                               std::unique_ptr<Files> files = system_files());
  ~Journal();  // nothing under way: removes its file, so that the next start finds none
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  [[nodiscard]] const std::vector<Left>& left() const { return left_; }
  // left() was written to the database, synced: the old file may go.
  void forget_left();

  // Before the end leaves. Error: do not send the end; nothing has left. no_space_on_device also
  // when nobody has cut the journal for far too long.
  error_code about_to_leave(std::string_view id, const RepeatKey& key, Time now);
  // Afterwards. A failure to note it only means a question more after a crash.
  void settled(std::string_view id, bool is_sent);
  void told(std::string_view id);
  // The database has everything that was settled up to now. Empties the file when nothing is under
  // way; a large one is made small in any case.
  void cut_when_idle();

 private:
  Journal() = default;
  error_code read_left();
  error_code start_file();
  error_code append(const std::string& line);
  error_code make_small();
  [[nodiscard]] std::filesystem::path file_of(std::uint64_t number) const;

  std::unique_ptr<Files> files_;
  std::filesystem::path dir_;
  std::vector<std::uint64_t> left_files_;  // numbers of earlier runs' files
  std::vector<Left> left_;
  std::uint64_t number_ = 0;  // of our file
  int descriptor_ = -1;
  std::uint64_t size_ = 0;  // of whole lines in it; the next line goes there
  std::map<std::string, std::string, std::less<>> under_way_;  // id and its first line
};

}  // namespace todoku::store
