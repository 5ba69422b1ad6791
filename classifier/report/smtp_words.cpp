// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/smtp_words.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace todoku::report {

namespace {

using mail::begins_with;
using mail::is_digit;
using mail::is_letter;
using mail::trim;

// size: a table. Lower case; the first that is found counts, so the longer stand first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 52> phrases{{
    {"in reply to end of data", "EOM"},
    {"after end of data", "EOM"},
    {"end of data", "EOM"},
    {"end of message", "EOM"},
    {"final data", "EOM"},
    {"failed after i sent the message", "EOM"},
    {"while sending end of", "EOM"},
    {"while sending message body", "EOM"},
    {"sending end of data", "EOM"},
    {"data send", "EOM"},
    {"[data_end]", "EOM"},
    {"in reply to rcpt", "RCPT"},
    {"after rcpt to", "RCPT"},
    {"after pipelined rcpt", "RCPT"},
    {"after pipelined mail", "MAIL"},
    {"after pipelined data", "DATA"},
    {"rcpt command", "RCPT"},
    {"[rcpt_to]", "RCPT"},
    {"our rcpt to", "RCPT"},
    {"while sending rcpt", "RCPT"},
    {"does not like recipient", "RCPT"},
    {"in rcpt to", "RCPT"},
    {"for rcpt to", "RCPT"},
    {"sent: rcpt to", "RCPT"},
    {"for mail from", "MAIL"},
    {"for text command", "EOM"},
    {"for data command", "DATA"},
    {"error after data", "DATA"},
    {"smtp:rcpt", "RCPT"},
    {"rejected recipient <", "RCPT"},
    {"in reply to mail", "MAIL"},
    {"after mail from", "MAIL"},
    {"mail command", "MAIL"},
    {"[mail_from]", "MAIL"},
    {"our mail from", "MAIL"},
    {"while sending mail from", "MAIL"},
    {"sender was rejected", "MAIL"},
    {"in reply to data", "DATA"},
    {"after data", "DATA"},
    {"our data", "DATA"},
    {"while sending data", "DATA"},
    {"helo handshake", "EHLO"},
    {"in reply to ehlo", "EHLO"},
    {"in reply to helo", "EHLO"},
    {"after ehlo", "EHLO"},
    {"after helo", "EHLO"},
    {"after initial connection", "CONNECT"},
    {"refused to talk to me", "CONNECT"},
    {"receiving the initial server greeting", "CONNECT"},
    {"initial server greeting", "CONNECT"},
    {"starttls", "STARTTLS"},
    {"connect to ", "CONNECT"},
}};

// The rows of phrases by their first letters: those of letter c are
// rows_by_letter[first_row[c]] to rows_by_letter[first_row[c + 1]].
constexpr std::array<std::uint8_t, 129> make_first_row() {
  std::array<std::uint8_t, 129> first{};
  for (std::size_t letter = 0; letter < 128; ++letter) {
    std::uint8_t count = 0;
    for (const auto& row : phrases) count += static_cast<std::size_t>(row.first.front()) == letter;
    first[letter + 1] = static_cast<std::uint8_t>(first[letter] + count);
  }
  return first;
}

constexpr auto first_row = make_first_row();

constexpr std::array<std::uint8_t, phrases.size()> make_rows_by_letter() {
  std::array<std::uint8_t, phrases.size()> rows{};
  auto next = first_row;
  for (std::size_t row = 0; row < phrases.size(); ++row) {
    const auto letter = static_cast<std::size_t>(phrases[row].first.front());
    rows[next[letter]++] = static_cast<std::uint8_t>(row);
  }
  return rows;
}

constexpr auto rows_by_letter = make_rows_by_letter();

bool is_host_char(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_ip_char(char c) {
  return is_digit(c) || c == '.' || c == ':' || (mail::lower(c) >= 'a' && mail::lower(c) <= 'f');
}

bool is_ip(std::string_view text) {
  if (text.size() < 3 || text.size() > 45) return false;
  for (const char c : text) {
    if (!is_ip_char(c)) return false;
  }
  const auto dots = std::count(text.begin(), text.end(), '.');
  const auto colons = std::count(text.begin(), text.end(), ':');
  const bool is_tight =
      is_digit(text.front()) && is_digit(text.back()) && text.find("..") == text.npos;
  return colons >= 2 || (dots == 3 && colons == 0 && is_tight);
}

// The host name that ends text, which may end in blanks.
std::string_view host_before(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '(')) text.remove_suffix(1);
  std::size_t begin = text.size();
  while (begin > 0 && is_host_char(text[begin - 1])) --begin;
  auto host = text.substr(begin);
  while (host.ends_with('.')) host.remove_suffix(1);
  const bool is_name = host.find('.') != host.npos && !is_ip(host) && host.find("..") == host.npos;
  return is_name ? host : std::string_view();
}

