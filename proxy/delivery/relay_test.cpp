// SPDX-License-Identifier: Apache-2.0
// What a test mail says of itself stands in lines of its own: "todoku-relay-test-from: ...".
#include "proxy/delivery/relay_test.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/line_ends.hpp"
#include "classifier/mail/mime.hpp"
#include "proxy/delivery/from_address.hpp"
#include "proxy/delivery/header_edit.hpp"
#include "proxy/delivery/mime_text.hpp"
#include "proxy/mailauth/organisational_domain.hpp"

#include <algorithm>
#include <utility>

namespace todoku::delivery {

namespace {

using wire::IpAddress;

constexpr std::string_view mark = "todoku-relay-test-";
constexpr std::size_t most_text = 64UL * 1024;

std::string fact(std::string_view name, const std::string& value) {
  return std::string(mark) + std::string(name) + ": " + one_line(value) + "\r\n";
}

// The value behind "todoku-relay-test-NAME:" at the beginning of a line.
std::string fact_in(std::string_view text, std::string_view name) {
  const auto wanted = std::string(mark) + std::string(name) + ":";
  for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    const auto line = text.substr(at + wanted.size(), text.find('\n', at) - at - wanted.size());
    return std::string(mail::trim(line));
  }
  return {};
}

std::optional<IpAddress> address_in(std::string_view word) {
  constexpr std::string_view brackets = "[]();,";
  while (!word.empty() && brackets.find(word.front()) != brackets.npos) word.remove_prefix(1);
  while (!word.empty() && brackets.find(word.back()) != brackets.npos) word.remove_suffix(1);
  if (mail::begins_with(word, "IPv6:")) word.remove_prefix(5);
  return IpAddress::parse(word);
}

template <class Take>
void each_word(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0 && !take(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// One server's word that it took the message from another (RFC 5321 section 4.4).
struct Hop {
  std::optional<IpAddress> from;
  std::string by;  // a host, lower case
};

Hop hop_of(const std::string& received) {
  Hop hop;
  bool is_by = false;
  each_word(received, [&](std::string_view word) {
    if (is_by) {
      hop.by = mail::lower_copy(word);
      return false;
    }
    is_by = mail::same_word(word, "by");
    if (!hop.from) hop.from = address_in(word);
    return true;
  });
  return hop;
}

// What the receiver itself says of who handed the mail over (RFC 7208 section 9.1).
std::optional<IpAddress> client_of_spf(const mail::Header& header) {
  constexpr std::string_view name = "client-ip=";
  const auto value = header.value("Received-SPF");
  const auto at = value.find(name);
  if (at == std::string::npos) return std::nullopt;
  const auto rest = std::string_view(value).substr(at + name.size());
  return address_in(rest.substr(0, rest.find_first_of("; ")));
}

// The lines stand newest first. The last one is of the relay, to which we spoke; the first server
// above those of its organisation took the mail from it.
std::optional<IpAddress> handed_over_from(const mail::Header& header, std::string_view relay_host) {
  std::vector<Hop> hops;
  for (const auto& field : header.fields()) {
    if (mail::same_word(field.name, "Received")) hops.push_back(hop_of(mail::unfolded(field.body)));
  }
  if (hops.empty()) return std::nullopt;
  const auto relay_itself = hops.back().by;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    if (hops[i].by.empty()) continue;
    const bool is_relays = mailauth::share_organisation(hops[i].by, relay_host) ||
                           mailauth::share_organisation(hops[i].by, relay_itself);
    if (is_relays) return i == 0 ? std::nullopt : hops[i - 1].from;
  }
  return std::nullopt;
}

// By the receiver's own look (RFC 8601): "dkim=pass header.d=example.jp".
void add_signers_told(const mail::Header& header, std::vector<std::string>& signers) {
  auto value = header.value("Authentication-Results");
  std::string_view rest = value;
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (part.find("dkim=pass") == std::string_view::npos) continue;
    each_word(part, [&](std::string_view word) {
      for (const std::string_view name : {"header.d=", "header.i=@"}) {
        if (mail::begins_with(word, name))
          signers.push_back(mail::lower_copy(word.substr(name.size())));
      }
      return true;
    });
  }
}

}  // namespace

std::string relay_test_mail(const RelayTest& test, const std::string& to,
                            const RelayTestWords& words,
                            std::chrono::system_clock::time_point now) {
  auto text = mail::with_crlf(words.text);
  text += "\r\n\r\n" + fact("name", test.fallback) + fact("from", test.from) +
          fact("message-id", test.message_id);
  return "Date: " + mail_date(now) + "\r\nFrom: <" + one_line(test.from) + ">\r\nTo: <" +
         one_line(to) + ">\r\nMessage-ID: " + one_line(test.message_id) +
         "\r\nSubject: " + encoded_words(words.subject) +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         base64_body(text);
}

std::optional<RelayTest> relay_test_in(std::string_view copy) {
  const auto message = mail::read_message(copy);
  for (const auto& part : message.parts) {
    if (part.type != mail::PartType::plain_text) continue;
    std::string storage;
    const auto text = mail::text_of(part, storage, most_text);
    RelayTest test{fact_in(text, "name"), fact_in(text, "from"), fact_in(text, "message-id")};
    if (!test.fallback.empty() && !domain_of(test.from).empty()) return test;
  }
  return std::nullopt;
}

RelayLesson lesson_of(const RelayTest& test, std::string_view copy, std::string_view relay_host,
                      std::vector<std::string> signed_by, Time now) {
  std::string_view body;
  const auto header = mail::Header::read(copy, body);
  RelayLesson lesson;
  lesson.at = now;
  lesson.fallback = test.fallback;
  lesson.from_domain = mail::lower_copy(domain_of(test.from));
  lesson.from_seen = from_address(header.value("From"));
  lesson.rewrites_from = mail::lower_copy(lesson.from_seen) != mail::lower_copy(test.from);
  lesson.return_path = mail::lower_copy(domain_of(from_address(header.value("Return-Path"))));
  lesson.keeps_message_id = header.value("Message-ID") == test.message_id;
  auto outgoing = client_of_spf(header);
  if (!outgoing) outgoing = handed_over_from(header, relay_host);
  if (outgoing) lesson.outgoing.push_back({*outgoing, outgoing->is_v6() ? 128U : 32U});
  add_signers_told(header, signed_by);
  std::ranges::sort(signed_by);
  signed_by.erase(std::unique(signed_by.begin(), signed_by.end()), signed_by.end());
  lesson.signs_as = std::move(signed_by);
  return lesson;
}

}  // namespace todoku::delivery
