// SPDX-License-Identifier: Apache-2.0
#pragma once

// The text form in which remembered EHLO answers are kept: one line for each relay, its name and
// then the keywords as an EHLO would give them. Pure.
#include "proxy/smtp/capabilities.hpp"

#include <map>
#include <string>
#include <string_view>

namespace todoku::relay {

using Offers = std::map<std::string, smtp::Capabilities>;  // by "host:port"

[[nodiscard]] std::string write_offers(const Offers& offers);
// Lines that make no sense are left out; never fails.
[[nodiscard]] Offers read_offers(std::string_view text);

}  // namespace todoku::relay
