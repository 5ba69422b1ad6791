// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a check saw: a code, its parameters and the place. Sentences are made of it at the edge,
// from config/messages/checks.*.toml. Floor 0.
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::checks {

// The checks; each has a level of the same name in settings::Checks.
enum class Check : std::uint8_t {
  size_upstream,
  size_recipient,
  size_own,
  line_length,
  characters,
  structure,
  sender,
  missing_text,
  html,
  winmail,
  forgotten_attachment,
  risky_attachment,
  encrypted_archive,
  empty_attachment,
  virus,
  many_recipients,
  new_domain,
  company_name,
  keywords,
  mistyped_address,
  blocked_recipients,
  external_recipients,
  own_password,
  same_again,
  rate,
  sudden_rise,
  wording,
  authentication,
};
[[nodiscard]] std::string_view to_string(Check check);
[[nodiscard]] settings::CheckLevel level_of(const settings::Checks& settings, Check check);

// Is one of the checks that look into the message set to hold or refuse? (virus waits for a
// scanner's word, which nobody gives yet.)
[[nodiscard]] bool may_stop_by_content(const settings::Checks& settings);

// Where in the message. What does not apply is empty.
struct Place {
  std::string header;               // "Subject"
  std::optional<std::size_t> part;  // index in Skeleton::parts; 0 = the message itself
  std::string file;                 // the name of that part
  std::uint64_t line = 0;           // of the message, from 1; 0 = not one line
  std::uint64_t character = 0;      // in the part's text, from 1; 0 = not one character
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Finding {
  Check check = Check::structure;
  std::string code;       // "attachment-forgotten": the section [finding.attachment-forgotten]
  Parameters parameters;  // sizes in octets as plain digits
  Place place;
  bool is_advice = false;                                   // told at most, whatever the level
  settings::CheckLevel level = settings::CheckLevel::note;  // what is done about it; set by judge
};

using Findings = std::vector<Finding>;

}  // namespace todoku::checks
