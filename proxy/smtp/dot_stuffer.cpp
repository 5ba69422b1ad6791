// SPDX-License-Identifier: Apache-2.0
// Dot-stuffing in bulk copies between the few dots that need it. A dot behind a bare LF is doubled
// as well: such bytes break the contract, and must never be an end mark to a careless relay.
#include "proxy/smtp/dot_stuffer.hpp"

#include <cstring>

namespace todoku::smtp {

void DotStuffer::feed(std::string_view message_bytes, std::string& out) {
  if (message_bytes.empty()) return;
  out.reserve(out.size() + message_bytes.size() + message_bytes.size() / 64 + 8);
  const char* const end = message_bytes.data() + message_bytes.size();
  const char* copied = message_bytes.data();
  if ((at_ == At::line_start || at_ == At::after_bare_lf) && *copied == '.') out.push_back('.');
  const char* at = copied;
  while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
    at = static_cast<const char*>(found) + 1;
    if (at == end) break;
    if (*at == '.') {
      out.append(copied, at);
      out.push_back('.');
      copied = at;
    }
  }
  out.append(copied, end);
  const bool cr_before =
      message_bytes.size() > 1 ? end[-2] == '\r' : at_ == At::after_cr;  // of the last byte
  if (end[-1] == '\n') {
    at_ = cr_before ? At::line_start : At::after_bare_lf;
  } else {
    at_ = end[-1] == '\r' ? At::after_cr : At::in_line;
  }
}

void DotStuffer::finish(std::string& out) {
  if (at_ == At::after_cr) {
    out.append("\n");
  } else if (at_ != At::line_start) {
    out.append("\r\n");
  }
  out.append(".\r\n");
  at_ = At::line_start;
}

}  // namespace todoku::smtp
