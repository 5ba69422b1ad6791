// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/status_part.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/header.hpp"

#include <array>
#include <utility>

namespace todoku::report {

namespace {

using mail::same_word;
using mail::trim;

constexpr std::size_t max_field = 4096;

struct RecipientField {
  std::string_view name;
  std::string StatusBlock::*place;
};

constexpr std::array<RecipientField, 10> recipient_fields{{
    {"Final-Recipient", &StatusBlock::final_recipient},
    {"Original-Recipient", &StatusBlock::original_recipient},
    {"X-Actual-Recipient", &StatusBlock::actual_recipient},
    {"Action", &StatusBlock::action},
    {"Status", &StatusBlock::status},
    {"Diagnostic-Code", &StatusBlock::diagnostic},
    {"Diagnostic", &StatusBlock::diagnostic},
    {"Remote-MTA", &StatusBlock::remote_mta},
    {"X-Remote-MTA", &StatusBlock::remote_mta},
    {"Localized-Diagnostic", &StatusBlock::diagnostic},
}};

bool is_of_recipient(const StatusBlock& block) {
  return !block.final_recipient.empty() || !block.original_recipient.empty() ||
         !block.actual_recipient.empty() || !block.action.empty() || !block.status.empty() ||
         !block.diagnostic.empty();
}

bool names_recipient(const StatusBlock& block) {
  return !block.final_recipient.empty() || !block.original_recipient.empty() ||
         !block.actual_recipient.empty();
}

class Reader {
 public:
  StatusPart read(std::string_view text) {
    while (!text.empty()) {
      const auto line = mail::take_line(text);
      if (trim(line).empty()) {
        finish_field();
        ended_ = true;
      } else if (line.front() == ' ' || line.front() == '\t') {
        fold(line);
      } else if (mail::is_field_line(line)) {
        finish_field();
        const auto colon = line.find(':');
        name_ = trim(line.substr(0, colon));
        value_ = trim(line.substr(colon + 1));
      } else {
        fold(line);  // a long diagnostic that was cut without a blank in front
      }
    }
    finish_field();
    finish_block();
    return std::move(part_);
  }

 private:
  void fold(std::string_view line) {
    if (name_.empty() || value_.size() > max_field) return;
    if (!value_.empty()) value_ += ' ';
    value_ += trim(line).substr(0, max_field);
  }

  void finish_field() {
    if (name_.empty()) return;
    for (const auto& field : recipient_fields) {
      if (same_word(name_, field.name)) {
        take(field.place);
        break;
      }
    }
    if (same_word(name_, "Reporting-MTA")) part_.reporting_mta = value_;
    if (same_word(name_, "Original-Envelope-Id")) part_.envelope_id = value_;
    if (same_word(name_, "X-Original-Message-ID")) part_.original_message_id = value_;
    name_ = {};
    value_.clear();
  }

  // A field begins a new block behind an empty line, and where it comes for the second time.
  void take(std::string StatusBlock::*place) {
    const bool is_again = place == &StatusBlock::final_recipient && !(block_.*place).empty();
    if ((ended_ && names_recipient(block_)) || is_again) finish_block();
    ended_ = false;
    if ((block_.*place).empty()) block_.*place = value_;
  }

  void finish_block() {
    if (is_of_recipient(block_) && part_.blocks.size() < StatusPart::max_blocks) {
      part_.blocks.push_back(std::move(block_));
    }
    block_ = {};
  }

  StatusPart part_;
  StatusBlock block_;
  std::string_view name_;
  std::string value_;
  bool ended_ = false;  // an empty line came
};

}  // namespace

StatusPart read_status_part(std::string_view text) {
  return Reader().read(text);
}

std::string_view diagnostic_text(std::string_view diagnostic) {
  diagnostic = trim(diagnostic);
  const auto semicolon = diagnostic.find(';');
  if (semicolon == std::string_view::npos || semicolon > 24) return diagnostic;
  for (const char c : diagnostic.substr(0, semicolon)) {
    if (!mail::is_letter(c) && c != '-' && !mail::is_digit(c)) return diagnostic;
  }
  return trim(diagnostic.substr(semicolon + 1));
}

}  // namespace todoku::report
