// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/transcript.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/report/address.hpp"
#include "classifier/report/smtp_words.hpp"

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::trim;

constexpr std::size_t max_refusals = 100;
constexpr std::size_t max_text = 2048;

std::string_view behind(std::string_view line, std::string_view mark) {
  return begins_with(line, mark) ? line.substr(mark.size()) : std::string_view();
}

}  // namespace

bool Transcript::take(std::string_view line) {
  if (const auto at = mail::find_word(line, "while talking to "); at < 8) {
    host_ = peer_named(line).host;
    goes_on_ = false;
    is_dialogue_ = true;
    return true;
  }
  const bool is_postfix = begins_with(line, is_dialogue_ ? "in: " : "in:  ");
  if (line.starts_with(">>> ") || is_postfix) {
    const auto words = trim(line.substr(4));
    if (find_address(words) && command_of_line(words).empty()) return false;  // ">>> a@b <a@b>"
    command(words);
    return true;
  }
  if (const auto words = behind(line, "sent <<<"); !words.empty()) {  // InterScan's arrows
    command(trim(words));
    return true;
  }
  if (const auto words = behind(line, "received >>>"); !words.empty()) {
    reply(trim(words));
    return true;
  }
  if (line.starts_with("<<<")) {
    reply(trim(line.substr(3)));
    return true;
  }
  if (const auto words = behind(line, "out: "); !words.empty()) {
    reply(trim(words));
    return true;
  }
  goes_on_ = false;
  return false;
}

void Transcript::command(std::string_view line) {
  is_dialogue_ = true;
  goes_on_ = false;
  command_ = command_of_line(line);
  recipient_.clear();
  if (command_ != "RCPT") return;
  const auto found = find_address(line);
  if (!found) return;
  recipient_ = found->address;
  if (recipients_.size() < max_refusals) recipients_.push_back(recipient_);
}

void Transcript::reply(std::string_view line) {
  is_dialogue_ = true;
  const bool is_refusal = !line.empty() && (line.front() == '4' || line.front() == '5');
  if (goes_on_ && !refusals_.empty()) {
    auto& text = refusals_.back().text;
    if (text.substr(0, 3) == line.substr(0, 3) || !is_refusal) {
      if (text.size() < max_text) text.append(" ").append(line.substr(0, max_text));
      return;
    }
  }
  if (!is_refusal || refusals_.size() >= max_refusals) return;
  if (line.starts_with("503") && !refusals_.empty()) {
    // A consequence of the refusal above. "Need RCPT" also tells that RCPT was what was refused:
    // with pipelining Sendmail shows the answer below the DATA that it had sent already.
    if (refusals_.back().command == "DATA") refusals_.back().command = "RCPT";
    return;
  }
  refusals_.push_back({std::string(line.substr(0, max_text)), command_, host_, recipient_});
  goes_on_ = true;
  is_pending_ = true;
}

const Answer* Transcript::pending() const {
  return is_pending_ && !refusals_.empty() ? &refusals_.back() : nullptr;
}

}  // namespace todoku::report
