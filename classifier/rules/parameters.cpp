// SPDX-License-Identifier: Apache-2.0
// Plain searching, no patterns: each finder looks for the few words that introduce its value.
#include "classifier/rules/parameters.hpp"

#include "classifier/rules/judge.hpp"
#include "classifier/rules/literal_scanner.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace todoku::rules {

namespace {

constexpr std::size_t longest_looked_at = 4096;
constexpr std::size_t longest_value = 253;
constexpr auto npos = std::string_view::npos;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_host(char c) {
  return is_alnum(c) || c == '.' || c == '-' || c == '_';
}
bool is_space(char c) {
  return static_cast<unsigned char>(c) <= 0x20;
}

// The text, and the same in lower case with line ends as spaces; places agree.
struct Words {
  std::string_view text;
  std::string lower;

  explicit Words(std::string_view original)
      : text(original.substr(0, longest_looked_at)), lower(text) {
    for (char& c : lower) {
      if (is_space(c)) c = ' ';
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
    }
  }
  [[nodiscard]] std::size_t after(std::string_view words, std::size_t from = 0) const {
    const auto at = lower.find(words, from);
    return at == npos ? npos : at + words.size();
  }
  [[nodiscard]] std::size_t after_any(std::initializer_list<std::string_view> many) const {
    for (const auto words : many) {
      if (const auto at = after(words); at != npos) return at;
    }
    return npos;
  }
};

std::size_t skip(std::string_view text, std::size_t at, std::string_view what) {
  while (at < text.size() && (is_space(text[at]) || what.find(text[at]) != npos)) ++at;
  return at;
}

template <typename Is>
std::string_view run(std::string_view text, std::size_t at, Is is) {
  auto end = at;
  while (end < text.size() && end - at < longest_value && is(text[end])) ++end;
  return text.substr(at, end - at);
}

// A host name with a dot that does not end in digits only; empty = none at that place.
std::string host_at(std::string_view text, std::size_t at) {
  if (at == npos || at >= text.size()) return {};
  auto host = run(text, at, is_host);
  while (!host.empty() && (host.back() == '.' || host.back() == '-')) host.remove_suffix(1);
  const auto dot = host.rfind('.');
  if (dot == npos || dot + 1 >= host.size() || is_digit(host[dot + 1])) return {};
  return std::string(host);
}

std::string ip_at(std::string_view text, std::size_t at) {
  if (at == npos || at >= text.size()) return {};
  const auto found = run(text, at, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  });
  auto value = found;
  while (!value.empty() && (value.back() == '.' || value.back() == ':')) value.remove_suffix(1);
  const auto dots = std::count(value.begin(), value.end(), '.');
  const auto colons = std::count(value.begin(), value.end(), ':');
  const bool is_v4 = dots == 3 && colons == 0 && value.size() >= 7 && value.size() <= 15 &&
                     value.find_first_not_of("0123456789.") == npos && value.find("..") == npos;
  const bool is_v6 = colons >= 2 && value.size() <= 45;
  const auto end = at + value.size();
  const bool goes_on = end < text.size() && is_alnum(text[end]);
  return (is_v4 || is_v6) && !goes_on ? std::string(value) : std::string();
}

// The sending server's address. "host mx[192.0.2.9] said:" introduces the receiver's own, so the
// search begins behind it.
std::string find_ip(const Words& words) {
  auto at = words.after("] said:");
  if (at == npos) at = 0;
  for (; at < words.text.size(); ++at) {
    if (!is_digit(words.text[at]) && words.text[at] != '[') continue;
    const bool is_inside = at > 0 && is_host(words.text[at - 1]);
    if (is_inside) continue;
    auto start = words.text[at] == '[' ? at + 1 : at;
    if (words.lower.compare(start, 5, "ipv6:") == 0) start += 5;
    if (auto ip = ip_at(words.text, start); !ip.empty()) return ip;
  }
  return {};
}

