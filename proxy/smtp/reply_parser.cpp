// SPDX-License-Identifier: Apache-2.0
// Replies line by line: code, separator, enhanced status code (RFC 2034), text.
#include "proxy/smtp/reply_parser.hpp"

#include <algorithm>
#include <utility>

namespace todoku::smtp {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// The number of digits (1 to 3) at position at, 0 when there are none or more.
std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count <= 3 ? count : 0;
}

// Length of an enhanced status code of this class at the front of text, 0 when there is none
// (RFC 2034 section 4: the class must agree with the reply's first digit).
std::size_t status_length(std::string_view text, char reply_class) {
  if (text.size() < 5 || text[0] != reply_class || reply_class == '3' || text[1] != '.') return 0;
  const std::size_t subject = digits_at(text, 2);
  if (subject == 0 || 2 + subject >= text.size() || text[2 + subject] != '.') return 0;
  const std::size_t detail = digits_at(text, 3 + subject);
  if (detail == 0) return 0;
  const std::size_t length = 3 + subject + detail;
  return length == text.size() || text[length] == ' ' ? length : 0;
}

}  // namespace

ReplyParser::Progress ReplyParser::read(std::string_view& input) {
  while (!malformed_ && !input.empty()) {
    const std::size_t end = input.find('\n');
    const std::size_t taken = end == std::string_view::npos ? input.size() : end + 1;
    octets_ += taken;
    if (line_.size() + taken > max_line + 2 || octets_ > max_octets) {
      malformed_ = true;
      break;
    }
    const std::string_view piece = input.substr(0, taken);
    input.remove_prefix(taken);
    if (end == std::string_view::npos) {
      line_.append(piece);
      break;
    }
    Progress progress = Progress::malformed;
    if (line_.empty()) {
      progress = read_line(piece);
    } else {
      line_.append(piece);
      progress = read_line(line_);
      line_.clear();
    }
    if (progress == Progress::complete) return progress;
    malformed_ = progress == Progress::malformed;
  }
  if (malformed_) line_.clear();
  return malformed_ ? Progress::malformed : Progress::more;
}

// One line with its ending. Exactly three digits 200-599, then '-', ' ' or nothing.
ReplyParser::Progress ReplyParser::read_line(std::string_view line) {
  line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() < 3 || line.size() > max_line) return Progress::malformed;
  if (line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2])) {
    return Progress::malformed;
  }
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  const char separator = line.size() > 3 ? line[3] : ' ';
  if (separator != ' ' && separator != '-') return Progress::malformed;
  if ((lines_ > 0 && code != reply_.code) || lines_ == max_lines) return Progress::malformed;
  reply_.code = code;
  ++lines_;
  std::string_view text = line.substr(std::min<std::size_t>(4, line.size()));
  if (const std::size_t length = status_length(text, line[0]); length > 0) {
    if (reply_.status.empty()) reply_.status = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  add_text(text);
  return separator == '-' ? Progress::more : Progress::complete;
}

void ReplyParser::add_text(std::string_view text) {
  if (lines_ > 1) reply_.text.push_back('\n');
  if (is_plain(text)) {
    reply_.text.append(text);  // the usual case, without a copy
  } else {
    reply_.text.append(cleaned(text, max_line));
  }
}

Reply ReplyParser::take() {
  Reply reply = std::move(reply_);
  clear();
  return reply;
}

void ReplyParser::clear() {
  line_.clear();
  reply_ = Reply{};
  lines_ = 0;
  octets_ = 0;
  malformed_ = false;
}

}  // namespace todoku::smtp
