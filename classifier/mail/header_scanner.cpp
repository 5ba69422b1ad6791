// SPDX-License-Identifier: Apache-2.0
// Finds the end of the header section and where each field lies in it.
#include "classifier/mail/header_scanner.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>

namespace todoku::mail {

namespace {

constexpr std::size_t step = 1024;  // octets looked at in one go

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

// A little at a time: what follows behind the header is mostly much longer, and is not copied.
std::size_t HeaderScanner::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ == State::reading && taken < bytes.size()) {
    const auto room = max_header_ + 4 - bytes_.size();  // that it is too large shows with these
    taken += take(bytes.substr(taken, std::min(step, room)));
  }
  return taken;
}

std::size_t HeaderScanner::take(std::string_view bytes) {
  const auto held = bytes_.size();
  bytes_.append(bytes);
  // The end mark may straddle two feeds: look a little back.
  std::size_t end = std::string::npos;
  if (bytes_.starts_with("\r\n")) {
    end = 2;
  } else if (const auto found = bytes_.find("\r\n\r\n", held < 3 ? 0 : held - 3);
             found != std::string::npos) {
    end = found + 4;
  }
  if (end == std::string::npos) {
    if (bytes_.size() > max_header_) state_ = State::too_large;
    return bytes_.size() - held;
  }
  bytes_.resize(end);
  if (end > max_header_) {
    state_ = State::too_large;
    return end - held;
  }
  state_ = State::complete;
  index_fields();
  return end - held;
}

void HeaderScanner::finish() {
  if (state_ != State::reading) return;
  state_ = State::complete;
  index_fields();
}

void HeaderScanner::index_fields() {
  std::size_t begin = 0;
  while (begin < bytes_.size()) {
    const auto found = bytes_.find("\r\n", begin);
    const auto end = found == std::string::npos ? bytes_.size() : found + 2;
    if (is_blank(bytes_[begin])) {  // a folded line belongs to the field before (RFC 5322 2.2.3)
      if (!fields_.empty() && fields_.back().end == begin) fields_.back().end = end;
    } else if (const auto colon = std::string_view(bytes_).substr(0, end).find(':', begin);
               colon != std::string_view::npos && colon > begin) {
      auto name_end = colon;
      while (name_end > begin && is_blank(bytes_[name_end - 1])) --name_end;
      fields_.push_back({bytes_.substr(begin, name_end - begin), begin, end});
    }
    begin = end;
  }
}

bool HeaderScanner::has(std::string_view name) const {
  return count(name) > 0;
}

std::size_t HeaderScanner::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [name](const auto& f) { return same_word(f.name, name); }));
}

std::string HeaderScanner::value(std::string_view name) const {
  const auto field =
      std::ranges::find_if(fields_, [name](const auto& f) { return same_word(f.name, name); });
  if (field == fields_.end()) return {};
  const auto colon = bytes_.find(':', field->begin);
  std::string text(trim(std::string_view(bytes_).substr(colon + 1, field->end - colon - 1)));
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

bool HeaderScanner::is_signed() const {
  if (has("DKIM-Signature")) return true;
  const auto type = value("Content-Type");
  // RFC 1847 (multipart/signed), RFC 8551 (S/MIME, with its older x- names), RFC 3156 (PGP/MIME).
  return begins_with(type, "multipart/signed") || begins_with(type, "application/pkcs7-mime") ||
         begins_with(type, "application/x-pkcs7-mime") || begins_with(type, "multipart/encrypted");
}

}  // namespace todoku::mail
