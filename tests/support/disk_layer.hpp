// SPDX-License-Identifier: Apache-2.0
#pragma once

// A file layer for SQLite (https://www.sqlite.org/vfs.html) that lets chosen operations fail and
// records writes and syncs, so that a power cut can be replayed at any point of the record.
#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace todoku::support {

class DiskLayer {
 public:
  enum class Fault {
    none,
    disk_full,
    input_output,
    short_write  // half of it reaches the disk, then the disk is full
  };
  struct Step {
    enum class Kind {
      write,
      sync,
      truncate,
      remove
    } kind = Kind::write;
    std::string file;  // its name without folder
    std::uint64_t offset = 0;
    std::string bytes;
  };

  explicit DiskLayer(const char* name = "todoku_test_disk")
      : system_(sqlite3_vfs_find(nullptr)), vfs_(*system_) {
    vfs_.zName = name;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
    vfs_.pAppData = this;
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 0);
  }
  DiskLayer(const DiskLayer&) = delete;
  DiskLayer& operator=(const DiskLayer&) = delete;
  ~DiskLayer() { sqlite3_vfs_unregister(&vfs_); }
  [[nodiscard]] std::string name() const { return vfs_.zName; }

  // From the n-th write, sync or truncation on (0 = the next), `count` of them fail.
  void fail(Fault fault, int after, int count = 1'000'000) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    fault_in_ = after;
    faults_left_ = count;
  }
  void heal() { fail(Fault::none, 0, 0); }
  std::size_t steps() {
    const std::lock_guard lock(mutex_);
    return steps_.size();
  }
  // The files as they stand after a power cut behind step `until`: synced writes for certain, the
  // others by chance (keep: of 100).
  void replay(std::size_t until, unsigned int keep, unsigned int seed,
              const std::filesystem::path& dir) {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::size_t> synced;
    for (std::size_t i = 0; i < until; ++i) {
      if (steps_[i].kind == Step::Kind::sync) synced[steps_[i].file] = i;
    }
    std::mt19937 chance(seed);
    std::map<std::string, std::string> files;
    for (std::size_t i = 0; i < until; ++i) {
      const auto& step = steps_[i];
      const bool is_certain = synced.contains(step.file) && i < synced[step.file];
      if (step.kind == Step::Kind::remove) files.erase(step.file);
      if (step.kind == Step::Kind::remove || step.kind == Step::Kind::sync) continue;
      if (!is_certain && chance() % 100 >= keep) continue;
      auto& content = files[step.file];
      if (step.kind == Step::Kind::truncate) {
        content.resize(step.offset);
        continue;
      }
      if (content.size() < step.offset + step.bytes.size()) {
        content.resize(step.offset + step.bytes.size());
      }
      content.replace(step.offset, step.bytes.size(), step.bytes);
    }
    for (const auto& [file, content] : files) {
      std::ofstream(dir / file, std::ios::binary) << content;
    }
  }

 private:
  struct File {
    sqlite3_file base;
    DiskLayer* layer;
    std::string* name;  // SQLite owns this memory and knows no constructors
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return file_of(file)->real(); }
  static DiskLayer* layer_of(sqlite3_vfs* vfs) { return static_cast<DiskLayer*>(vfs->pAppData); }
  static std::string base_name(const char* path) {
    return path == nullptr ? "" : std::filesystem::path(path).filename().string();
  }

  Fault next_fault() {
    const std::lock_guard lock(mutex_);
    if (fault_ == Fault::none || faults_left_ <= 0 || fault_in_-- > 0) return Fault::none;
    --faults_left_;
    return fault_;
  }
  void record(Step::Kind kind, const std::string& file, std::uint64_t offset, std::string bytes) {
    const std::lock_guard lock(mutex_);
    steps_.push_back({kind, file, offset, std::move(bytes)});
  }
  static int code_of(Fault fault, int input_output) {
    return fault == Fault::input_output ? input_output : SQLITE_FULL;
  }

  static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags,
                  int* out) {
    auto* ours = file_of(file);
    ours->base.pMethods = nullptr;
    ours->layer = layer_of(vfs);
    auto* system = ours->layer->system_;
    const int result = system->xOpen(system, path, ours->real(), flags, out);
    if (result != SQLITE_OK) return result;
    ours->name = new std::string(base_name(path));
    static const sqlite3_io_methods methods = all_methods();
    ours->base.pMethods = &methods;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int syncs) {
    auto* layer = layer_of(vfs);
    layer->record(Step::Kind::remove, base_name(path), 0, "");
    return layer->system_->xDelete(layer->system_, path, syncs);
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    auto* ours = file_of(file);
    const auto fault = ours->layer->next_fault();
    int written = size;
    if (fault == Fault::short_write) written = size / 2;
    if (fault == Fault::disk_full || fault == Fault::input_output) written = 0;
    if (written > 0) {
      const int result = ours->real()->pMethods->xWrite(ours->real(), bytes, written, offset);
      if (result != SQLITE_OK) return result;
      ours->layer->record(
          Step::Kind::write, *ours->name, static_cast<std::uint64_t>(offset),
          std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(written)));
    }
    return fault == Fault::none ? SQLITE_OK : code_of(fault, SQLITE_IOERR_WRITE);
  }
  static int sync(sqlite3_file* file, int /*flags*/) {
    auto* ours = file_of(file);
    const auto fault = ours->layer->next_fault();
    if (fault != Fault::none) return code_of(fault, SQLITE_IOERR_FSYNC);
    ours->layer->record(Step::Kind::sync, *ours->name, 0, "");
    return SQLITE_OK;  // the test's own power cut needs no real one
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto* ours = file_of(file);
    const auto fault = ours->layer->next_fault();
    if (fault != Fault::none) return code_of(fault, SQLITE_IOERR_TRUNCATE);
    ours->layer->record(Step::Kind::truncate, *ours->name, static_cast<std::uint64_t>(size), "");
    return ours->real()->pMethods->xTruncate(ours->real(), size);
  }
  static int close(sqlite3_file* file) {
    auto* ours = file_of(file);
    delete ours->name;
    return ours->real()->pMethods->xClose(ours->real());
  }
  static sqlite3_io_methods all_methods() {  // size: a table
    sqlite3_io_methods m{};
    m.iVersion = 2;
    m.xClose = close;
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xWrite = write;
    m.xTruncate = truncate;
    m.xSync = sync;
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return real(f)->pMethods->xFileSize(real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); };
    m.xUnlock = [](sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return real(f)->pMethods->xCheckReservedLock(real(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int what, void* with) {
      return real(f)->pMethods->xFileControl(real(f), what, with);
    };
    m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
      return real(f)->pMethods->xDeviceCharacteristics(real(f));
    };
    m.xShmMap = [](sqlite3_file* f, int page, int size, int extends, void volatile** to) {
      return real(f)->pMethods->xShmMap(real(f), page, size, extends, to);
    };
    m.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
      return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
    };
    m.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int removes) {
      return real(f)->pMethods->xShmUnmap(real(f), removes);
    };
    return m;
  }

  sqlite3_vfs* system_;
  sqlite3_vfs vfs_;
  std::mutex mutex_;
  Fault fault_ = Fault::none;
  int fault_in_ = 0;
  int faults_left_ = 0;
  std::vector<Step> steps_;
};

}  // namespace todoku::support
