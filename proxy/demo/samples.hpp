// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sample messages of the demo, as a mail client would make them. Pure: the date and a token for
// the Message-ID come from the caller.
#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::demo {

struct Sample {
  std::string recipient;
  std::string subject;  // UTF-8, for people
  std::string message;  // CRLF lines, headers and body, ready to be sent
};

// date: RFC 5322 3.3, "Tue, 24 Nov 2026 19:40:00 +0000"; token: unique for this run, letters and
// digits.
[[nodiscard]] std::vector<Sample> make_samples(settings::Language language, std::string_view date,
                                               std::string_view token);

// RFC 2045 6.8; the second with CRLF after every 76 characters.
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string base64_lines(std::string_view bytes);
// RFC 2047 encoded words of at most 75 characters, folded; ASCII stays as it is.
[[nodiscard]] std::string encoded_header(std::string_view utf8);

}  // namespace todoku::demo
