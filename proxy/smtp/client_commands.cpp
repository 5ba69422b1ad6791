// SPDX-License-Identifier: Apache-2.0
// MAIL and RCPT lines, and what makes an envelope unfit for them.
#include "proxy/smtp/client_commands.hpp"

#include <algorithm>
#include <charconv>

namespace todoku::smtp {
namespace {

constexpr std::size_t max_value = 1000;  // keeps a command within what relays read (2048)

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

bool has_non_ascii(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Fits between angle brackets: no control, and no space or bracket outside a quoted string.
bool fits_path(std::string_view address) {
  if (address.size() > max_value || has_control(address)) return false;
  bool quoted = false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ' ' || c == '<' || c == '>')) {
      return false;
    }
  }
  return !quoted;
}

// A parameter value as it stands: one word.
bool fits_value(std::string_view value) {
  return value.size() <= max_value && !has_control(value) &&
         value.find(' ') == std::string_view::npos;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

bool is_xtext(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c <= ' ' || c > '~' || c == '=') return false;
    if (c != '+') continue;
    if (i + 2 >= value.size() || !is_hex(value[i + 1]) || !is_hex(value[i + 2])) return false;
    i += 2;
  }
  return true;
}

bool needs_smtputf8(const Envelope& envelope) {
  return envelope.smtputf8 || has_non_ascii(envelope.sender) ||
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const Recipient& r) { return has_non_ascii(r.address); });
}

EnvelopeProblem refusal(bool is_recipient, int code, const char* status, const char* text) {
  return {is_recipient, false, Reply{code, status, text}};
}

void append_sender(std::string& out, const Envelope& envelope, const Capabilities& offered) {
  out.append("MAIL FROM:<").append(envelope.sender).append(">");
  if (offered.has_size && envelope.declared_size) {
    char digits[24];
    const auto written = std::to_chars(digits, digits + sizeof digits, *envelope.declared_size);
    out.append(" SIZE=").append(digits, written.ptr);
  }
  if (offered.eight_bit_mime && envelope.body != BodyType::unspecified) {
    out.append(envelope.body == BodyType::seven_bit ? " BODY=7BIT" : " BODY=8BITMIME");
  }
  if (offered.smtputf8 && needs_smtputf8(envelope)) out.append(" SMTPUTF8");
  if (offered.dsn) {
    if (!envelope.ret.empty()) out.append(" RET=").append(envelope.ret);
    if (!envelope.envelope_id.empty()) {
      out.append(" ENVID=").append(to_xtext(envelope.envelope_id));
    }
  }
  out.append("\r\n");
}

void append_recipient(std::string& out, const Recipient& recipient, const Capabilities& offered) {
  out.append("RCPT TO:<").append(recipient.address).append(">");
  if (offered.dsn) {
    if (!recipient.notify.empty()) out.append(" NOTIFY=").append(recipient.notify);
    if (!recipient.original_recipient.empty()) {
      out.append(" ORCPT=").append(recipient.original_recipient);
    }
  }
  out.append("\r\n");
}

}  // namespace

std::optional<EnvelopeProblem> problem_of(const Envelope& envelope, const Capabilities& offered) {
  if (!fits_path(envelope.sender)) {
    return refusal(false, 501, "5.1.7", "Bad sender address syntax");
  }
  if (offered.dsn && (!fits_value(envelope.ret) || envelope.envelope_id.size() > max_value / 3 ||
                      has_control(envelope.envelope_id))) {
    return refusal(false, 501, "5.5.4", "Bad RET or ENVID parameter");
  }
  if (envelope.recipients.empty()) return refusal(true, 554, "5.5.1", "No valid recipients");
  for (const Recipient& recipient : envelope.recipients) {
    if (recipient.address.empty() || !fits_path(recipient.address)) {
      return refusal(true, 501, "5.1.3", "Bad recipient address syntax");
    }
    if (offered.dsn &&
        (!fits_value(recipient.notify) || !fits_value(recipient.original_recipient))) {
      return refusal(true, 501, "5.5.4", "Bad NOTIFY or ORCPT parameter");
    }
  }
  if (needs_smtputf8(envelope) && !offered.smtputf8) return EnvelopeProblem{false, true, {}};
  return {};
}

void append_commands(std::string& out, std::vector<std::size_t>& ends, const Envelope& envelope,
                     const Capabilities& offered) {
  append_sender(out, envelope, offered);
  ends.push_back(out.size());
  for (const Recipient& recipient : envelope.recipients) {
    append_recipient(out, recipient, offered);
    ends.push_back(out.size());
  }
}

std::string to_xtext(std::string_view value) {
  if (is_xtext(value)) return std::string(value);
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    if (c > ' ' && c <= '~' && c != '+' && c != '=') {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'+', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

}  // namespace todoku::smtp
