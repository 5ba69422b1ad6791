// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/settle.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/report/codes.hpp"
#include "classifier/report/smtp_words.hpp"

namespace todoku::report {

namespace {

constexpr std::size_t max_diagnostic = 4096;
constexpr std::size_t max_short = 512;

void bound(std::string& text, std::size_t size) {
  if (!mail::is_valid_utf8(text)) text = mail::to_utf8(text, "");
  text.resize(mail::cut_utf8(text, size).size());
}

}  // namespace

void settle(RecipientReport& recipient) {
  bound(recipient.diagnostic, max_diagnostic);
  const auto codes = codes_in(recipient.diagnostic);
  recipient.status = std::string(better_status(status_at(recipient.status), codes.status));
  if (recipient.reply_code.empty()) recipient.reply_code = codes.reply;
  if (recipient.command.empty()) recipient.command = command_named(recipient.diagnostic);
  if (recipient.remote_host.empty() || recipient.remote_ip.empty()) {
    auto peer = peer_named(recipient.diagnostic);
    if (recipient.remote_host.empty()) recipient.remote_host = std::move(peer.host);
    if (recipient.remote_ip.empty()) recipient.remote_ip = std::move(peer.ip);
  }
  for (auto* text : {&recipient.address, &recipient.final_address, &recipient.remote_host,
                     &recipient.remote_ip, &recipient.action}) {
    bound(*text, max_short);
  }
}

}  // namespace todoku::report
