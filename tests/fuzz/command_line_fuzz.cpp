// SPDX-License-Identifier: Apache-2.0
// One command line: any bytes are parsed or refused with an enhanced code.
#include "proxy/smtp/command.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace todoku::smtp;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const Command command = parse_command(line);
  Capabilities told;
  told.dsn = size % 2 == 0;
  told.smtputf8 = true;
  Envelope envelope;
  const auto mail = read_mail(command.argument, told, envelope);
  Recipient recipient;
  const auto rcpt = read_rcpt(command.argument, told, true, recipient);
  if ((mail && mail->status.empty()) || (rcpt && rcpt->status.empty())) std::abort();
  if (!rcpt && recipient.address.find_first_of("\r\n") != std::string::npos) std::abort();
  return 0;
}
