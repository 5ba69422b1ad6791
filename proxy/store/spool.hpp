// SPDX-License-Identifier: Apache-2.0
#pragma once

// The folder of spool files (0700, files 0600), how much it may hold in all, and the key that seals
// it. Owned by main, outlives the bodies. I/O thread.
#include "proxy/store/files.hpp"
#include "proxy/store/sealer.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace todoku::store {

class OpenFile;
class SyncRounds;

enum class KeyLife {
  lasting,   // a later run will have it again
  this_run,  // lost when Todoku ends: files sealed with it cannot be kept
};

class Spool {
 public:
  // Files of an earlier run stay, and count as used. Errors: the directory cannot be made or read.
  // files: another one than the system's only in tests.
  static Result<std::unique_ptr<Spool>> open(const std::filesystem::path& state_dir,
                                             std::uint64_t memory_body, std::uint64_t max_bytes,
                                             std::shared_ptr<const Sealer> sealer = Sealer::none(),
                                             std::unique_ptr<Files> files = system_files());
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // For bodies that begin from now on; others go on with the sealer they began with.
  void use_sealer(std::shared_ptr<const Sealer> sealer, KeyLife life = KeyLife::lasting);
  // At start, before any body: files of messages that are not waiting go.
  error_code remove_all_but(const std::set<std::string>& ids);
  // At start, before any body: all files go to that folder, made private, and are not ours any
  // more. For the bodies of a database that was set aside. Blocks.
  error_code set_aside(const std::filesystem::path& folder);
  // The kept file of this message; one that is not there is no error. A body that is open on it
  // can still be read.
  error_code remove(const std::string& id);
  [[nodiscard]] std::uint64_t memory_body() const { return memory_body_; }  // bytes
  [[nodiscard]] std::uint64_t used_bytes() const { return used_bytes_; }    // kept ones and others

 private:
  friend class Body;
  Spool();
  // An error when so many more bytes may not be held.
  [[nodiscard]] error_code check_room(std::uint64_t more) const;
  // An error when the disk is nearly full.
  [[nodiscard]] error_code check_disk(std::uint64_t more) const;
  [[nodiscard]] std::filesystem::path file_of(const std::string& id) const;
  error_code count_files();
  void note_kept(const std::string& id, std::uint64_t size);
  boost::asio::awaitable<error_code> sync(boost::asio::any_io_executor executor,
                                          std::shared_ptr<OpenFile> file);

  std::unique_ptr<Files> files_;
  std::filesystem::path dir_;
  std::uint64_t memory_body_ = 0;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t used_bytes_ = 0;
  std::map<std::string, std::uint64_t> kept_;  // id and the bytes counted for it
  std::shared_ptr<const Sealer> sealer_;
  KeyLife key_life_ = KeyLife::lasting;
  std::unique_ptr<SyncRounds> rounds_;  // made when first needed; last: it uses files_
};

}  // namespace todoku::store
