// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reports with machine readable fields (RFC 3464), joined with what their text says. Pure.
#include "classifier/report/delivery_report.hpp"
#include "classifier/report/material.hpp"
#include "classifier/report/text_reader.hpp"

namespace todoku::report {

// Fills kind, recipients and hosts; false when there are no such fields, in a part or in the text.
bool read_machine_report(const Material& material, const TextReport& text, DeliveryReport& report);

// X-Failed-Recipients: those that nothing else named.
void add_failed_field(const mail::Header& header, const TextReport& text, DeliveryReport& report);

// When nothing names a recipient, the message that came back does.
void add_from_original(const Material& material, const TextReport& text, DeliveryReport& report);

}  // namespace todoku::report
