// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/text_reader.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/header.hpp"
#include "classifier/report/address.hpp"
#include "classifier/report/codes.hpp"
#include "classifier/report/phrasebook.hpp"
#include "classifier/report/recipient_line.hpp"
#include "classifier/report/smtp_words.hpp"
#include "classifier/report/transcript.hpp"

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::same_word;
using mail::trim;

constexpr std::size_t max_recipients = 200;
constexpr std::size_t max_reason = 2048;
constexpr std::size_t max_lines = 4000;
constexpr std::size_t no_one = static_cast<std::size_t>(-1);

void append_words(std::string& text, std::string_view words) {
  if (words.empty() || text.size() >= max_reason) return;
  if (!text.empty()) text += ' ';
  text += mail::cut_utf8(words, max_reason);
}

// "(reason: 550 ...)" is Sendmail's wrapping, and nothing of the reason.
std::string_view unwrapped(std::string_view line) {
  if (!begins_with(line, "(reason:")) return line;
  line = trim(line.substr(8));
  if (line.ends_with(')')) line.remove_suffix(1);
  return trim(line);
}

bool is_code_line(std::string_view line) {
  return line.size() > 4 && (line[0] == '4' || line[0] == '5') && mail::is_digit(line[1]) &&
         mail::is_digit(line[2]) && line[3] == ' ';
}

class TextReader {
 public:
  TextReader(std::string_view text, bool from_system) : text_(text), from_system_(from_system) {}

  TextReport read() {
    std::string_view rest = text_;
    std::size_t lines = 0;
    report_.end = report_.behind = text_.size();
    while (!rest.empty() && ++lines <= max_lines) {
      const auto begin = static_cast<std::size_t>(rest.data() - text_.data());
      const auto line = mail::take_line(rest);
      if (begins_message(line)) {
        report_.end = report_.behind = begin;
        break;
      }
      if (!take(line)) {
        report_.end = begin;
        report_.behind = static_cast<std::size_t>(rest.data() - text_.data());
        break;
      }
    }
    use_transcript();
    use_group_reason();
    return std::move(report_);
  }

 private:
  // Machine readable fields in the text, or the user's own message without any ruler in front.
  [[nodiscard]] bool begins_message(std::string_view line) const {
    if (!report_.is_report || line.empty() || report_.recipients.empty()) return false;
    for (const std::string_view name :
         {"reporting-mta:", "final-recipient:", "received:", "return-path:", "message-id:"}) {
      if (begins_with(line, name)) return true;
    }
    return false;
  }

  // false: the user's own message begins here.
  bool take(std::string_view line) {
    const bool is_indented = line.starts_with(' ') || line.starts_with('\t');
    line = trim(line);
    if (line.empty()) {
      is_behind_blank_ = true;
      return true;
    }
    if (line.starts_with('>') && !line.starts_with(">>>")) {
      ++report_.quoted;
      return true;
    }
    if (transcript_.take(line)) return true;
    if (line.starts_with(">>>")) line = trim(line.substr(3));
    if (!take_sentences(line)) return false;
    if (!is_consumed_) take_other(line, is_indented);
    is_behind_blank_ = false;
    return true;
  }

  // The phrases in a line: at its beginning, and behind each full stop.
  bool take_sentences(std::string_view line) {
    is_consumed_ = false;
    std::string_view sentence = with_single_blanks(without_bullet(line));
    for (int count = 0; count < 4 && !sentence.empty(); ++count) {
      const Phrase* phrase = find_phrase(sentence);
      const bool counts =
          phrase != nullptr && ((phrase->means & needs_system) == 0 || from_system_);
      if (counts && !take_phrase(*phrase, sentence, count == 0)) return false;
      const auto stop = sentence.find(". ");
      if (stop == sentence.npos) break;
      sentence = trim(sentence.substr(stop + 2));
    }
    return true;
  }

  // Some reports set their text with runs of blanks.
  std::string_view with_single_blanks(std::string_view line) {
    if (line.find("  ") == line.npos || line.size() > max_reason) return line;
    single_.clear();
    for (const char c : line) {
      if (c != ' ' || single_.empty() || single_.back() != ' ') single_ += c;
    }
    return single_;
  }

