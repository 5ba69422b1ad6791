// SPDX-License-Identifier: Apache-2.0
// size: a table
#include "classifier/report/phrasebook.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace todoku::report {

namespace {

constexpr std::uint16_t list = opens | recipients_follow;
constexpr std::uint16_t here = opens | recipient_here;
constexpr std::uint16_t weak_here = recipient_here | needs_system;

// size: a table
constexpr Phrase phrase_rows[] = {
    // Postfix and what is built on it
    {"this is the mail system at", opens, "postfix"},
    {"this is the postfix program at", opens, "postfix"},
    {"this is the postfix mail system", opens, "postfix"},
    {"this is the email security gateway at", opens, "postfix"},
    {"i'm sorry to have to inform you that", opens, ""},
    {"i'm sorry to inform you that the message below", opens, ""},
    {"i am sorry to have to inform you that", opens, ""},
    {"this message was created automatically by the mail system", opens, ""},
    {"the mail system", 0, ""},
    {"this is a warning only", opens | warns, "postfix"},
    {"your message could not be delivered for more than", opens | warns, "postfix"},
    {"it will be retried until it is", warns, "postfix"},
    {"for other details, see the local mail logfile", reason_ends, "postfix"},
    {"session aborted, reason:", opens | reason_here, "postfix"},
    {"transcript of session follows", opens | reason_follows, ""},
    {"transcript of smtp session follows", opens | reason_follows, ""},
    // Sendmail, old and new, and gateways that write like it
    {"the following addresses had permanent fatal errors", list, "sendmail"},
    {"the following addresses had transient non-fatal errors", list | warns, "sendmail"},
    {"the following addresses had fatal errors", list, "sendmail"},
    {"the following addresses had permanent delivery errors", list, ""},
    {"the following addresses had delivery errors", list, ""},
    {"the following addresses had delivery problems", list, ""},
    {"the following addresses have delivery notifications", list, "sendmail"},
    {"the following addresses had successful delivery notifications", list | succeeded, "sendmail"},
    {"the following addresses had warnings", list | warns, ""},
    {"the following addresses were not", list, ""},
    {"the following addresses failed", list, ""},
    {"recipients of this delivery", list, "sendmail"},
    {"unsent message follows", opens | original_follows, "sendmail"},
    {"unsent message below", opens | original_follows, ""},
    {"warning: message still undelivered after", opens | warns, "sendmail"},
    {"warning: could not send message for", opens | warns, "sendmail"},
    {"will keep trying until message is", warns, "sendmail"},
    {"this is a warning message only", opens | warns, ""},
    {"you do not need to resend your message", warns, ""},
    {"you do not need to re-send the message", warns, ""},
    {"there is no need to resend your message", warns, ""},
    {"there is no need to re-send", warns, ""},
    {"no action is required on your part", warns, ""},
    {"message could not be delivered for", opens | gave_up, "sendmail"},
    {"message will be deleted from queue", opens | gave_up, "sendmail"},
    {"could not send message for past", opens | warns, "sendmail"},
    // qmail and its relatives
    {"we're sorry. there's a problem with the e-mail address", list, ""},
    {"failed recipient(s)", list, "james"},
    {"error message:", reason_follows, ""},
    {"hi. this is the qmail-send program", opens, "qmail"},
    {"hi. this is the", opens, "qmail"},
    {"this is the qmail program", opens, "qmail"},
    {"i'm afraid i wasn't able to deliver your message to the following", list, "qmail"},
    {"i'm afraid i was not able to deliver your message", list, "qmail"},
    {"i wasn't able to deliver your message to the following", list, "qmail"},
    {"i tried to deliver a bounce message to this address", list, "qmail"},
    {"this is a permanent error; i've given up", list, "qmail"},
    {"your message has been enqueued by", opens, ""},
    {"sorry, we were unable to deliver your message to the following", list, "yahoo"},
    {"unable to deliver message to the following address", list, ""},
    {"unable to deliver your message to the following", list, ""},
    {"message from yahoo", opens, "yahoo"},
    {"message from ", needs_system, ""},
    {"your delivery to the following address has been failed", list, ""},
    {"below this line is a copy of", original_follows, ""},
    {"below this line is the original bounce", original_follows, ""},
    {"enclosed is a copy of", original_follows, ""},
    {"included is a copy of", original_follows, ""},
    {"below is a copy of the original message", original_follows, ""},
    {"the header of the original message", original_follows, ""},
    {"returned message below", original_follows, ""},
    {"undelivered message follows", original_follows, ""},
    // Exim and its variants
    {"this message was created automatically by mail delivery software", opens, "exim"},
    {"this message was created automatically by", opens, ""},
    {"a message that you sent could not be delivered", opens, "exim"},
    {"a message that you have sent could not be delivered", opens, ""},
    {"a message that you sent contained", opens, "exim"},
    {"a message that you sent has not yet been delivered", opens | warns, "exim"},
    {"a message that you sent has not", opens | warns, "exim"},
    {"a message that you sent was rejected", opens, "exim"},
    {"a message sent by", opens, "exim"},
    {"a message from you could not be delivered", list, ""},
    {"incorrectly constructed", list, "exim"},
    {"the following address(es) failed", list, "exim"},
    {"the following address failed", list, "exim"},
    {"the following address", recipients_follow, ""},
    {"address(es) failed", list, "exim"},
    {"failed:", recipients_follow, ""},
    {"the address to which the message has not yet been delivered", list | warns, "exim"},
    {"the addresses to which the message has not yet been delivered", list | warns, "exim"},
    {"delivery attempts will continue", warns, "exim"},
    {"the following text was generated during the delivery attempt", reason_follows, "exim"},
    {"this is a copy of the message", original_follows, "exim"},
    {"this is a copy of your message", original_follows, "exim"},
    {"this address has been ignored", reason_ends, "exim"},
    {"this is a permanent error", opens | recipients_follow, ""},
    {"no valid recipients", opens | reason_here, "exim"},
    {"diese nachricht wurde automatisch", opens, ""},
    {"ihre nachricht konnte nicht zugestellt werden", list, ""},
    {"ihre e-mail konnte nicht zugestellt werden", list, ""},
    {"eine nachricht, die sie gesendet haben", opens, ""},
    {"die folgende adresse", list, ""},
    {"die folgenden adressen", list, ""},
    {"folgende adresse", list, ""},
    {"unfortunately, your message to the following", list, ""},
    {"к сожалению, ваше письмо не может быть доставлено", list, "mail.ru"},
    {"рекомендуем вам проверить", reason_ends, "mail.ru"},
    // Google
    {"delivery to the following recipient failed", list, "gmail"},
    {"delivery to the following recipients failed", list, ""},
    {"delivery to the following recipient has been delayed", list | warns, "gmail"},
    {"delivery to the following recipients has been delayed", list | warns, ""},
    {"delevery to the following recipients was aborted", list | gave_up, ""},
    {"delivery to the following recipients was aborted", list | gave_up, ""},
    {"delivery to the following", list, ""},
    {"message will be retried for", opens | warns, "gmail"},
    {"gmail will retry for", opens | warns, "gmail"},
    {"technical details of permanent failure", opens | reason_follows, "gmail"},
    {"technical details of temporary failure", opens | reason_follows, "gmail"},
    {"technical details", reason_follows, ""},
    {"the response was", opens | reason_follows, "gmail"},
    {"the response from the remote server was", opens | reason_follows, "gmail"},
    {"the reason for the problem", opens | reason_follows, "amazon-ses"},
    {"your message wasn't delivered to", here, "gmail"},
    {"there was a problem delivering your message to", here, "gmail"},
    {"there was a temporary problem delivering your message to", here | warns, "gmail"},
    {"the following message to", here, ""},
    {"original message", original_follows, ""},
    {"the original message was received at", opens, "sendmail"},
    {"the original message headers", original_follows, ""},
    {"the original message", 0, ""},
    // Microsoft
    {"did not reach the following recipient", list, "exchange"},
    {"could not be delivered to the following recipient", list, ""},
    {"your message did not reach some or all of the intended recipients", opens, "exchange"},
    {"the following recipient(s) could not be reached", list, "exchange"},
    {"the following recipient(s) cannot be reached", list, "exchange"},
    {"delivery has failed to these recipients", list, "exchange"},
    {"delivery is delayed to these recipients", list | warns, "exchange"},
    {"diagnostic information for administrators", opens | recipients_follow, "exchange"},
    {"generating server", opens, "exchange"},
    {"original message headers", original_follows, "exchange"},
    {"your message", fields_follow, ""},
    {"échec de la remise pour ces destinataires", list, "exchange"},
    {"fehler bei der nachrichtenzustellung an folgende", list, "exchange"},
    {"impossibile recapitare il messaggio ai seguenti", list, "exchange"},
    {"informations de diagnostic pour les administrateurs", opens | recipients_follow, "exchange"},
    {"diagnoseinformationen für administratoren", opens | recipients_follow, "exchange"},
    {"informazioni di diagnostica per gli amministratori", opens | recipients_follow, "exchange"},
    // Domino and Notes
    {"was not delivered to", list, "domino"},
    {"because:", opens | reason_follows, "domino"},
    {"failure reasons", opens | reason_follows | recipients_follow, "notes"},
    {"returned message", original_follows, ""},
    {"what is the recipient", reason_ends, ""},
    {"what should you do", reason_ends, "domino"},
    // Japanese carriers, providers and gateways
    {"each of the following recipients was rejected by a remote", list, "ezweb"},
    {"the following recipients did not receive", list, ""},
    {"the user(s) account is disabled", opens | reason_here | recipients_follow, "ezweb"},
    {"the user(s) account is temporarily", opens | reason_here | recipients_follow, "ezweb"},
    {"the user(s) account is", opens | reason_here | recipients_follow, "ezweb"},
    {"the following recipients", list, ""},
    {"could not be delivered to", here, ""},
    {"your mail sent on", opens, "kddi"},
    {"your mail attempted to be delivered on", opens, "kddi"},
    {"as their mailbox is full", opens | reason_here, "kddi"},
    {"due to the following", opens | reason_follows, "kddi"},
    {"以下のメールアドレスへの送信に失敗しました", list, "m-filter"},
    {"server message", opens | reason_follows, "m-filter"},
    {"サーバーメッセージ", opens | reason_follows, "m-filter"},
    {"original mail info", original_follows, "m-filter"},
    {"次のあて先へのメッセージはエラーのため送信できませんでした", opens, "ezweb"},
    {"次のあて先へのメッセージ", opens, ""},
    {"以下の宛先に", list, ""},
    {"次の宛先に", list, ""},
    {"下記の宛先に", list, ""},
    {"以下の受信者に", list, ""},
    {"このメールは配信できませんでした", opens, ""},
    {"メールを送信できませんでした", opens, ""},
    {"メールを配信できませんでした", opens, ""},
    {"duplicated message-id in", here | reason_here, "fml"},
    {"loop alert", opens | reason_here, "fml"},
    {"sorry, this mail was rejected", opens | reason_here, "fml"},
    {"new ml admin", 0, "fml"},
    {"original mail as follows", opens | original_follows, "fml"},
    {"original mail follows", original_follows, ""},
    // One sentence with the address in it
    {"there was an error delivering your mail to", here | reason_follows, "dragonfly"},
    {"message headers follow", original_follows, ""},
    {"invalid final delivery userid", here | reason_here, "imail"},
    {"undeliverable to", here, "imail"},
    {"unknown user", here | reason_here | needs_system, "imail"},
    {"unknown host", here | reason_here | needs_system, "imail"},
    {"user mailbox exceeds allowed size", here | reason_here, "imail"},
    {"delivery failed 20 attempts", here | reason_here | gave_up, "imail"},
    {"delivery failed", weak_here, ""},
    {"smtp host unknown", here | reason_here | needs_system, "imail"},
    {"user's mailbox is full", here | reason_here, ""},
    {"body of message generated response", opens | reason_follows, "imail"},
    {"original message follows", opens | original_follows, ""},
    {"error message below", opens | reason_follows, ""},
    {"could not be delivered because of", opens | reason_follows, "mailmarshal"},
    {"additional information", reason_ends, ""},
    {"non-delivered information", opens | reason_follows, "biglobe"},
    {"[status: error, address:", here | reason_here, "zoho"},
    {"[status: failed, address:", here | reason_here, "zoho"},
    {"sent <<<", 0, "interscan"},
    {"your message to the following", list, "courier"},
    {"delayed mail", opens | warns, "courier"},
    {"message delivery failed to the following", list, ""},
    {"message delivery to the following", list, ""},
    {"mail delivery to the following", list, ""},
    {"delivery of your message to the following", list, ""},
    {"i couldn't deliver", list, ""},
    {"couldn't deliver the message to the following", list, "exchange"},
    {"your message wasn't delivered because", opens | reason_here, ""},
    {"your message was rejected by", opens | reason_here, ""},
    {"your email to", weak_here, ""},
    {"the error that the other server returned was", opens | reason_follows, "gmail"},
    {"there was an error while attempting to deliver", list, ""},
    {"the recipient's mailbox is full", opens | reason_here, ""},
    {"the user you are trying to contact", opens | reason_here, ""},
    {"sorry, your message could not be delivered to", here, ""},
    {"sorry, i couldn't deliver", list, ""},
    {"sorry, i wasn't able to deliver", list, ""},
    {"sorry your message to", here | reason_here, "yahoo"},
    {"message could not be delivered to mobile", opens | reason_follows, "verizon"},
    {"error: invalid user address", opens, "verizon"},
    {"message details", fields_follow, ""},
    {"rcpt to:", recipient_here, ""},
    {"recipient:", recipient_here, ""},
    {"recipient address", weak_here, "oracle"},
    {"addressed to", weak_here, "surfcontrol"},
    {"failed to send to identified host", opens | reason_follows, "surfcontrol"},
    {"message non-deliverable", opens, "surfcontrol"},
    {"unable to deliver message to", here, ""},
    {"reason: unable to deliver message to", here | reason_here, "interscan"},
    {"unable to deliver mail to", here, ""},
    {"delivery failed for the following reason", opens | reason_follows, "mailfoundry"},
    {"this has been a permanent failure", gave_up | reason_ends, "mailfoundry"},
    {"message was not delivered to", here, ""},
    {"your message to", weak_here, ""},
    {"your message could not be sent", opens, ""},
    {"your message could not be delivered to the following", list, ""},
    {"your message could not be delivered to", here, ""},
    {"your message couldn't be delivered to", here, ""},
    {"your message cannot be delivered to the following", list, "oracle"},
    {"your message can't be delivered to", here, ""},
    {"your message was not delivered to", here, ""},
    {"your message has encountered delivery problems", list, "opensmtpd"},
    {"your message has been enqueued and undeliverable", opens | warns | recipients_follow,
     "oracle"},
    {"message could not be delivered to", here, ""},
    {"mail could not be delivered to", here, ""},
    {"the following mail could not be delivered", opens, "interscan"},
    {"the following message could not be delivered", opens, ""},
    {"the message was not relayed to", list, "amavis"},
    {"the message was not delivered to", list, ""},
    {"the message could not be delivered to", here, ""},
    {"we had trouble delivering your message", opens | fields_follow, "x6"},
    {"smtp server <", here | reason_here, "x6"},
    {"the attachment contains the original mail headers", reason_ends, ""},
    {"an email that you attempted to send to the following", list, "mimecast"},
    {"the problem appears to be", opens | reason_follows, "mimecast"},
    {"additional information follows", opens | reason_follows, "mimecast"},
    {"this condition occurred after", reason_ends, "mimecast"},
    {"an error occurred while trying to deliver the mail to the following", list, "amazon-ses"},
    {"an error occurred while trying to deliver", opens, ""},
    {"an error has occurred while attempting to deliver a message for", opens, "opensmtpd"},
    {"a message is delayed for more than", opens | warns, "opensmtpd"},
    {"list of recipients", recipients_follow, "opensmtpd"},
    {"the following list of recipients", list, "opensmtpd"},
    {"please note that this is only a temporary failure report", warns, "opensmtpd"},
    {"the message is kept in the queue for", warns, "opensmtpd"},
    {"the following recipients have not yet received your message", list | warns, ""},
    {"this is only a notification about a delay", opens | warns, ""},
    {"this is a delivery status notification from", opens, "courier"},
    {"this is an automatically generated delivery status notification", opens, ""},
    {"undeliverable mail", opens, "courier"},
    {"was blocked by our spam firewall", opens | reason_here, "barracuda"},
    {"delivery failure", needs_system, ""},
    {"i was unable to deliver", list, ""},
    {"we were unable to deliver", list, ""},
    {"it was not possible to deliver", list, ""},
    {"if you require further information", reason_ends, ""},
    {"recommended actions", reason_ends, ""},
    {"how to fix it", reason_ends, ""},
    {"more info for email admins", 0, ""},
    {"please verify", reason_ends, ""},
    {"message header follows", original_follows, ""},
    {"message headers follow", original_follows, ""},
    {"message follows", original_follows, ""},
    {"header of the original message", original_follows, ""},
    {"your original message", original_follows, ""},
    {"the original mail", original_follows, ""},
    {"original mail header", original_follows, ""},
    {"original headers", original_follows, ""},
    {"forwarded message", original_follows, ""},
    {"begin forwarded message", original_follows, ""},
    {"this message is in mime format", 0, ""},
};

constexpr std::size_t row_count = std::size(phrase_rows);

// Sorted once by the compiler; longer rows first among those that begin alike.
constexpr std::array<Phrase, row_count> sorted() {
  std::array<Phrase, row_count> rows{};
  for (std::size_t i = 0; i < row_count; ++i) rows[i] = phrase_rows[i];
  std::sort(rows.begin(), rows.end(), [](const Phrase& a, const Phrase& b) {
    const auto x = static_cast<unsigned char>(a.begins.front());
    const auto y = static_cast<unsigned char>(b.begins.front());
    return x != y ? x < y : a.begins.size() > b.begins.size();
  });
  return rows;
}

constexpr auto rows = sorted();

// Where the rows of each first letter begin.
constexpr std::array<std::uint16_t, 257> first_rows() {
  std::array<std::uint16_t, 257> first{};
  std::size_t row = 0;
  for (std::size_t letter = 0; letter < 256; ++letter) {
    while (row < row_count && static_cast<unsigned char>(rows[row].begins.front()) < letter) ++row;
    first[letter] = static_cast<std::uint16_t>(row);
  }
  first[256] = static_cast<std::uint16_t>(row_count);
  return first;
}

constexpr auto first_row = first_rows();

}  // namespace

const Phrase* find_phrase(std::string_view sentence) {
  if (sentence.empty()) return nullptr;
  const auto letter = static_cast<unsigned char>(mail::lower(sentence.front()));
  for (std::size_t row = first_row[letter]; row < first_row[letter + 1U]; ++row) {
    if (mail::begins_with(sentence, rows[row].begins)) return &rows[row];
  }
  return nullptr;
}

}  // namespace todoku::report
