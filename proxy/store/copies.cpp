// SPDX-License-Identifier: Apache-2.0
// A record: length and checksum (8 bytes each, in the machine's order), then the bytes. A place:
// the file's second in the upper half, the offset of the record in the lower.
#include "proxy/store/copies.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace todoku::store {

namespace errc = boost::system::errc;
namespace fs = std::filesystem;

namespace {

using Head = std::array<std::uint64_t, 2>;
constexpr std::uint64_t longest_record = 64UL << 20;  // a length beyond it is damage

std::uint32_t part_of(std::uint64_t place) {
  return static_cast<std::uint32_t>(place >> 32);
}

std::uint64_t offset_of(std::uint64_t place) {
  return place & 0xffffffffU;
}

std::uint32_t second_of(Time now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

std::uint64_t checksum(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

Copies::Copies(std::unique_ptr<Files> files, fs::path dir)
    : files_(std::move(files)), dir_(std::move(dir)) {
  const auto found = files_->list(dir_);
  if (found.has_error()) return;  // none yet
  for (const auto& entry : *found) {
    const auto name = entry.name.string();
    Part part{0, entry.size};
    const auto read = std::from_chars(name.data(), name.data() + name.size(), part.begun, 16);
    if (read.ec == std::errc() && read.ptr == name.data() + name.size()) parts_.push_back(part);
  }
  std::ranges::sort(parts_, {}, &Part::begun);
  if (!parts_.empty()) last_begun_ = parts_.back().begun;
}

Copies::~Copies() {
  end_part();
}

Time Copies::Part::last_possible() const {
  return Time(std::chrono::seconds(begun)) + longest;
}

fs::path Copies::file_of(std::uint32_t begun) const {
  std::array<char, 8> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), begun, 16);
  return dir_ / std::string(digits.data(), written.ptr);
}

bool Copies::has(std::uint64_t place) const {
  return std::ranges::binary_search(parts_, part_of(place), {}, &Part::begun);
}

bool Copies::takes_more(Time now) const {
  return open_ >= 0 && parts_.back().size < most_bytes && now < parts_.back().last_possible();
}

// Always a new file after a start: what lies behind the last whole record of an old one is unknown.
error_code Copies::begin_part(Time now) {
  end_part();
  std::error_code failed;
  if (fs::create_directory(dir_, failed)) {
    fs::permissions(dir_, fs::perms::owner_all, failed);
  }
  const auto begun = std::max(second_of(now), last_begun_ + 1);  // a name never comes twice
  const auto made = files_->create(file_of(begun));
  if (made.has_error()) return made.error();
  open_ = *made;
  last_begun_ = begun;
  parts_.push_back({begun, 0});
  return {};
}

void Copies::end_part() {
  if (open_ >= 0) files_->close(std::exchange(open_, -1));
}

Result<std::uint64_t> Copies::add(const std::function<void(std::string&)>& append, Time now) {
  if (!takes_more(now)) {
    if (const auto failed = begin_part(now)) return failed;
  }
  record_.assign(sizeof(Head), '\0');
  append(record_);
  const auto bytes = std::string_view(record_).substr(sizeof(Head));
  const Head head{bytes.size(), checksum(bytes)};
  std::memcpy(record_.data(), head.data(), sizeof(head));
  auto& part = parts_.back();
  if (const auto failed = write_all(*files_, open_, record_, part.size)) return failed;
  const auto place = std::uint64_t{part.begun} << 32 | part.size;
  part.size += record_.size();
  return place;
}

Result<std::string> Copies::read(std::uint64_t place) {
  const auto opened = files_->open_existing(file_of(part_of(place)));
  if (opened.has_error()) return opened.error();
  const auto close = [this](const int* descriptor) { files_->close(*descriptor); };
  const std::unique_ptr<const int, decltype(close)> closing(&*opened, close);
  Head head{};
  const auto at = offset_of(place);
  const auto damaged = errc::make_error_code(errc::bad_message);
  if (read_all(*files_, *opened, reinterpret_cast<char*>(head.data()), sizeof(head), at)) {
    return damaged;
  }
  if (head[0] > longest_record) return damaged;
  std::string bytes(head[0], '\0');
  if (read_all(*files_, *opened, bytes.data(), bytes.size(), at + sizeof(head))) return damaged;
  if (checksum(bytes) != head[1]) return damaged;
  return bytes;
}

error_code Copies::drop_oldest() {
  if (parts_.empty()) return {};
  if (parts_.size() == 1) end_part();
  if (const auto failed = files_->remove(file_of(parts_.front().begun))) return failed;
  parts_.erase(parts_.begin());
  return {};
}

}  // namespace todoku::store