  bool take_phrase(const Phrase& phrase, std::string_view sentence, bool is_first) {
    const auto means = phrase.means;
    if ((means & original_follows) != 0) {
      if (!is_first) return true;
      if ((means & opens) != 0) open(phrase);
      return false;
    }
    is_consumed_ = is_consumed_ || means != 0 || is_first;
    if ((means & opens) != 0) open(phrase);
    if ((means & warns) != 0) report_.warns = true;
    if ((means & gave_up) != 0) {
      report_.gave_up = true;
      if (given_up_.empty()) given_up_ = sentence;
    }
    if ((means & succeeded) != 0) report_.succeeded = true;
    const auto behind = sentence.substr(phrase.begins.size());
    if ((means & (recipients_follow | fields_follow)) != 0) {
      is_listing_ = (means & recipients_follow) != 0;
      in_fields_ = !is_listing_;
      takes_reason_ = false;
    }
    if ((means & recipient_here) != 0) take_recipient_in(behind, (means & reason_here) == 0);
    if ((means & reason_here) != 0) {
      append_words(reason(), sentence);
      takes_reason_ = true;
    }
    if ((means & reason_follows) != 0) {
      takes_reason_ = true;
      in_fields_ = false;
      if (const auto colon = behind.find(':'); colon < 40) {
        append_words(reason(), trim(behind.substr(colon + 1)));
      }
    }
    if ((means & command_follows) != 0) awaits_command_ = true;
    if ((means & (reason_ends | command_follows)) != 0)
      takes_reason_ = is_listing_ = false, current_ = no_one;
    if ((means & recipients_follow) != 0) {
      current_ = (means & reason_here) != 0 ? current_ : no_one;
      // "... to the following: <a@b>" in one line
      if (const auto found = find_address(behind)) add(found->address);
    }
    return true;
  }

  void open(const Phrase& phrase) {
    report_.is_report = true;
    if (report_.system.empty()) report_.system = phrase.system;
  }

  void take_recipient_in(std::string_view words, bool with_rest) {
    if (const auto found = find_address(words)) {
      add(found->address);
      is_listing_ = false;
      takes_reason_ = true;
      auto rest = trim(words.substr(found->end));
      if (rest.starts_with('>')) rest = trim(rest.substr(1));
      if (with_rest && rest.size() > 3) append_words(reason(), rest);
    } else {
      is_listing_ = true;
    }
  }

  void take_other(std::string_view line, bool is_indented) {
    if (awaits_command_) {
      awaits_command_ = false;
      for (auto& one : report_.recipients) one.command = command_of_line(line);
      return;
    }
    if (const auto alias = alias_in(line); !alias.empty()) {
      if (current_ == no_one && is_listing_) add("");  // a pipe or a file was the recipient
      if (current_ != no_one) {
        auto& one = report_.recipients[current_];
        if (one.alias.empty()) one.alias = alias;
        return;
      }
    }
    if (in_fields_ && !is_listing_ && line.find(':') != line.npos) return;
    if (auto found = recipient_line(line); found && may_be_recipient(*found)) {
      take_recipient(*found);
      return;
    } else if (found && found->reason.empty()) {
      last_bare_ = found->address;
    }
    if (is_settled_ && !takes_reason_) return;
    if (is_summary(line)) return;
    if (is_exchange_line(line)) {
      report_.is_report = true;
      if (report_.system.empty()) report_.system = "exchange";
      add(last_bare_);
      append_words(reason(), line);
      return;
    }
    const bool is_of_current =
        current_ != no_one && (takes_reason_ || !ended_by_blank(is_indented));
    if (is_of_current || takes_reason_) append_words(reason(), unwrapped(line));
  }

  // "554 5.0.0 Service unavailable" sums up what stands above, and a ruler says nothing.
  [[nodiscard]] bool is_summary(std::string_view line) {
    if (without_bullet(line).empty()) return true;
    if (!is_code_line(line)) return false;
    const bool is_vague = status_at(line.substr(4)).ends_with(".0.0");
    return transcript_.pending() != nullptr || (is_vague && !codes_in(reason()).reply.empty());
  }

  // "#550 5.1.1 ... ##" below an address: Exchange's line for administrators, the same in every
  // language.
  [[nodiscard]] bool is_exchange_line(std::string_view line) const {
    return !last_bare_.empty() && current_ == no_one && line.starts_with('#') &&
           is_code_line(line.substr(1));
  }

  // Behind an empty line only what is indented still belongs to the recipient above, once a reason
  // was given.
  [[nodiscard]] bool ended_by_blank(bool is_indented) const {
    return is_behind_blank_ && !is_indented && !report_.recipients[current_].reason.empty();
  }

  [[nodiscard]] bool may_be_recipient(const RecipientLine& found) const {
    if (found.address.empty()) return is_listing_;
    if (current_ != no_one && same_word(report_.recipients[current_].address, found.address) &&
        !(found.is_certain && transcript_.is_dialogue())) {
      return false;  // its own address once more, in the reason
    }
    return is_listing_ || (found.is_certain && (report_.is_report || from_system_));
  }

