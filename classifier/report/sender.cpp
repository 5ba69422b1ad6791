// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/sender.hpp"

#include "classifier/mail/ascii.hpp"

#include <array>
#include <span>

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::has_word;
using mail::same_word;

constexpr std::array<std::string_view, 15> server_names{
    "mdaemon",       "mailer-daemon", "postmaster",      "poostmaster", "post_master",
    "mail delivery", "mail.delivery", "delivery system", "maildaemon",  "mail daemon",
    "mailer daemon", "mail deliver",  "mail-daemon",     "mail system", "maildelivery"};

constexpr std::array<std::string_view, 27> failure_words{"mdaemon notification",
                                                         "undeliver",
                                                         "returned mail",
                                                         "failure notice",
                                                         "delivery status",
                                                         "delivery report",
                                                         "delivery notification",
                                                         "non-delivery",
                                                         "not delivered",
                                                         "be delivered",
                                                         "returned to sender",
                                                         "mail system error",
                                                         "delivery failure",
                                                         "unzustellbar",
                                                         "non remis",
                                                         "nicht zugestellt",
                                                         "error sending your mail",
                                                         "non recapitabile",
                                                         "no entregado",
                                                         "配信不能",
                                                         "配信できません",
                                                         "送信できません",
                                                         "送信エラー",
                                                         "不達",
                                                         "エラーメール",
                                                         "届きません",
                                                         "配送できません"};

// Words that tell of a failure only together with the mail that failed.
constexpr std::array<std::string_view, 7> trouble_words{"failure", "failed",  "rejected", "blocked",
                                                        "error",   "problem", "bounce"};
constexpr std::array<std::string_view, 4> mail_words{"mail", "message", "deliver", "recipient"};

constexpr std::array<std::string_view, 8> delay_words{"delay",
                                                      "warning: could not send",
                                                      "warning: message",
                                                      "still being retried",
                                                      "not yet been delivered",
                                                      "verzögert",
                                                      "遅延",
                                                      "warning--could not send"};

constexpr std::array<std::string_view, 22> automatic_subjects{"auto:",
                                                              "auto reply",
                                                              "automatic reply",
                                                              "auto-reply",
                                                              "autoreply",
                                                              "automated reply",
                                                              "out of office",
                                                              "out of the office",
                                                              "auto response",
                                                              "auto-response",
                                                              "autoresponse",
                                                              "automatic response",
                                                              "on vacation",
                                                              "abwesenheit",
                                                              "automatische antwort",
                                                              "réponse automatique",
                                                              "respuesta automática",
                                                              "不在",
                                                              "自動応答",
                                                              "自動返信",
                                                              "自動送信",
                                                              "vacation"};

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  for (const auto word : words) {
    if (has_word(text, word)) return true;
  }
  return false;
}

// Programs that speak of themselves as such: not a person, whatever mail client field they write.
constexpr std::array<std::string_view, 12> program_names{
    "no-reply",   "noreply", "-admin@", "root@",     "daemon",       "do-not-reply",
    "donotreply", "owner-",  "-owner@", "-bounces@", "notification", "mailserver"};

bool is_null_path(std::string_view path) {
  return path == "<>" || path == "< >" || begins_with(path, "<mailer-daemon");
}

bool answers_or_forwards(std::string_view subject) {
  for (const std::string_view mark :
       {"re:", "fwd:", "fw:", "aw:", "wg:", "tr:", "転送:", "返信:"}) {
    if (begins_with(subject, mark)) return true;
  }
  return false;
}

}  // namespace

Sender sender_of(const mail::Header& header, std::string_view subject) {
  const auto from = header.raw("From").substr(0, 400);
  if (has_any(from, server_names) || from == "<>") return Sender::mail_server;
  const auto path = header.raw("Return-Path");
  if (is_null_path(path) && !has_automatic_subject(subject)) return Sender::mail_server;
  const bool is_program = header.has("Auto-Submitted") || has_any(from, program_names);
  if (is_program && !begins_with(subject, "fw")) return Sender::unknown;
  const bool is_answer = header.has("In-Reply-To") || header.has("References");
  const bool has_client = header.has("User-Agent") || header.has("X-Mailer");
  if (answers_or_forwards(subject) || is_answer || has_client) return Sender::person;
  return Sender::unknown;
}

bool tells_of_failure(std::string_view subject) {
  subject = subject.substr(0, 400);
  return has_any(subject, failure_words) ||
         (has_any(subject, trouble_words) && has_any(subject, mail_words));
}

bool tells_of_delay(std::string_view subject) {
  subject = subject.substr(0, 400);
  return has_any(subject, delay_words) && !has_word(subject, "failed");
}

bool has_automatic_field(const mail::Header& header) {
  if (begins_with(header.raw("Auto-Submitted"), "auto-replied")) return true;
  if (begins_with(header.raw("Precedence"), "auto_reply")) return true;
  if (begins_with(header.raw("X-Autoreply"), "yes")) return true;
  if (begins_with(header.raw("X-Precedence"), "auto_reply")) return true;
  for (const std::string_view name : {"X-Autorespond", "X-Auto-Reply", "X-Vacation",
                                      "X-Autoreply-From", "X-Mail-Autoreply", "Auto-Reply"}) {
    if (header.has(name)) return true;
  }
  return false;
}

bool has_automatic_subject(std::string_view subject) {
  for (const std::string_view mark : {"re: ", "aw: "}) {
    if (begins_with(subject, mark)) subject.remove_prefix(mark.size());
  }
  for (const auto begin : automatic_subjects) {
    if (begins_with(subject, begin)) return true;
  }
  return has_word(subject, "out of office") || has_word(subject, "自動応答") ||
         has_word(subject, "自動返信") || has_word(subject, "不在のお知らせ") ||
         has_word(subject, "不在通知");
}

}  // namespace todoku::report
