// SPDX-License-Identifier: Apache-2.0
// size: a table
#include "proxy/checks/finding.hpp"

#include <algorithm>
#include <array>

namespace todoku::checks {
namespace {

struct Row {
  Check check;
  std::string_view name;
  settings::CheckLevel settings::Checks::*level;
};

#define TODOKU_CHECK(name) \
  { Check::name, #name, &settings::Checks::name }
constexpr std::array<Row, 28> rows{{
    TODOKU_CHECK(size_upstream),
    TODOKU_CHECK(size_recipient),
    TODOKU_CHECK(size_own),
    TODOKU_CHECK(line_length),
    TODOKU_CHECK(characters),
    TODOKU_CHECK(structure),
    TODOKU_CHECK(sender),
    TODOKU_CHECK(missing_text),
    TODOKU_CHECK(html),
    TODOKU_CHECK(winmail),
    TODOKU_CHECK(forgotten_attachment),
    TODOKU_CHECK(risky_attachment),
    TODOKU_CHECK(encrypted_archive),
    TODOKU_CHECK(empty_attachment),
    TODOKU_CHECK(virus),
    TODOKU_CHECK(many_recipients),
    TODOKU_CHECK(new_domain),
    TODOKU_CHECK(company_name),
    TODOKU_CHECK(keywords),
    TODOKU_CHECK(mistyped_address),
    TODOKU_CHECK(blocked_recipients),
    TODOKU_CHECK(external_recipients),
    TODOKU_CHECK(own_password),
    TODOKU_CHECK(same_again),
    TODOKU_CHECK(rate),
    TODOKU_CHECK(sudden_rise),
    TODOKU_CHECK(wording),
    TODOKU_CHECK(authentication),
}};
#undef TODOKU_CHECK

}  // namespace

std::string_view to_string(Check check) {
  for (const auto& row : rows) {
    if (row.check == check) return row.name;
  }
  return {};
}

bool may_stop_by_content(const settings::Checks& settings) {
  return std::ranges::any_of(rows, [&settings](const Row& row) {
    const bool is_of_envelope = row.check == Check::size_upstream ||
                                row.check == Check::mistyped_address ||
                                row.check == Check::blocked_recipients;
    return !is_of_envelope && row.check != Check::virus &&
           settings.*row.level >= settings::CheckLevel::hold;
  });
}

settings::CheckLevel level_of(const settings::Checks& settings, Check check) {
  for (const auto& row : rows) {
    if (row.check == check) return settings.*row.level;
  }
  return settings::CheckLevel::note;
}

}  // namespace todoku::checks
