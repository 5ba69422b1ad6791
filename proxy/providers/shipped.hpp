// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ids of the providers that are shipped: config/providers/<id>.toml.
#include <array>
#include <string_view>

namespace todoku::providers {

inline constexpr std::array<std::string_view, 30> shipped_ids{
    "amazon-ses",  "arena",    "asahi-net",   "au",          "au-one-net",     "biglobe",
    "conoha-wing", "cpi",      "docomo",      "gmail",       "heteml",         "icloud",
    "iij",         "kagoya",   "line-works",  "lolipop",     "microsoft-365",  "nifty",
    "ocn",         "onamae",   "outlook-com", "plala",       "rakuten-mobile", "sakura",
    "so-net",      "softbank", "xserver",     "yahoo-japan", "ymobile",        "zoho"};

}  // namespace todoku::providers
