// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is said of a fallback relay: by todoku relays, and about a message that it may not carry.
// Values in, text out.
#include "proxy/cli/look.hpp"
#include "proxy/delivery/alignment_record.hpp"
#include "proxy/delivery/relay_lesson.hpp"

#include <cstddef>
#include <string>

namespace todoku::cli {

// Why a fallback may not carry this mail, and what would change that.
[[nodiscard]] std::string withheld_text(const Look& look, const delivery::AlignmentRecord& record,
                                        std::size_t indent);
// What a test mail has shown of a fallback.
[[nodiscard]] std::string lesson_text(const Look& look, const delivery::RelayLesson& lesson,
                                      std::size_t indent);

}  // namespace todoku::cli
