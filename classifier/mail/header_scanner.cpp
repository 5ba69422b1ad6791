// SPDX-License-Identifier: Apache-2.0
// Finds the end of the header section and where each field lies in it.
#include "classifier/mail/header_scanner.hpp"

#include <algorithm>

namespace todoku::mail {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::size_t HeaderScanner::feed(std::string_view bytes) {
  if (state_ != State::reading) return 0;
  const auto held = bytes_.size();
  bytes_.append(bytes.substr(0, max_header_ + 4));
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
    } else if (const auto colon = bytes_.find(':', begin); colon < end && colon > begin) {
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
  std::string text;
  for (const char c : std::string_view(bytes_).substr(colon + 1, field->end - colon - 1)) {
    if (c != '\r' && c != '\n') text += c;
  }
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool HeaderScanner::is_signed() const {
  if (has("DKIM-Signature")) return true;
  auto type = value("Content-Type");
  std::ranges::transform(type, type.begin(), lower);
  // RFC 1847 (multipart/signed), RFC 8551 (S/MIME, with its older x- names), RFC 3156 (PGP/MIME).
  return type.starts_with("multipart/signed") || type.starts_with("application/pkcs7-mime") ||
         type.starts_with("application/x-pkcs7-mime") || type.starts_with("multipart/encrypted");
}

}  // namespace todoku::mail
