// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words of a header field for people: =?charset?B?...?= (RFC 2047), and bare charsets. Pure.
#include <string>
#include <string_view>

namespace todoku::mail {

// value: unfolded. Adjacent encoded words are joined; a broken one stays as it is. UTF-8.
[[nodiscard]] std::string decode_words(std::string_view value);

}  // namespace todoku::mail
