// SPDX-License-Identifier: Apache-2.0
#include "proxy/skeleton/part_content.hpp"

#include "classifier/mail/charset.hpp"
#include "classifier/mail/line_ends.hpp"
#include "proxy/skeleton/zip_listing.hpp"

#include <algorithm>

namespace todoku::skeleton {
namespace {

using mail::TransferEncoding;

inline std::size_t line_end_size(std::string_view line) {
  if (line.ends_with('\n')) return line.size() > 1 && line[line.size() - 2] == '\r' ? 2 : 1;
  return line.ends_with('\r') ? 1 : 0;
}

// Letters of a base64 line. Junk inside a line is counted as letters: only a size is wrong then.
std::uint64_t base64_letters(std::string_view line) {
  while (!line.empty() && (line.back() == '=' || line.back() <= ' ')) line.remove_suffix(1);
  return line.size();
}

std::uint64_t quoted_printable_size(std::string_view line) {
  const auto end = line_end_size(line);
  auto size = line.size();
  for (auto at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
    const bool is_soft_end = at + 1 + end == line.size() && end > 0;
    size -= is_soft_end ? 1 + end : std::min<std::size_t>(2, line.size() - at - 1);
  }
  return size;
}

bool is_mail_text(const Part& part) {
  return part.type.starts_with("text/") && part.disposition != "attachment";
}

}  // namespace

void PartContent::begin(const Part& part, std::size_t text_room) {
  encoding_ = part.encoding;
  wants_text_ = is_mail_text(part);
  is_kind_known_ = is_archive_ = has_eight_bit_ = is_text_cut_ = false;
  text_room_ = text_room;
  last_line_end_ = text_taken_ = 0;
  encoded_size_ = code_size_ = older_begin_ = newer_begin_ = 0;
  for (auto* text : {&head_, &text_, &older_, &newer_}) text->clear();
}

void PartContent::expect(std::size_t size) {
  if (wants_text_ && !is_text_cut_)
    text_.reserve(text_.size() + std::min(size, text_room_ - text_taken_));
}

void PartContent::add(std::string_view line, bool has_eight_bit) {
  encoded_size_ += line.size();
  has_eight_bit_ = has_eight_bit_ || has_eight_bit;
  last_line_end_ = line_end_size(line);
  if (head_.size() < limits_.head) keep_head(line);
  if (is_archive_) keep_tail(line);
  if (encoding_ == TransferEncoding::base64) code_size_ += base64_letters(line);
  if (encoding_ == TransferEncoding::quoted_printable) code_size_ += quoted_printable_size(line);
  if (wants_text_ && !is_text_cut_) keep_text(line);
}

void PartContent::keep_head(std::string_view line) {
  head_.append(line.substr(0, limits_.head - head_.size()));
  if (is_kind_known_) return;
  const auto begin = encoding_ == TransferEncoding::base64 ? decoded(head_, 8) : head_.substr(0, 8);
  is_kind_known_ = begin.size() == 8;
  is_archive_ = is_zip(begin);
}

void PartContent::keep_tail(std::string_view line) {
  if (newer_.size() + line.size() > limits_.tail / 2) {
    older_ = std::move(newer_);
    older_begin_ = newer_begin_;
    newer_.clear();
    newer_begin_ = code_size_;
  }
  newer_.append(line.substr(0, limits_.tail / 2));
}

// Cut between lines, so that no character is. CRLF becomes LF on the way: it costs least here.
void PartContent::keep_text(std::string_view line) {
  is_text_cut_ = text_taken_ + line.size() > text_room_;
  if (is_text_cut_) {
    if (text_taken_ == 0) text_.append(line.substr(0, text_room_));
    return;
  }
  text_taken_ += line.size();
  const bool has_pair = last_line_end_ == 2;
  text_.append(line.data(), line.size() - (has_pair ? 1 : 0));
  if (has_pair) text_.back() = '\n';
}

std::string PartContent::decoded(std::string_view text, std::size_t max_size) const {
  switch (encoding_) {
    case TransferEncoding::base64:
      return mail::decode_base64(text, max_size);
    case TransferEncoding::quoted_printable: {
      std::string storage;
      return mail::decode_quoted_printable(mail::with_line_feeds(text, storage), max_size);
    }
    case TransferEncoding::none:
      break;
  }
  return std::string(text.substr(0, max_size));
}

std::string PartContent::decoded_tail() const {
  const bool is_two = !older_.empty();
  std::string_view first = is_two ? older_ : newer_;
  if (encoding_ == TransferEncoding::base64) {
    // Four letters are three octets: begin with a whole group.
    const auto odd = (is_two ? older_begin_ : newer_begin_) % 4;
    first.remove_prefix(std::min<std::size_t>(odd == 0 ? 0 : 4 - odd, first.size()));
  }
  std::string encoded(first);
  if (is_two) encoded += newer_;
  return decoded(encoded, encoded.size());
}

void PartContent::finish(Part& part, bool is_before_boundary) {
  const auto line_end = is_before_boundary ? last_line_end_ : 0;
  part.encoded_size = encoded_size_ - std::min<std::uint64_t>(line_end, encoded_size_);
  part.has_eight_bit = has_eight_bit_;
  if (encoding_ == TransferEncoding::base64) {
    part.decoded_size = code_size_ / 4 * 3 + code_size_ % 4 * 3 / 4;
  } else if (encoding_ == TransferEncoding::quoted_printable) {
    part.decoded_size = code_size_ - std::min<std::uint64_t>(line_end, code_size_);
  } else {
    part.decoded_size = part.encoded_size;
  }
  part.head = decoded(head_, limits_.head);
  if (is_archive_) part.archive = list_zip(part.head, decoded_tail());
  part.is_text = wants_text_;
  part.is_text_cut = is_text_cut_;
  if (!wants_text_) return;
  auto octets =
      encoding_ == TransferEncoding::none ? std::move(text_) : decoded(text_, text_.size());
  std::string storage;
  const bool has_returns = mail::with_line_feeds(octets, storage).data() != octets.data();
  part.octets = std::move(has_returns ? storage : octets);
  // Room was made for all that came at once, and most of that may be of other parts.
  if (part.octets.capacity() / 2 > part.octets.size()) part.octets.shrink_to_fit();
  part.text = mail::to_utf8(part.octets, part.charset);
}

}  // namespace todoku::skeleton
