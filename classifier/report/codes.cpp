// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/codes.hpp"

#include "classifier/mail/ascii.hpp"

namespace todoku::report {

namespace {

using mail::is_digit;
using mail::is_letter;

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

bool is_code_border(char c) {
  return !is_digit(c) && !is_letter(c) && c != '.' && c != '-' && c != '_' && c != '@' && c != '/';
}

// A reply code at this place: what it looks like from both sides.
bool is_reply_at(std::string_view text, std::size_t at) {
  const char first = text[at];
  if ((first != '4' && first != '5') || digits_at(text, at) != 3 || text[at + 1] > '7')
    return false;
  const std::string_view before = text.substr(0, at);
  const std::string_view behind = text.substr(at + 3);
  if (!before.empty() && !is_code_border(before.back()) && before.back() != '-') return false;
  if ((before.ends_with('[') && behind.starts_with(']')) || before.ends_with("]:") ||
      before.ends_with("port ") || before.ends_with("port="))
    return false;
  if (before.ends_with("=") || before.ends_with("id ")) return false;
  if (behind.empty()) return true;
  const char next = behind.front();
  if (next == '-') {  // "550-5.1.1", "550-text"; not a telephone number or a queue id
    return behind.size() > 1 && !(is_digit(behind[1]) && status_at(behind.substr(1)).empty());
  }
  return next == ' ' || next == '\n' || next == '\t' || next == ':' || next == ',' || next == '>' ||
         next == ')' || next == '\'' || next == '"' || next == ';' || next == '<' ||
         (next == '.' && (behind.size() == 1 || !is_digit(behind[1])));
}

// Does what stands in front lead to a code? In the middle of a sentence a number counts things:
// "larger than 500 MB".
bool is_led_to(std::string_view before) {
  while (!before.empty() && mail::is_space(before.back())) before.remove_suffix(1);
  if (before.empty() || !is_letter(before.back()))
    return before.empty() || !is_digit(before.back());
  std::size_t begin = before.size();
  while (begin > 0 && is_letter(before[begin - 1])) --begin;
  const auto word = before.substr(begin);
  for (const std::string_view lead :
       {"said", "error", "code", "reply", "response", "responded", "was", "smtp", "status",
        "returned", "with", "says", "esmtp", "got", "failed", "deferred", "received", "mail"}) {
    if (mail::same_word(word, lead)) return true;
  }
  return false;
}

// "500 MB", "450 messages per hour": it counts something.
bool counts_something(std::string_view behind) {
  behind = mail::trim(behind);
  for (const std::string_view unit :
       {"mb", "kb", "gb", "byte", "octet", "second", "minute", "hour", "day", "message", "mail",
        "email", "recipient", "connection", "character", "per", "times", "m ", "k "}) {
    if (mail::begins_with(behind, unit)) return true;
  }
  return false;
}

std::string_view status_behind(std::string_view text, std::size_t at) {
  while (at < text.size() && std::string_view(" -'\"#(:[<").find(text[at]) != text.npos) ++at;
  return status_at(text.substr(at));
}

// "550 5.1.1" wins over a bare "550", which wins over nothing.
std::string_view decisive_reply(std::string_view text, std::string_view& status) {
  std::string_view first;  // with a status, or led to by the words in front
  std::string_view bare;
  for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    if (is_reply_at(text, i)) {
      const auto reply = text.substr(i, 3);
      const auto with = status_behind(text, i + 3);
      const bool is_summary = !first.empty() && status.empty() && detail_of(with) == 1;
      if (is_summary) {
        continue;  // "550 unknown user 554 5.0.0 Service unavailable"
      }
      if (!with.empty() && with.front() == reply.front()) {
        const bool is_more = detail_of(with) > detail_of(status);
        if (status.empty() || (is_more && detail_of(status) < 3)) {
          status = with;
          first = reply;
        }
      } else if (first.empty() && is_led_to(text.substr(0, i))) {
        first = reply;
      } else if (bare.empty() && !counts_something(text.substr(i + 3))) {
        bare = reply;
      }
    }
    i += digits_at(text, i) - 1;
  }
  return first.empty() ? bare : first;
}

}  // namespace

std::string_view status_at(std::string_view text) {
  if (text.size() < 5 || text[1] != '.') return {};
  if (text[0] != '2' && text[0] != '4' && text[0] != '5') return {};
  const auto subject = digits_at(text, 2);
  if (subject == 0 || subject > 3 || text.substr(2 + subject, 1) != ".") return {};
  const auto detail = digits_at(text, 3 + subject);
  if (detail == 0 || detail > 3) return {};
  const auto size = 3 + subject + detail;
  if (size < text.size()) {
    const char next = text[size];
    if (is_letter(next) || (next == '.' && size + 1 < text.size() && is_digit(text[size + 1]))) {
      return {};
    }
  }
  if (subject > 1 && text[2] == '0') return {};
  return text.substr(0, size);
}

int detail_of(std::string_view status) {
  if (status.empty()) return 0;
  if (status.ends_with(".0.0")) return 1;
  if (status.ends_with(".4.7") || (status.ends_with(".0") && status[2] != '7')) return 2;
  return 3;
}

Codes codes_in(std::string_view text) {
  Codes codes;
  std::string_view with_reply;
  codes.reply = decisive_reply(text, with_reply);
  codes.status = with_reply;
  if (detail_of(codes.status) >= 3) return codes;
  for (std::size_t i = 0; i + 5 <= text.size(); ++i) {
    if (!is_digit(text[i]) || text[i + 1] != '.') continue;
    const bool is_border = i == 0 || is_code_border(text[i - 1]) ||
                           (text[i - 1] == '-' && (i < 2 || !is_letter(text[i - 2])));
    if (!is_border || text.substr(0, i).ends_with("ersion ")) continue;
    const auto status = status_at(text.substr(i));
    if (status.empty() || (!codes.reply.empty() && status.front() != codes.reply.front())) continue;
    if (detail_of(status) > detail_of(codes.status)) codes.status = status;
  }
  return codes;
}

std::string_view better_status(std::string_view field, std::string_view in_text) {
  if (in_text.empty()) return field;
  if (field.empty()) return in_text;
  if (field.front() != in_text.front()) return detail_of(field) <= 1 ? in_text : field;
  return detail_of(in_text) >= detail_of(field) ? in_text : field;
}

}  // namespace todoku::report