std::string find_url(const Words& words) {
  auto at = words.lower.find("https://");
  at = std::min(at, words.lower.find("http://"));
  if (at == npos) return {};
  auto url = run(words.text, at, [](char c) {
    return !is_space(c) && std::string_view("<>\"'`{}|\\^[]").find(c) == npos &&
           static_cast<unsigned char>(c) < 0x80;
  });
  while (!url.empty() && std::string_view(".,;:!?)").find(url.back()) != npos) url.remove_suffix(1);
  return std::string(url);
}

// size: a table
constexpr std::array<std::pair<std::string_view, std::string_view>, 34> known_lists{{
    {"spamhaus", "Spamhaus"},
    {"spamcop", "SpamCop"},
    {"barracuda", "Barracuda"},
    {"s3140", "S3140"},
    {"s3150", "S3150"},
    {"sorbs", "SORBS"},
    {"uceprotect", "UCEPROTECT"},
    {"abusix", "Abusix"},
    {"mailspike", "Mailspike"},
    {"psbl.", "PSBL"},
    {"surriel", "PSBL"},
    {"invaluement", "Invaluement"},
    {"senderscore", "Sender Score"},
    {"senderbase", "Cisco Talos"},
    {"talosintelligence", "Cisco Talos"},
    {"cloudmark", "Cloudmark"},
    {"proofpoint", "Proofpoint"},
    {"trendmicro", "Trend Micro"},
    {"mail-abuse.org", "Trend Micro"},
    {"dnswl", "DNSWL"},
    {"njabl", "NJABL"},
    {"spfbl", "SPFBL"},
    {"manitu", "NiX Spam"},
    {"nixspam", "NiX Spam"},
    {"rbl.jp", "RBL.jp"},
    {"mcafee", "McAfee"},
    {"symantec", "Symantec"},
    {"messagelabs", "Symantec"},
    {"mimecast", "Mimecast"},
    {"surbl", "SURBL"},
    {"uribl", "URIBL"},
    {"backscatterer", "Backscatterer"},
    {"spamrats", "SpamRATS"},
    {"0spam", "0Spam"},
}};

constexpr std::array before_a_list{
    std::string_view(" using "),         std::string_view("listed by "),
    std::string_view("listed in "),      std::string_view("listed on "),
    std::string_view("listed at "),      std::string_view("blocked by "),
    std::string_view("blocklist "),      std::string_view("blacklist "),
    std::string_view("blacklisted at "), std::string_view("blacklisted by "),
    std::string_view("rbl: "),           std::string_view("dnsbl ")};

// One look at the text for all the words at once: most texts hold none of them.
std::vector<int> words_about_lists(std::string_view text) {
  static const LiteralScanner scanner([] {
    std::vector<std::string> all;
    for (const auto& [word, name] : known_lists) all.emplace_back(word);
    for (const auto word : before_a_list) all.emplace_back(word);
    return all;
  }());
  return scanner.find(text);
}

std::string find_blocklist(const Words& words) {
  const auto found = words_about_lists(words.lower);
  if (found.empty()) return {};
  const auto first = static_cast<std::size_t>(*std::ranges::min_element(found));
  if (first < known_lists.size()) return std::string(known_lists.at(first).second);
  for (const auto before : before_a_list) {
    for (auto at = words.after(before); at != npos; at = words.after(before, at)) {
      auto host = host_at(words.text, skip(words.text, at, "[(<\"':"));
      if (!host.empty()) return host;
    }
  }
  return {};
}

// "10240000", "25 MB", "10.5 MiB" at that place.
std::string amount_at(const Words& words, std::size_t at) {
  const auto number =
      run(words.text, at, [](char c) { return is_digit(c) || c == '.' || c == ','; });
  if (number.empty() || !is_digit(number[0])) return {};
  auto value = number;
  while (!value.empty() && !is_digit(value.back())) value.remove_suffix(1);
  auto end = skip(words.text, at + value.size(), "");
  const auto unit = run(words.text, end, [](char c) { return is_alnum(c); });
  static constexpr std::array units{"kb",   "mb",     "gb",        "k",        "m",
                                    "g",    "kib",    "mib",       "gib",      "bytes",
                                    "byte", "octets", "kilobytes", "megabytes"};
  std::string lower(unit);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c;
  const bool has_unit = std::find(units.begin(), units.end(), lower) != units.end();
  return std::string(value) + (has_unit ? " " + std::string(unit) : "");
}

