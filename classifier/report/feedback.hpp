// SPDX-License-Identifier: Apache-2.0
#pragma once

// Complaints and authentication reports: RFC 5965, RFC 6591, and what came before them. Pure.
#include "classifier/report/delivery_report.hpp"
#include "classifier/report/material.hpp"

namespace todoku::report {

// Fills kind and recipients; false when the message is none.
bool read_feedback(const Material& material, DeliveryReport& report);

}  // namespace todoku::report
