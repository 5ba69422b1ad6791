// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which ASCII letter a foreign one is taken for by the eye. Pure, any thread.
#include <string>
#include <string_view>

namespace todoku::addresses {

// The domain as it looks: letters with accents, Cyrillic and Greek look-alikes become ASCII; what
// looks like nothing in ASCII stays.
[[nodiscard]] std::string as_it_looks(std::string_view domain);
// A label in which Latin letters stand beside Cyrillic or Greek ones: nobody's own spelling.
[[nodiscard]] bool mixes_alphabets(std::string_view domain);

}  // namespace todoku::addresses
