// SPDX-License-Identifier: Apache-2.0
// Mails that were made to hurt: read() ends soon, and what it gives stays small.
#include "classifier/mail/charset.hpp"
#include "classifier/report/delivery_report.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace todoku::report {
namespace {

constexpr std::size_t large = 10 * 1024 * 1024;
// Far above what is needed (some 10 ms, ten times that under sanitizers), far below what a loop
// within a loop would take.
constexpr auto long_time = std::chrono::seconds(10);

std::string repeated(std::string_view piece, std::size_t size) {
  std::string out;
  out.reserve(size + piece.size());
  while (out.size() < size) out += piece;
  return out;
}

std::string numbered(std::size_t count, const std::function<std::string(std::size_t)>& piece) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece(i);
  return out;
}

std::size_t size_of(const DeliveryReport& report) {
  std::size_t size = report.text.size() + report.original.subject.size() +
                     report.original.message_id.size() + report.original.to.size();
  for (const auto& one : report.recipients) {
    size += one.address.size() + one.diagnostic.size() + one.remote_host.size();
  }
  for (const auto& inner : report.forwarded) size += size_of(inner);
  return size;
}

DeliveryReport expect_harmless(std::string_view mail, std::string_view what) {
  const auto begin = std::chrono::steady_clock::now();
  auto report = read(mail);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, long_time) << what;
  EXPECT_LT(size_of(report), 3U * 1024 * 1024) << what;
  EXPECT_LE(report.recipients.size(), 400U) << what;
  EXPECT_TRUE(mail::is_valid_utf8(report.text)) << what;
  return report;
}

constexpr std::string_view server = "From: MAILER-DAEMON@a.example\nSubject: failure notice\n";

TEST(Hostile, deep_and_wide_mime) {
  expect_harmless(numbered(10'000,
                           [](std::size_t i) {
                             const auto name = "b" + std::to_string(i);
                             return "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" +
                                    name + "\n";
                           }),
                  "10,000 deep");
  expect_harmless("Content-Type: multipart/mixed; boundary=b\n\n" + repeated("--b\n\nx\n", 700'000),
                  "100,000 parts");
  expect_harmless(repeated("Content-Type: message/rfc822\n\n", large), "messages in messages");
  expect_harmless("Content-Type: multipart/mixed; boundary=-\n\n" + repeated("-", large),
                  "hyphens");
  expect_harmless("Content-Type: multipart/mixed\n\n" + repeated("--\n", large), "no boundary");
  expect_harmless("Content-Type: multipart/mixed; boundary=" + repeated("b", large) + "\n\n--b\n",
                  "a boundary of 10 MB");
}

TEST(Hostile, large_headers_and_lines) {
  expect_harmless("Subject: " + repeated("x", large), "a field of 10 MB");
  expect_harmless("Subject: x\n" + repeated(" fold\n", large), "10 MB of folds");
  expect_harmless(repeated("X-Field: y\n", large), "a million fields");
  expect_harmless("Subject: " + repeated("=?", large), "words that do not end");
  expect_harmless("Subject: " + repeated("=?utf-8?Q?a?= ", large), "many words");
  expect_harmless("Content-Type: " + repeated(";", large), "parameters without names");
  expect_harmless("From: " + repeated("<@\"", large), "addresses without end");
  expect_harmless(std::string(server) + "\n" + repeated("<a@b.example>: ", large), "one line");
  expect_harmless(std::string(large, '\r'), "carriage returns");
  expect_harmless(std::string(large, '\0'), "zeros");
}

TEST(Hostile, broken_encodings_and_lying_charsets) {
  const std::string base64 = "\nContent-Transfer-Encoding: base64\n\n";
  expect_harmless(std::string(server) + "Content-Type: text/plain" + base64 + repeated("=A", large),
                  "broken base64");
  expect_harmless("Content-Type: message/rfc822" + base64 + repeated("LS1iCg", large),
                  "an encoded message inside");
  for (const std::string_view charset : {"iso-2022-jp", "utf-8", "shift_jis", "utf-7", "utf-16",
                                         "no-such//TRANSLIT", "hz-gb-2312"}) {
    expect_harmless(std::string(server) + "Content-Type: text/plain; charset=" +
                        std::string(charset) + "\n\n" + repeated("\xff\x1b$B\x80+AA", 1'000'000),
                    charset);
  }
  expect_harmless(
      std::string(server) + "Content-Type: text/html\n\n" + repeated("<!-- <style>", large),
      "markup that does not end");
}

TEST(Hostile, reports_without_end) {
  const std::string status = std::string(server) +
                             "Content-Type: multipart/report; boundary=b\n\n--b\n"
                             "Content-Type: message/delivery-status\n\n";
  expect_harmless(status + numbered(100'000,
                                    [](std::size_t i) {
                                      return "Final-Recipient: rfc822; a" + std::to_string(i) +
                                             "@b.example\nAction: failed\n\n";
                                    }),
                  "100,000 recipients");
  expect_harmless(status + "Diagnostic-Code: " + repeated("550 5.1.1 [", large), "a diagnostic");
  expect_harmless(std::string(server) + "\n" +
                      numbered(100'000,
                               [](std::size_t i) {
                                 const auto name = std::to_string(i);
                                 return ">>> RCPT TO:<a" + name + "@b.example>\n<<< 550 no\n";
                               }),
                  "a dialogue");
  expect_harmless(numbered(100'000,
                           [](std::size_t i) {
                             return "From a Tue 2025\nFrom: MAILER-DAEMON\nX: " +
                                    std::to_string(i) + "\n\n<a@b.example>:\nno\n\n";
                           }),
                  "100,000 mails in one file");
  expect_harmless(std::string(server) +
                      "\n{\"notificationType\":\"Bounce\",\"bouncedRecipients\":[" +
                      repeated("{\"emailAddress\":\"a@b.example\"},", large),
                  "JSON");
  expect_harmless("From: a@b.example\nSubject: Fwd: x\n\n" + repeated("> > > x\n", large),
                  "quotes");
}

TEST(Hostile, what_is_no_mail_is_no_bounce) {
  EXPECT_EQ(expect_harmless("", "nothing").kind_reason, KindReason::empty);
  EXPECT_EQ(expect_harmless("\r\n\r\n", "empty lines").kind_reason, KindReason::empty);
  EXPECT_EQ(expect_harmless("\xff\xd8\xff\xe0 JFIF", "a picture").kind, Kind::not_a_bounce);
}

}  // namespace
}  // namespace todoku::report
