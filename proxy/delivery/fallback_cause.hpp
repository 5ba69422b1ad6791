// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether another relay could cure a failure (ARCHITECTURE: cause, not digit). Pure; the cause
// of a reply comes from the classifier.
#include "classifier/cause.hpp"
#include "proxy/delivery/states.hpp"
#include "proxy/settings/settings.hpp"

#include <optional>

namespace todoku::delivery {

using settings::FallbackCause;

// attempt: where and how it ended; for one recipient of several, with that recipient's own reply.
// cause: the classifier's for that reply, Cause::undefined when there was none. Nothing = never a
// matter of the path: the recipient, the message, its sender, the account, or a lost answer.
[[nodiscard]] std::optional<FallbackCause> curable_cause(const Attempt& attempt, Cause cause);

}  // namespace todoku::delivery