std::string_view host_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_host_char(text[end])) ++end;
  auto host = text.substr(0, end);
  while (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !is_letter(text[at - 1]);
}

// A host behind one of the words that lead to it.
std::string_view host_behind_word(std::string_view text) {
  static constexpr std::array<std::string_view, 9> words{
      "talking to ",        "host ",   "host: ",      "server <", "connect to ", "connection with ",
      "conversation with ", "server ", "rejected by "};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char first = mail::lower(text[at]);
    const bool may_begin =
        first == 't' || first == 'h' || first == 's' || first == 'c' || first == 'r';
    if (!may_begin || !begins_word(text, at)) continue;
    for (const auto word : words) {
      if (!begins_with(text.substr(at), word)) continue;
      const auto host = host_at(text.substr(at + word.size()));
      if (host.find('.') != host.npos) return host;
    }
  }
  return {};
}

}  // namespace

std::string_view command_named(std::string_view text) {
  text = text.substr(0, 4096);
  // One pass: at each beginning of a word, the rows with its letter.
  std::size_t best = phrases.size();
  for (std::size_t at = 0; at < text.size() && best > 0; ++at) {
    const auto first = static_cast<unsigned char>(mail::lower(text[at]));
    if (first >= first_row.size() - 1 || first_row[first] == first_row[first + 1U] ||
        !begins_word(text, at)) {
      continue;
    }
    for (std::size_t i = first_row[first]; i < first_row[first + 1U]; ++i) {
      const std::size_t row = rows_by_letter[i];
      if (row < best && begins_with(text.substr(at), phrases[row].first)) best = row;
    }
  }
  return best < phrases.size() ? phrases[best].second : std::string_view();
}

std::string_view command_of_line(std::string_view line) {
  line = trim(line);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> commands{
      {{"rcpt", "RCPT"},
       {"mail", "MAIL"},
       {"data", "DATA"},
       {"bdat", "EOM"},
       {"ehlo", "EHLO"},
       {"helo", "EHLO"},
       {"auth", "AUTH"},
       {"starttls", "STARTTLS"},
       {".", "EOM"}}};
  for (const auto& [word, command] : commands) {
    if (begins_with(line, word)) return command;
  }
  return {};
}

Peer peer_named(std::string_view text) {
  text = text.substr(0, 4096);
  Peer peer;
  for (auto open = text.find('['); open != text.npos; open = text.find('[', open + 1)) {
    const auto close = text.find(']', open);
    if (close == text.npos) break;
    auto inside = text.substr(open + 1, close - open - 1);
    if (begins_with(inside, "ipv6:")) inside.remove_prefix(5);
    const auto host = host_before(text.substr(0, open));
    // An address without a name in front is rather the sender's: "Client host [192.0.2.1] blocked".
    const bool is_peer = !host.empty() || text.substr(close + 1).starts_with(" said");
    if (!is_ip(inside) || !is_peer) continue;
    peer.ip = inside;
    peer.host = host;
    return peer;
  }
  const auto words = begins_with(text, "connected to ") ? text.substr(13) : text;
  if (const auto first = words.substr(0, words.find(' ')); is_ip(first)) {  // qmail
    peer.ip = first;
    return peer;
  }
  peer.host = host_behind_word(text);
  if (is_ip(peer.host)) {
    if (peer.ip.empty()) peer.ip = peer.host;
    peer.host.clear();
  }
  return peer;
}

Peer peer_in_field(std::string_view value) {
  value = trim(value);
  if (const auto semicolon = value.find(';'); semicolon != value.npos && semicolon < 12) {
    value = trim(value.substr(semicolon + 1));
  }
  Peer peer;
  if (value.starts_with('[')) value.remove_prefix(1);
  std::size_t end = 0;
  while (end < value.size() && (is_host_char(value[end]) || value[end] == ':')) ++end;
  auto name = value.substr(0, end);
  while (name.ends_with('.') || name.ends_with(':')) name.remove_suffix(1);
  if (is_ip(name)) {
    peer.ip = name;
  } else {
    peer.host = name;
  }
  for (std::size_t i = end; i < value.size() && peer.ip.empty(); ++i) {
    if (value[i] != '(' && value[i] != '[' && value[i] != '|') continue;
    std::size_t stop = i + 1;
    while (stop < value.size() && is_ip_char(value[stop])) ++stop;
    const auto candidate = value.substr(i + 1, stop - i - 1);
    // Oracle: (TCP|own address|own port|their address|their port)
    if (is_ip(candidate) && value[i] != '|') peer.ip = candidate;
    if (is_ip(candidate) && value[i] == '|' && value.substr(0, i).find('|') != value.npos) {
      peer.ip = candidate;
    }
  }
  return peer;
}

}  // namespace todoku::report
