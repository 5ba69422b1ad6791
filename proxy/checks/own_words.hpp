// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sender wrote now: without what is quoted, forwarded, or a signature. Pure.
#include "proxy/checks/lists.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace todoku::checks {

// text: UTF-8, line ends "\n". At most max_size octets of it are looked at. The result is a piece
// of text where what is not one's own stands above or below it; else it lies in storage.
[[nodiscard]] std::string_view own_words(std::string_view text, const Lists& lists,
                                         std::string& storage, std::size_t max_size = 65536);
// The same of an HTML text.
[[nodiscard]] std::string own_words_of_html(std::string_view html, const Lists& lists);

}  // namespace todoku::checks
