// SPDX-License-Identifier: Apache-2.0
// Lines end at LF; a CR before it belongs to the ending. Every byte is looked at once, so a line
// that comes in single bytes costs no more than one that comes whole.
#include "proxy/wire/line_reader.hpp"

#include <algorithm>

namespace todoku::wire {

void LineReader::feed(std::string_view bytes) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
    searched_ = 0;
  } else if (begin_ > 0 && begin_ >= buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    searched_ = searched_ > begin_ ? searched_ - begin_ : 0;
    begin_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<LineReader::Line> LineReader::next() {
  const std::size_t found = buffer_.find('\n', std::max(begin_, searched_));
  if (found == std::string::npos) {
    searched_ = buffer_.size();
    // Two more than the limit: too long even if the last byte is the CR of the ending.
    if (dropping_ || held() > max_line_ + 1) {
      if (!dropping_) dropped_head_ = buffer_.substr(begin_, max_line_);
      dropping_ = true;
      const bool keep_cr = held() > 0 && buffer_.back() == '\r';
      buffer_.clear();
      if (keep_cr) buffer_.push_back('\r');
      begin_ = 0;
      searched_ = buffer_.size();
    }
    return std::nullopt;
  }
  std::string_view text = std::string_view(buffer_).substr(begin_, found - begin_);
  begin_ = found + 1;
  searched_ = begin_;
  Line line;
  line.bare_lf = text.empty() || text.back() != '\r';
  if (!line.bare_lf) text.remove_suffix(1);
  line.too_long = dropping_ || text.size() > max_line_;
  line.text = dropping_ ? std::string_view(dropped_head_) : text.substr(0, max_line_);
  dropping_ = false;
  return line;
}

std::string LineReader::take_rest() {
  std::string result(rest());
  clear();
  return result;
}

std::string_view LineReader::rest() const {
  return std::string_view(buffer_).substr(begin_);
}

void LineReader::consume(std::size_t count) {
  begin_ += std::min(count, held());
  searched_ = std::max(searched_, begin_);
}

void LineReader::clear() {
  buffer_.clear();
  begin_ = 0;
  searched_ = 0;
  dropping_ = false;
  dropped_head_.clear();
}

std::size_t LineReader::held() const {
  return buffer_.size() - begin_;
}

}  // namespace todoku::wire
