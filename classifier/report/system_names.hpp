// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which mail system wrote a report, where its text does not tell: by header fields and hosts. Pure.
#include "classifier/report/delivery_report.hpp"
#include "classifier/report/material.hpp"

#include <string_view>

namespace todoku::report {

// Empty when nothing tells.
[[nodiscard]] std::string_view system_of(const Material& material, const DeliveryReport& report);

}  // namespace todoku::report
