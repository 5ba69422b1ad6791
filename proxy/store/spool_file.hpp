// SPDX-License-Identifier: Apache-2.0
#pragma once

// One spool file: the bytes of a body as they are, or sealed in chunks. The chunk that is not full
// yet stays in memory, so that a reader may follow the writer at any offset; so does the one before
// it, so that a reader close behind needs no file. Owned by a Body; I/O thread.
//
// Sealed format: 8 bytes "TDKSEAL1", 24 bytes of chance, then the chunks, each chunk_size bytes of
// the body (the last: 1 to chunk_size) and their tag. A chunk's key is made of the body's id and
// the chance, so that no key is ever used for two bodies, even if an id came twice.
#include "proxy/store/files.hpp"
#include "proxy/store/sealer.hpp"
#include "proxy/wire/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace todoku::store {

// An open file; closed when the last owner lets it go: a sync under way may outlive the body.
class OpenFile {
 public:
  OpenFile(Files& files, int descriptor) : files_(files), descriptor_(descriptor) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { files_.close(descriptor_); }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  Files& files_;
  int descriptor_;
};

class SpoolFile {
 public:
  // files must outlive it. Error file_exists: never overwrites.
  static Result<std::unique_ptr<SpoolFile>> create(Files& files, const std::filesystem::path& file,
                                                   std::string id,
                                                   std::shared_ptr<const Sealer> sealer);
  // A complete one of an earlier run; size: bytes of the body. Errors: not there; bad_message when
  // the file cannot be that body (cut, longer, of another kind).
  static Result<std::unique_ptr<SpoolFile>> open(Files& files, const std::filesystem::path& file,
                                                 std::string id,
                                                 std::shared_ptr<const Sealer> sealer,
                                                 std::uint64_t size);

  // At the end. After an error the file is of no use for writing any more.
  error_code append(std::string_view bytes);
  // Writes what is still in memory. Nothing may be appended after it. Again: does nothing.
  error_code complete();
  // Bytes from offset on, at most max and at least one; offset < size(). Valid until the next read;
  // what is still in memory is copied. Errors: io_error when the file was cut, bad_message when it
  // was changed.
  Result<std::string_view> read(std::uint64_t offset, std::size_t max);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_sealed() const { return is_sealed_; }
  [[nodiscard]] const std::shared_ptr<OpenFile>& handle() const { return handle_; }

 private:
  SpoolFile(Files& files, int descriptor, std::string id, std::shared_ptr<const Sealer> sealer);
  error_code begin_sealed();
  error_code read_head();
  error_code write_chunk(std::string_view bytes, bool is_last);
  Result<std::string_view> read_clear(std::uint64_t offset, std::size_t max);
  error_code load_chunk(std::uint64_t index);

  Files& files_;
  std::shared_ptr<OpenFile> handle_;
  std::shared_ptr<const Sealer> sealer_;
  std::string name_;  // the id and the chance of the head
  bool is_sealed_ = false;
  bool is_complete_ = false;
  std::uint64_t size_ = 0;             // of the body
  std::uint64_t chunks_written_ = 0;   // complete ones in the file
  std::string tail_;                   // sealed later: the bytes after those chunks
  std::string newest_;                 // the last of those chunks, while more are appended
  std::string buffer_;                 // what read gave away
  std::string chunk_;                  // opened
  std::uint64_t chunk_index_ = ~0ULL;  // which one; none
};

}  // namespace todoku::store