// The first amount of at least two digits within a few words behind one of the openings.
std::string amount_after(const Words& words, std::initializer_list<std::string_view> openings) {
  constexpr std::size_t near = 60;
  for (const auto opening : openings) {
    const auto start = words.after(opening);
    if (start == npos) continue;
    for (auto at = start; at < std::min(words.text.size(), start + near); ++at) {
      if (!is_digit(words.text[at]) ||
          (at > 0 && (is_host(words.text[at - 1]) || words.text[at - 1] == '#')))
        continue;
      auto amount = amount_at(words, at);
      if (amount.size() >= 2) return amount;
    }
  }
  return {};
}

std::string find_wait(const Words& words) {
  static constexpr std::array units{"second", "sec", "minute", "min", "hour", "day"};
  for (std::size_t at = 0; at < words.lower.size(); ++at) {
    if (!is_digit(words.lower[at]) || (at > 0 && is_host(words.lower[at - 1]))) continue;
    const auto number = run(words.lower, at, is_digit);
    const auto unit_at = skip(words.lower, at + number.size(), "");
    const auto unit = run(words.lower, unit_at, [](char c) { return c >= 'a' && c <= 'z'; });
    const bool is_time = std::any_of(units.begin(), units.end(), [&](std::string_view known) {
      return unit == known ||
             (unit.size() == known.size() + 1 && unit.starts_with(known) && unit.back() == 's');
    });
    if (is_time && number.size() <= 6) return std::string(number) + " " + std::string(unit);
    at += number.size();
  }
  return {};
}

std::string find_recipient(const Evidence& evidence, const Words& words) {
  if (!evidence.recipient.empty()) return std::string(evidence.recipient.substr(0, longest_value));
  const auto open = words.text.find('<');
  const auto close = open == npos ? npos : words.text.find('>', open);
  if (close == npos || close - open > longest_value) return {};
  const auto address = words.text.substr(open + 1, close - open - 1);
  const bool has_space = std::any_of(address.begin(), address.end(), is_space);
  return address.find('@') == npos || has_space ? std::string() : std::string(address);
}

void find_spf(const Words& words, Parameters& into) {
  const auto domain_at = words.after_any(
      {"spf check for ", "spf [", "mail from domain ", "dmarc policy of ", "domain of ",
       "sending domain ", "from domain ", "the domain ", "from: domain ", "domain "});
  if (domain_at == npos) return;
  if (words.lower.find("spf") == npos && words.lower.find("dkim") == npos &&
      words.lower.find("dmarc") == npos && words.lower.find("authenticat") == npos)
    return;
  auto start = skip(words.text, domain_at, "[<('\":");
  const auto word =
      run(words.text, start, [](char c) { return is_host(c) || c == '@' || c == '+' || c == '='; });
  if (const auto at = word.find('@'); at != npos) start += at + 1;
  into.spf_domain = host_at(words.text, start);
  const auto ip_place =
      words.after_any({"with ip: ", "with ip ", "designate ", "ip address ", "ip: ", "ip="});
  if (ip_place != npos) into.spf_ip = ip_at(words.text, skip(words.text, ip_place, "[(<"));
}

}  // namespace

Parameters find_parameters(const Evidence& evidence) {
  Parameters found;
  const Words words(evidence.diagnostic);
  found.recipient = find_recipient(evidence, words);
  found.remote_host = std::string(evidence.remote_host.substr(0, longest_value));
  if (found.remote_host.empty()) {
    if (const auto at = words.after_any({"host ", "remote-mta: dns; ", "server "}); at != npos) {
      found.remote_host = host_at(words.text, at);
    }
  }
  found.ip = find_ip(words);
  found.blocklist = find_blocklist(words);
  found.url = find_url(words);
  found.size_limit = amount_after(
      words, {"maximum", "max ", "size limit", "limit of", "fixed limit", "exceeds", "limit"});
  found.quota = amount_after(words, {"quota"});
  found.wait = find_wait(words);
  find_spf(words, found);
  return found;
}

}  // namespace todoku::rules
