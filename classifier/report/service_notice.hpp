// SPDX-License-Identifier: Apache-2.0
#pragma once

// Notices of sending services that come as JSON in the text: Amazon SES through SNS. Only the few
// members that are needed are looked for; broken JSON gives what is readable. Pure.
#include "classifier/report/delivery_report.hpp"

#include <string_view>

namespace todoku::report {

// Fills kind, recipients and original; false when text is no such notice.
bool read_service_notice(std::string_view text, DeliveryReport& report);

}  // namespace todoku::report
