// SPDX-License-Identifier: Apache-2.0
// Lines are written at the place where the last whole one ended (there is no other writer: one
// Todoku for each state directory), so that a line cut short by a full disk is overwritten by the
// next. Not O_APPEND, which would leave the torn piece in the middle.
#include "proxy/store/journal.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace todoku::store {
namespace errc = boost::system::errc;

namespace {

constexpr std::string_view prefix = "journal-";
constexpr std::uint64_t large = 1ULL << 20;     // worth making small
constexpr std::uint64_t largest = 64ULL << 20;  // some 600,000 messages that nobody settled
constexpr std::uint64_t no_number = 0;

// The number in "journal-7"; no_number = another file.
std::uint64_t number_in(const std::filesystem::path& name) {
  const std::string text = name.string();
  if (!text.starts_with(prefix)) return no_number;
  std::uint64_t number = no_number;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + prefix.size(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : no_number;
}

Result<std::string> read_file(Files& files, const std::filesystem::path& file) {
  const Result<int> opened = files.open_existing(file);
  if (!opened) return opened.error();
  const Result<std::uint64_t> size = files.size_of(*opened);
  std::string text;
  error_code code = size ? error_code() : size.error();
  if (!code) {
    text.resize(static_cast<std::size_t>(std::min(*size, largest)));
    code = read_all(files, *opened, text.data(), text.size(), 0);
  }
  files.close(*opened);
  if (code) return code;
  return text;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& state_dir,
                                               std::unique_ptr<Files> files) {
  std::unique_ptr<Journal> journal(new Journal());  // the constructor is private
  journal->files_ = std::move(files);
  journal->dir_ = state_dir;
  if (const error_code code = journal->read_left()) return code;
  if (const error_code code = journal->start_file()) return code;
  return journal;
}

Journal::~Journal() {
  if (descriptor_ < 0) return;
  files_->close(descriptor_);
  if (size_ == 0) files_->remove(file_of(number_));
}

std::filesystem::path Journal::file_of(std::uint64_t number) const {
  return dir_ / (std::string(prefix) + std::to_string(number));
}

// More than one file is there when an earlier run died before it could say forget_left, or while
// it made its file small: later lines win.
error_code Journal::read_left() {
  const auto entries = files_->list(dir_);
  if (!entries) return entries.error();
  for (const Files::Entry& entry : *entries) {
    const std::uint64_t number = number_in(entry.name);
    if (number != no_number) left_files_.push_back(number);
  }
  std::sort(left_files_.begin(), left_files_.end());
  std::string all;
  for (const std::uint64_t number : left_files_) {
    const Result<std::string> text = read_file(*files_, file_of(number));
    if (!text) return text.error();
    all += *text;
    all += '\n';  // ends a torn line
    number_ = number;
  }
  left_ = read_journal(all);
  return {};
}

error_code Journal::start_file() {
  const Result<int> made = files_->create(file_of(number_ + 1));
  if (!made) return made.error();
  ++number_;
  descriptor_ = *made;
  return {};
}

void Journal::forget_left() {
  for (const std::uint64_t number : left_files_) files_->remove(file_of(number));
  left_files_.clear();
  left_.clear();
}

error_code Journal::append(const std::string& line) {
  if (size_ + line.size() > largest) return errc::make_error_code(errc::no_space_on_device);
  const error_code code = write_all(*files_, descriptor_, line, size_);
  if (!code) size_ += line.size();
  return code;
}

error_code Journal::about_to_leave(std::string_view id, const RepeatKey& key, Time now) {
  if (!is_journal_id(id)) return errc::make_error_code(errc::invalid_argument);
  std::string line = leaving_line(id, key, now);
  const error_code code = append(line);
  if (!code) under_way_.insert_or_assign(std::string(id), std::move(line));
  return code;
}

void Journal::settled(std::string_view id, bool is_sent) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return;
  under_way_.erase(found);
  append(settled_line(id, is_sent));
}

void Journal::told(std::string_view id) {
  if (is_journal_id(id)) append(told_line(id));
}

void Journal::cut_when_idle() {
  if (under_way_.empty()) {
    if (size_ > 0 && !files_->truncate(descriptor_, 0)) size_ = 0;
  } else if (size_ > large) {
    make_small();
  }
}

// Only what is under way goes into a new file; until that is whole, the old one stays.
error_code Journal::make_small() {
  const Result<int> made = files_->create(file_of(number_ + 1));
  if (!made) return made.error();
  std::string lines;
  for (const auto& [id, line] : under_way_) lines += line;
  if (const error_code code = write_all(*files_, *made, lines, 0)) {
    files_->close(*made);
    files_->remove(file_of(number_ + 1));
    return code;
  }
  files_->close(std::exchange(descriptor_, *made));
  files_->remove(file_of(number_));
  ++number_;
  size_ = lines.size();
  return {};
}

}  // namespace todoku::store
