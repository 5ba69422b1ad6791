// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who a letter greets: "青空商事株式会社 / 営業部 山田様". Pure.
#include "proxy/checks/lists.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::checks {

struct Greeting {
  std::vector<std::string> companies;  // without the legal form and blanks
  std::vector<std::string> people;     // before 様, without blanks
};

// text: the sender's own words. Only its first lines can be a greeting.
[[nodiscard]] Greeting greeting_of(std::string_view text, const Lists& lists);

// The company in "株式会社青空商事 山田" or "Aozora Shoji Co., Ltd."; empty when none is named.
[[nodiscard]] std::string company_in(std::string_view line, const Lists& lists);
// Without blanks, also the wide one.
[[nodiscard]] std::string without_blanks(std::string_view text);
// Do the two share a character that is no blank and not ASCII?
[[nodiscard]] bool share_a_character(std::string_view a, std::string_view b);

}  // namespace todoku::checks
