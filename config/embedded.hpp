// SPDX-License-Identifier: Apache-2.0
#pragma once

// The files below config/ as they were when the program was built. Any thread.
#include <string_view>

namespace todoku::config {

// path: below config/, for instance "messages/ja.toml". Empty = there is no such file.
std::string_view embedded(std::string_view path);

}  // namespace todoku::config
