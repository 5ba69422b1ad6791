// SPDX-License-Identifier: Apache-2.0
#include "proxy/skeleton/part_content.hpp"

#include "classifier/mail/charset.hpp"
#include "classifier/mail/line_ends.hpp"
#include "proxy/skeleton/zip_listing.hpp"

#include <algorithm>

namespace todoku::skeleton {
namespace {

using mail::TransferEncoding;

std::size_t line_end_size(std::string_view line) {
  if (line.ends_with("\r\n")) return 2;
  return line.ends_with('\n') || line.ends_with('\r') ? 1 : 0;
}

// The first line of text, with its line end.
std::string_view first_line(std::string_view text) {
  const auto end = text.find('\n');
  return text.substr(0, end == std::string_view::npos ? end : end + 1);
}

// Letters of a base64 line. Junk inside a line is counted as letters: only a size is wrong then.
std::uint64_t base64_letters(std::string_view line) {
  while (!line.empty() && (line.back() == '=' || line.back() <= ' ')) line.remove_suffix(1);
  return line.size();
}

// Octets of a line end at the beginning of what is behind a "=".
std::size_t soft_end_size(std::string_view behind) {
  if (behind.starts_with("\r\n")) return 2;
  return behind.starts_with('\n') || behind == "\r" ? 1 : 0;
}

std::uint64_t quoted_printable_size(std::string_view text) {
  auto size = text.size();
  for (auto at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    const auto behind = text.substr(at + 1);
    const auto soft_end = soft_end_size(behind);
    size -= soft_end > 0 ? 1 + soft_end : std::min<std::size_t>(2, behind.size());
  }
  return size;
}

// As many whole lines as have room; is_first: rather the beginning of a line than nothing.
std::string_view what_fits(std::string_view text, std::size_t room, bool is_first) {
  if (text.size() <= room) return text;
  const auto fits = text.substr(0, room);
  const auto line_end = fits.rfind('\n');
  if (line_end == std::string_view::npos) return is_first ? fits : std::string_view();
  return fits.substr(0, line_end + 1);
}

bool is_mail_text(const Part& part) {
  return part.type.starts_with("text/") && part.disposition != "attachment";
}

}  // namespace

void PartContent::begin(const Part& part, std::size_t text_room) {
  encoding_ = part.encoding;
  wants_text_ = is_mail_text(part);
  is_archive_ = has_eight_bit_ = is_text_cut_ = false;
  text_room_ = text_room;
  last_line_end_ = text_taken_ = 0;
  encoded_size_ = code_size_ = older_begin_ = newer_begin_ = 0;
  for (auto* text : {&head_, &text_, &older_, &newer_}) text->clear();
}

void PartContent::add(std::string_view text, bool has_eight_bit) {
  encoded_size_ += text.size();
  has_eight_bit_ = has_eight_bit_ || has_eight_bit;
  last_line_end_ = line_end_size(text);
  if (head_.size() < limits_.head) keep_head(text);
  if (is_archive_ || encoding_ == TransferEncoding::base64) add_code(text);
  if (encoding_ == TransferEncoding::quoted_printable) code_size_ += quoted_printable_size(text);
  if (wants_text_ && !is_text_cut_) keep_text(text);
}

void PartContent::keep_head(std::string_view text) {
  const auto before = head_.size();
  head_.append(text.substr(0, limits_.head - before));
  if (is_archive_) return;
  is_archive_ =
      is_zip(encoding_ == TransferEncoding::base64 ? decoded(head_, 8) : head_.substr(0, 8));
  if (is_archive_) newer_ = head_.substr(0, before);  // which is all that came before
}

void PartContent::add_code(std::string_view text) {
  while (!text.empty()) {
    const auto line = first_line(text);
    if (is_archive_) keep_tail(line);
    if (encoding_ == TransferEncoding::base64) code_size_ += base64_letters(line);
    text.remove_prefix(line.size());
  }
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
void PartContent::keep_text(std::string_view text) {
  const auto room = text_room_ - text_taken_;
  is_text_cut_ = text.size() > room;
  text = what_fits(text, room, text_taken_ == 0);
  text_taken_ += text.size();
  text_.reserve(text_.size() + text.size());
  while (!text.empty()) {
    const auto line = first_line(text);
    const bool has_pair = line.ends_with("\r\n");
    text_.append(line.substr(0, line.size() - (has_pair ? 1 : 0)));
    if (has_pair) text_.back() = '\n';
    text.remove_prefix(line.size());
  }
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
  part.text = mail::to_utf8(part.octets, part.charset);
}

}  // namespace todoku::skeleton
