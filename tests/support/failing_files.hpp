// SPDX-License-Identifier: Apache-2.0
#pragma once

// The system's file layer, with every operation failing or falling short when the test says so.
#include "proxy/store/files.hpp"

#include <algorithm>
#include <limits>

namespace todoku::support {

// What the test lets go wrong; shared by the test and the file layer that the store owns.
struct Faults {
  error_code create, open, write, read, free, sync, sync_dir, list, remove, truncate;
  std::uint64_t write_fails_from = 0;  // only writes at or behind this offset fail
  std::size_t at_most = std::numeric_limits<std::size_t>::max();  // short writes and reads
  std::uint64_t free_space = std::numeric_limits<std::uint64_t>::max() / 2;
  bool ends_early = false;
  int operations_left = -1;  // writes that still work before `write` happens; -1 = no such limit
  int syncs = 0;
  int dir_syncs = 0;
};

class FailingFiles : public store::Files {
 public:
  explicit FailingFiles(Faults& faults) : faults_(faults) {}
  Result<int> create(const std::filesystem::path& file) override {
    if (faults_.create) return faults_.create;
    return real_->create(file);
  }
  Result<int> open_existing(const std::filesystem::path& file) override {
    if (faults_.open) return faults_.open;
    return real_->open_existing(file);
  }
  Result<std::size_t> write_at(int descriptor, std::string_view bytes,
                               std::uint64_t offset) override {
    if (faults_.operations_left > 0) {
      --faults_.operations_left;
    } else if (faults_.write && offset >= faults_.write_fails_from) {
      return faults_.write;
    }
    return real_->write_at(descriptor, bytes.substr(0, faults_.at_most), offset);
  }
  Result<std::size_t> read_at(int descriptor, char* into, std::size_t size,
                              std::uint64_t offset) override {
    if (faults_.read) return faults_.read;
    if (faults_.ends_early) return std::size_t{0};
    return real_->read_at(descriptor, into, std::min(size, faults_.at_most), offset);
  }
  Result<std::uint64_t> size_of(int descriptor) override { return real_->size_of(descriptor); }
  error_code truncate(int descriptor, std::uint64_t size) override {
    return faults_.truncate ? faults_.truncate : real_->truncate(descriptor, size);
  }
  Result<std::uint64_t> free_bytes(const std::filesystem::path&) override {
    if (faults_.free) return faults_.free;
    return faults_.free_space;
  }
  void begin_sync(int descriptor) override { real_->begin_sync(descriptor); }
  error_code sync(int descriptor) override {
    ++faults_.syncs;
    return faults_.sync ? faults_.sync : real_->sync(descriptor);
  }
  error_code sync_dir(const std::filesystem::path& dir) override {
    ++faults_.dir_syncs;
    return faults_.sync_dir ? faults_.sync_dir : real_->sync_dir(dir);
  }
  Result<std::vector<Entry>> list(const std::filesystem::path& dir) override {
    if (faults_.list) return faults_.list;
    return real_->list(dir);
  }
  void close(int descriptor) override { real_->close(descriptor); }
  error_code remove(const std::filesystem::path& file) override {
    return faults_.remove ? faults_.remove : real_->remove(file);
  }

 private:
  Faults& faults_;
  std::unique_ptr<store::Files> real_ = store::system_files();
};

}  // namespace todoku::support