  void take_recipient(const RecipientLine& found) {
    const Answer* answer = found.is_certain ? transcript_.pending() : nullptr;
    add(found.address);
    if (current_ == no_one) return;
    auto& one = report_.recipients[current_];
    if (!found.alias.empty()) one.alias = found.alias;
    is_settled_ = answer != nullptr;
    if (answer != nullptr) {
      settle(one, *answer);
      // Sendmail's own verdict on a RCPT, though it shows the answer below a pipelined DATA.
      if (one.command == "DATA" && found.reason.starts_with("550 5.1.1")) one.command = "RCPT";
      transcript_.settle();
    } else if (one.reason.empty()) {
      append_words(one.reason, unwrapped(found.reason));
    }
    if (found.is_certain) report_.is_report = true;
    takes_reason_ = false;
  }

  void settle(TextRecipient& one, const Answer& answer) {
    // The dialogue tells more than a cut "(reason: ...)" of the same reply.
    const bool is_fuller = one.reason.substr(0, 3) == answer.text.substr(0, 3) &&
                           one.reason.size() < answer.text.size();
    if (one.reason.empty() || is_fuller) {
      one.reason = answer.text;
    } else if (codes_in(one.reason)
                   .reply.empty()) {  // "mx.example [192.0.2.1]:", then the dialogue
      append_words(one.reason, answer.text);
    }
    if (one.command.empty()) one.command = answer.command;
    if (one.host.empty()) one.host = answer.host;
  }

  void add(std::string_view address) {
    takes_reason_ = false;
    for (std::size_t i = 0; i < report_.recipients.size(); ++i) {
      const auto& one = report_.recipients[i];
      if (!address.empty() && (same_word(one.address, address) || same_word(one.alias, address))) {
        current_ = i;
        return;
      }
    }
    if (report_.recipients.size() >= max_recipients) {
      current_ = no_one;
      return;
    }
    report_.recipients.push_back({std::string(address), {}, {}, {}, {}});
    current_ = report_.recipients.size() - 1;
  }

  std::string& reason() {
    return current_ == no_one ? report_.general_reason : report_.recipients[current_].reason;
  }

  void use_transcript() {
    for (const auto& answer : transcript_.refusals()) {
      report_.is_report = true;
      for (auto& one : report_.recipients) {
        if (!answer.recipient.empty() && same_word(one.address, answer.recipient)) {
          settle(one, answer);
        }
      }
    }
    if (transcript_.refusals().empty()) return;
    const auto& first = transcript_.refusals().front();
    for (auto& one : report_.recipients) {
      const bool is_same = one.reason.substr(0, 3) == first.text.substr(0, 3);
      if (one.reason.empty() || (one.command.empty() && is_same)) settle(one, first);
    }
    if (report_.recipients.empty()) take_recipients_of_dialogue();
    if (report_.recipients.empty()) append_words(report_.general_reason, first.text);
  }

  // A bare dialogue: who was refused by name, else all whom it was about.
  void take_recipients_of_dialogue() {
    for (const auto& answer : transcript_.refusals()) {
      if (answer.recipient.empty()) continue;
      add(answer.recipient);
      if (current_ != no_one) settle(report_.recipients[current_], answer);
    }
    if (!report_.recipients.empty()) return;
    for (const auto& address : transcript_.recipients()) {
      add(address);
      if (current_ != no_one) settle(report_.recipients[current_], transcript_.refusals().front());
    }
  }

  // A list of addresses, then one reason for all of them.
  void use_group_reason() {
    auto& all = report_.recipients;
    for (std::size_t i = all.size(); i-- > 1;) {
      if (all[i - 1].reason.empty() && !all[i].reason.empty() && is_group(i)) {
        all[i - 1].reason = all[i].reason;
      }
    }
    for (auto& one : all) {
      if (one.reason.empty()) one.reason = report_.general_reason;
      append_words(one.reason, given_up_);  // that time ran out, beside what went wrong meanwhile
    }
  }

  [[nodiscard]] bool is_group(std::size_t last) const {
    return report_.recipients[last].reason.find(report_.recipients[last].address) ==
           std::string::npos;
  }

  std::string_view text_;
  bool from_system_;
  TextReport report_;
  Transcript transcript_;
  std::size_t current_ = no_one;
  bool is_listing_ = false;    // addresses were announced
  bool takes_reason_ = false;  // a reason was announced
  bool in_fields_ = false;     // a summary of the user's message
  bool is_behind_blank_ = false;
  bool is_consumed_ = false;
  std::string single_;
  std::string given_up_;
  std::string last_bare_;  // an address alone in a line that nothing announced
  bool awaits_command_ = false;
  bool is_settled_ = false;  // the dialogue told the current one's reason
};

}  // namespace

TextReport read_text(std::string_view text, bool from_system) {
  return TextReader(text, from_system).read();
}

}  // namespace todoku::report
