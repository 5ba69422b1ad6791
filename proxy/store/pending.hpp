// SPDX-License-Identifier: Apache-2.0
#pragma once

// What changes that are not written yet cost in memory, and which of them may go when a slow disk
// lets them pile up. Pure.
#include "proxy/store/records.hpp"

#include <cstddef>

namespace todoku::store {

// About so many bytes; the large parts exactly.
[[nodiscard]] std::size_t bytes_of(const Changes& changes);
// Takes the copies out; the messages say then that none is kept.
void drop_copies(Changes& changes);
// Something of it decides whether a message is sent once, and only once.
[[nodiscard]] bool concerns_open_mail(const Changes& changes);

}  // namespace todoku::store
