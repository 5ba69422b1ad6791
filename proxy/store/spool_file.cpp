// SPDX-License-Identifier: Apache-2.0
// Each chunk is sealed exactly once: a full one only when more follows, the last by complete().
#include "proxy/store/spool_file.hpp"

#include <boost/assert.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

namespace todoku::store {
namespace errc = boost::system::errc;

namespace {

constexpr std::string_view magic = "TDKSEAL1";
constexpr std::size_t head_size = 32;
constexpr std::uint64_t chunk_size = Sealer::chunk_size;
constexpr std::uint64_t sealed_chunk_size = chunk_size + Sealer::overhead;

error_code changed() {
  return errc::make_error_code(errc::bad_message);
}

std::uint64_t sealed_size(std::uint64_t size) {
  return head_size + size + (size + chunk_size - 1) / chunk_size * Sealer::overhead;
}

}  // namespace

SpoolFile::SpoolFile(Files& files, int descriptor, std::string id,
                     std::shared_ptr<const Sealer> sealer)
    : files_(files),
      handle_(std::make_shared<OpenFile>(files, descriptor)),
      sealer_(std::move(sealer)),
      name_(std::move(id)) {}

Result<std::unique_ptr<SpoolFile>> SpoolFile::create(Files& files,
                                                     const std::filesystem::path& file,
                                                     std::string id,
                                                     std::shared_ptr<const Sealer> sealer) {
  const Result<int> made = files.create(file);
  if (!made) return made.error();
  std::unique_ptr<SpoolFile> created(
      new SpoolFile(files, *made, std::move(id), std::move(sealer)));  // private constructor
  created->is_sealed_ = created->sealer_->encrypts();
  const error_code code = created->is_sealed_ ? created->begin_sealed() : error_code();
  if (!code) return created;
  files.remove(file);
  return code;
}

error_code SpoolFile::begin_sealed() {
  std::string head(head_size, '\0');
  magic.copy(head.data(), magic.size());
  auto* const chance = reinterpret_cast<unsigned char*>(head.data()) + magic.size();
  if (RAND_bytes(chance, static_cast<int>(head_size - magic.size())) != 1) {
    return errc::make_error_code(errc::io_error);
  }
  name_ += head;
  return write_all(files_, handle_->descriptor(), head, 0);
}

Result<std::unique_ptr<SpoolFile>> SpoolFile::open(Files& files, const std::filesystem::path& file,
                                                   std::string id,
                                                   std::shared_ptr<const Sealer> sealer,
                                                   std::uint64_t size) {
  const Result<int> found = files.open_existing(file);
  if (!found) return found.error();
  std::unique_ptr<SpoolFile> opened(
      new SpoolFile(files, *found, std::move(id), std::move(sealer)));  // private constructor
  const Result<std::uint64_t> there = files.size_of(*found);
  if (!there) return there.error();
  opened->size_ = size;
  opened->is_complete_ = true;
  // A clear file has the body's size, a sealed one is always longer: the setting may have changed.
  opened->is_sealed_ = *there != size;
  if (!opened->is_sealed_) return opened;
  if (*there != sealed_size(size) || !opened->sealer_->encrypts()) return changed();
  opened->chunks_written_ = (size + chunk_size - 1) / chunk_size;
  if (const error_code code = opened->read_head()) return code;
  return opened;
}

error_code SpoolFile::read_head() {
  std::string head(head_size, '\0');
  const error_code code = read_all(files_, handle_->descriptor(), head.data(), head_size, 0);
  if (code) return code;
  name_ += head;
  return head.starts_with(magic) ? error_code() : changed();
}

error_code SpoolFile::append(std::string_view bytes) {
  BOOST_ASSERT(!is_complete_);
  if (!is_sealed_) {
    const error_code code = write_all(files_, handle_->descriptor(), bytes, size_);
    if (!code) size_ += bytes.size();
    return code;
  }
  tail_.reserve(chunk_size);  // exactly: a string that grows by itself takes up to twice that
  while (!bytes.empty()) {
    if (tail_.size() == chunk_size) {
      if (const error_code code = write_chunk(tail_, false)) return code;
      newest_.swap(tail_);
      tail_.clear();
    }
    const auto taken = std::min<std::size_t>(bytes.size(), chunk_size - tail_.size());
    tail_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    size_ += taken;
  }
  return {};
}

error_code SpoolFile::write_chunk(std::string_view bytes, bool is_last) {
  const std::string sealed = sealer_->seal_chunk(bytes, name_, chunks_written_, is_last);
  const std::uint64_t offset = head_size + chunks_written_ * sealed_chunk_size;
  const error_code code = write_all(files_, handle_->descriptor(), sealed, offset);
  if (!code) ++chunks_written_;
  return code;
}

error_code SpoolFile::complete() {
  if (is_complete_) return {};
  if (is_sealed_ && !tail_.empty()) {
    if (const error_code code = write_chunk(tail_, true)) return code;
  }
  tail_ = newest_ = std::string();  // a waiting message costs no memory
  is_complete_ = true;
  return {};
}

Result<std::string_view> SpoolFile::read(std::uint64_t offset, std::size_t max) {
  BOOST_ASSERT(offset < size_);
  if (!is_sealed_) return read_clear(offset, max);
  const std::uint64_t index = offset / chunk_size;
  const auto within = static_cast<std::size_t>(offset % chunk_size);
  if (index >= chunks_written_) return std::string_view(buffer_.assign(tail_, within, max));
  if (index + 1 == chunks_written_ && !newest_.empty())
    return std::string_view(buffer_.assign(newest_, within, max));
  if (const error_code code = load_chunk(index)) return code;
  return std::string_view(chunk_).substr(within, max);
}

Result<std::string_view> SpoolFile::read_clear(std::uint64_t offset, std::size_t max) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size_ - offset, max));
  buffer_.resize(wanted);
  const auto count = files_.read_at(handle_->descriptor(), buffer_.data(), wanted, offset);
  if (!count) return count.error();
  if (*count == 0) return errc::make_error_code(errc::io_error);  // somebody has cut the file
  return std::string_view(buffer_).substr(0, *count);
}

error_code SpoolFile::load_chunk(std::uint64_t index) {
  if (index == chunk_index_) return {};
  chunk_index_ = ~0ULL;
  const bool is_last = is_complete_ && index + 1 == chunks_written_;
  const std::uint64_t length =
      is_last ? size_ - index * chunk_size : std::min<std::uint64_t>(chunk_size, size_);
  std::string sealed(static_cast<std::size_t>(length) + Sealer::overhead, '\0');
  const std::uint64_t offset = head_size + index * sealed_chunk_size;
  const error_code code =
      read_all(files_, handle_->descriptor(), sealed.data(), sealed.size(), offset);
  if (code) return code;
  Result<std::string> opened = sealer_->open_chunk(sealed, name_, index, is_last);
  if (!opened) return opened.error();
  chunk_ = std::move(*opened);
  chunk_index_ = index;
  return {};
}

}  // namespace todoku::store
