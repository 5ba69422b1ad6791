// SPDX-License-Identifier: Apache-2.0
#include "proxy/skeleton/part_content.hpp"

#include "classifier/mail/charset.hpp"
#include "classifier/mail/line_ends.hpp"
#include "proxy/skeleton/zip_listing.hpp"

#include <algorithm>
#include <utility>

namespace todoku::skeleton {
namespace {

using mail::TransferEncoding;

inline std::size_t line_end_size(std::string_view line) {
  if (line.ends_with('\n')) return line.size() > 1 && line[line.size() - 2] == '\r' ? 2 : 1;
  return line.ends_with('\r') ? 1 : 0;
}

std::uint64_t quoted_printable_size(std::string_view line) {
  const auto end = line_end_size(line);
  auto size = line.size();
  for (auto at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
    const auto behind = std::min(line.find_first_not_of(" \t", at + 1), line.size());
    const bool is_soft_end = behind + end == line.size() && end > 0;
    if (is_soft_end) return size - (line.size() - at);
    size -= std::min<std::size_t>(2, line.size() - at - 1);
  }
  return size;
}

// What was cut within its last character, without the beginning of that.
void end_with_whole_character(std::string& octets) {
  constexpr std::size_t longest_beginning = 3;
  const auto whole = mail::valid_utf8_prefix(octets);
  if (octets.size() - whole <= longest_beginning) octets.resize(whole);
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
  encoded_size_ = quoted_printable_size_ = 0;
  base64_ = older_begin_ = newer_begin_ = {};
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
  const bool is_base64 = encoding_ == TransferEncoding::base64;
  const auto content = is_base64 ? base64_code(line, base64_storage_) : line;
  if (head_.size() < limits_.head) keep_head(content);
  if (is_archive_) keep_tail(content);
  if (is_base64) base64_.add(content);
  if (encoding_ == TransferEncoding::quoted_printable)
    quoted_printable_size_ += quoted_printable_size(line);
  if (wants_text_ && !is_text_cut_) keep_text(line);
}

void PartContent::keep_head(std::string_view content) {
  const auto before = head_.size();
  head_.append(content.substr(0, limits_.head - before));
  if (is_kind_known_) return;
  const auto begin = encoding_ == TransferEncoding::base64 ? decoded(head_, 8) : head_.substr(0, 8);
  is_archive_ = is_zip(begin);
  is_kind_known_ = is_archive_ || begin.size() == 8;
  if (is_archive_ && before > 0) keep_tail(std::string_view(head_).substr(0, before));
}

// The halves are filled to the last octet, so that lines of any size leave the same.
void PartContent::keep_tail(std::string_view content) {
  const auto half = std::max<std::size_t>(limits_.tail / 2, 1);
  while (!content.empty()) {
    if (newer_.size() == half) {
      older_ = std::exchange(newer_, {});
      older_begin_ = newer_begin_;
      newer_begin_.add(older_);
    }
    const auto piece = content.substr(0, half - newer_.size());
    newer_.append(piece);
    content.remove_prefix(piece.size());
  }
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
  auto encoded = older_ + newer_;
  if (encoding_ == TransferEncoding::base64) {
    const auto& begin = older_.empty() ? newer_begin_ : older_begin_;
    encoded = from_whole_group(encoded, begin.letters_in_group());
  }
  return decoded(encoded, encoded.size());
}

void PartContent::finish(Part& part, bool is_before_boundary) {
  const auto line_end = is_before_boundary ? last_line_end_ : 0;
  part.encoded_size = encoded_size_ - std::min<std::uint64_t>(line_end, encoded_size_);
  part.has_eight_bit = has_eight_bit_;
  if (encoding_ == TransferEncoding::base64) {
    part.decoded_size = base64_.octets();
  } else if (encoding_ == TransferEncoding::quoted_printable) {
    part.decoded_size =
        quoted_printable_size_ - std::min<std::uint64_t>(line_end, quoted_printable_size_);
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
  if (is_text_cut_) end_with_whole_character(part.octets);
  // Room was made for all that came at once, and most of that may be of other parts.
  if (part.octets.capacity() / 2 > part.octets.size()) part.octets.shrink_to_fit();
  part.text = mail::to_utf8(part.octets, part.charset);
}

}  // namespace todoku::skeleton
