// SPDX-License-Identifier: Apache-2.0
#pragma once

// The words of an HTML part, for reports that have no other. Pure.
#include <cstddef>
#include <string>
#include <string_view>

namespace todoku::mail {

// Tags, scripts and styles are left out, blocks end lines, the common entities are decoded.
[[nodiscard]] std::string text_from_html(std::string_view html, std::size_t max_size);

}  // namespace todoku::mail
