// SPDX-License-Identifier: Apache-2.0
// The way from the bytes of a message to what it reports.
#include "classifier/report/delivery_report.hpp"

namespace todoku::report {

DeliveryReport read(std::string_view mail) {
  DeliveryReport report;
  if (mail.empty()) report.kind_reason = KindReason::empty;
  return report;
}

}  // namespace todoku::report
