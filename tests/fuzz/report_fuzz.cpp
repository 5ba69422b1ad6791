// SPDX-License-Identifier: Apache-2.0
// A returned mail of any bytes: a bounded report of whole UTF-8, the same each time.
#include "classifier/mail/charset.hpp"
#include "classifier/report/delivery_report.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace todoku::report;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check(const DeliveryReport& report) {
  check(report.recipients.size() <= 4000 && report.text.size() <= 16 * 1024);
  check(todoku::mail::is_valid_utf8(report.text));
  check(todoku::mail::is_valid_utf8(report.original.subject));
  check(todoku::mail::is_valid_utf8(report.original.message_id));
  for (const auto& one : report.recipients) {
    check(one.diagnostic.size() <= 4096 && one.address.size() <= 512);
    for (const auto* text : {&one.diagnostic, &one.address, &one.final_address, &one.remote_host}) {
      check(todoku::mail::is_valid_utf8(*text));
    }
    check(one.reply_code.empty() || one.reply_code.size() == 3);
    check(one.status.empty() || (one.status.size() >= 5 && one.status[1] == '.'));
  }
  check(report.forwarded.size() <= 1);
  for (const auto& inner : report.forwarded) check(inner);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view mail(reinterpret_cast<const char*>(data), size);
  const auto report = read(mail);
  check(report);
  check(read(mail).recipients.size() == report.recipients.size());
  return 0;
}
