// SPDX-License-Identifier: Apache-2.0
#pragma once

// The SMTP dialogue that some reports show: ">>> RCPT To:<a@b>" and "<<< 550 ...", or Postfix's
// "In:" and "Out:". What was answered to what, until a verdict names a recipient. Pure.
#include <string>
#include <string_view>
#include <vector>

namespace todoku::report {

struct Answer {
  std::string text;       // the refusal, lines joined by blanks
  std::string command;    // what it answers; empty = unknown
  std::string host;       // who said it
  std::string recipient;  // when it answers a RCPT
};

class Transcript {
 public:
  // Takes a line of the dialogue; false when it is none.
  bool take(std::string_view line);
  // The refusal that stands above; nullptr when there is none that was not taken yet.
  [[nodiscard]] const Answer* pending() const;
  void settle() { is_pending_ = false; }
  [[nodiscard]] const std::vector<Answer>& refusals() const { return refusals_; }
  // Whom the dialogue was about, refused or not.
  [[nodiscard]] const std::vector<std::string>& recipients() const { return recipients_; }
  [[nodiscard]] bool is_dialogue() const { return is_dialogue_; }

 private:
  void command(std::string_view line);
  void reply(std::string_view line);

  std::string host_;
  std::string command_;
  std::string recipient_;
  std::vector<Answer> refusals_;
  std::vector<std::string> recipients_;
  bool is_pending_ = false;
  bool goes_on_ = false;  // the last line was a refusal: a next one continues it
  bool is_dialogue_ = false;
};

}  // namespace todoku::report
