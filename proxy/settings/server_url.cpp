// SPDX-License-Identifier: Apache-2.0

// The URL parser. A password may have slipped into the text, so no sentence here quotes the text
// before the last '@', and the password rule is looked at first.
#include "proxy/settings/server_url.hpp"

#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace todoku::settings {
namespace {

struct SchemeRow {
  std::string_view name;
  Scheme scheme;
  std::uint16_t port;  // IANA service name and port registry
};
constexpr std::array<SchemeRow, 8> schemes{{{"submission", Scheme::submission, 587},
                                            {"submissions", Scheme::submissions, 465},
                                            {"smtp", Scheme::smtp, 25},
                                            {"imaps", Scheme::imaps, 993},
                                            {"imap", Scheme::imap, 143},
                                            {"pop3s", Scheme::pop3s, 995},
                                            {"pop3", Scheme::pop3, 110},
                                            {"maildir", Scheme::maildir, 0}}};

// Words that people write for these, and what they mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> synonyms{
    {{"smtps", "submissions"},
     {"ssmtp", "submissions"},
     {"ssl", "submissions"},
     {"tls", "submissions"},
     {"starttls", "submission"},
     {"esmtp", "submission"},
     {"mail", "submission"},
     {"pop", "pop3"},
     {"imap4", "imap"}}};

std::string example(UrlUse use) {
  switch (use) {
    case UrlUse::listen:
      return "submission://127.0.0.1:1587";
    case UrlUse::relay:
      return "submission://sv0000.example.jp:587";
    case UrlUse::mailbox:
      return "imaps://sv0000.example.jp or maildir:/home/user/Maildir";
  }
  return {};
}

bool fits(Scheme scheme, UrlUse use) {
  switch (scheme) {
    case Scheme::submission:
    case Scheme::submissions:
      return use != UrlUse::mailbox;
    case Scheme::smtp:
      return use == UrlUse::relay;
    case Scheme::imaps:
    case Scheme::imap:
    case Scheme::pop3s:
    case Scheme::pop3:
    case Scheme::maildir:
      return use == UrlUse::mailbox;
  }
  return false;
}

std::string unknown_scheme(std::string_view word, UrlUse use) {
  std::string_view near;
  for (const auto& [written, meant] : synonyms) {
    if (written == word) near = meant;
  }
  std::array<std::string_view, schemes.size()> names;
  std::transform(schemes.begin(), schemes.end(), names.begin(),
                 [](const SchemeRow& row) { return row.name; });
  if (near.empty()) near = nearest(word, names);
  std::string text = "unknown URL scheme " + quoted(word) + "; ";
  if (near.empty()) return text + "write for instance " + example(use);
  return text + "did you mean " + std::string(near) + (near == "maildir" ? ":PATH?" : "://?");
}

std::string wrong_use(std::string_view scheme, UrlUse use) {
  const std::string name(scheme);
  if (use == UrlUse::mailbox)
    return name + ":// sends mail and cannot read a mailbox; write for instance " + example(use);
  if (scheme == "smtp")
    return "smtp:// cannot be listened on; write submission:// (clear text stays possible on "
           "loopback), for instance " +
           example(use);
  return name + " reads mail and cannot take messages; write for instance " + example(use);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// nullopt = a broken %xx.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
}

// Reads user@, and takes it off the rest. Returns what is wrong.
std::optional<std::string> take_user(std::string_view& rest, ServerUrl& url, UrlUse use) {
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto text = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  if (text.find(':') != std::string_view::npos)
    return "a password must not stand in a URL; leave out everything from the ':' to the '@' (the "
           "mail client's own log-in is used)";
  if (use == UrlUse::listen) return "a listening URL has no user; leave out the part before '@'";
  const auto user = percent_decoded(text);
  if (!user) return "the user in the URL has a '%' without two hexadecimal digits; write %25 for %";
  if (user->empty()) return "the user before '@' is empty; leave out the '@'";
  if (has_control(*user) || user->find(' ') != std::string::npos)
    return "the user in the URL has a space or control character";
  url.user = *user;
  return std::nullopt;
}

std::optional<std::string> read_port(std::string_view text, ServerUrl& url, UrlUse use) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, url.port);
  const bool number = read.ec == std::errc{} && read.ptr == end;
  // Port 0 while listening: the system chooses a free one.
  if (number && (url.port > 0 || use == UrlUse::listen)) return std::nullopt;
  return "the port " + quoted(text) + " is not a number from 1 to 65535";
}

// [v6], [v6]:port, name, name:port.
std::optional<std::string> read_host_and_port(std::string_view rest, ServerUrl& url, UrlUse use) {
  std::string_view after;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return "the address has '[' without ']'";
    url.host = lower(rest.substr(1, end - 1));
    after = rest.substr(end + 1);
    if (url.host.find('%') != std::string::npos)
      return "an IPv6 zone (%...) cannot be given; use an address without one";
    if (!parse_ipv6(url.host)) return quoted(url.host) + " is not a valid IPv6 address";
    if (!after.empty() && after.front() != ':') return "only :PORT may follow the ']'";
  } else {
    const auto colon = rest.find(':');
    if (colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos)
      return "an IPv6 address stands in brackets: [::1]:587";
    url.host = lower(rest.substr(0, colon));
    if (colon != std::string_view::npos) after = rest.substr(colon);
    if (url.host.ends_with('.')) url.host.pop_back();
    if (url.host.empty()) return "the host is missing; write for instance " + example(use);
    if (const auto fault = host_fault(url.host))
      return "the host " + quoted(url.host) + " " + *fault;
  }
  return after.empty() ? std::nullopt : read_port(after.substr(1), url, use);
}

std::variant<ServerUrl, std::string> parse_maildir(std::string_view path, UrlUse use) {
  if (use != UrlUse::mailbox) return wrong_use("maildir", use);
  if (path.empty()) return std::string("the path is missing; write maildir:/home/user/Maildir");
  if (has_control(path)) return std::string("the path has a control character");
  ServerUrl url;
  url.scheme = Scheme::maildir;
  url.path = path;
  return url;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || c == '+' || c == '=';
    if (plain) {
      result += c;
    } else {
      result += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return result;
}

const SchemeRow& row_of(Scheme scheme) {
  return *std::find_if(schemes.begin(), schemes.end(),
                       [scheme](const SchemeRow& row) { return row.scheme == scheme; });
}

}  // namespace

std::variant<ServerUrl, std::string> parse_url(std::string_view text, UrlUse use) {
  const auto colon = text.find(':');
  const auto name = lower(text.substr(0, colon));
  if (colon != std::string_view::npos && name == "maildir")
    return parse_maildir(text.substr(colon + 1), use);
  if (colon == std::string_view::npos || !text.substr(colon).starts_with("://"))
    return "a URL begins with its scheme; write for instance " + example(use);
  const auto row = std::find_if(schemes.begin(), schemes.end(),
                                [&name](const SchemeRow& each) { return each.name == name; });
  if (row == schemes.end()) return unknown_scheme(name, use);
  if (!fits(row->scheme, use)) return wrong_use(row->name, use);
  ServerUrl url;
  url.scheme = row->scheme;
  url.port = row->port;
  auto rest = text.substr(colon + 3);
  if (auto fault = take_user(rest, url, use)) return *fault;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != std::string_view::npos)
    return std::string("nothing may follow host and port; leave out the part from '/'");
  if (auto fault = read_host_and_port(rest, url, use)) return *fault;
  return url;
}

std::string to_string(const ServerUrl& url) {
  const auto& row = row_of(url.scheme);
  std::string text(row.name);
  if (url.scheme == Scheme::maildir) return text + ":" + url.path;
  text += "://";
  if (!url.user.empty()) text += percent_encoded(url.user) + "@";
  const bool literal = url.host.find(':') != std::string::npos;
  text += literal ? "[" + url.host + "]" : url.host;
  return text + ":" + std::to_string(url.port);
}

bool is_loopback(std::string_view host) {
  if (lower(host) == "localhost") return true;
  if (const auto address = parse_ipv4(host)) return (*address)[0] == 127;
  const auto address = parse_ipv6(host);
  if (!address) return false;
  return std::all_of(address->begin(), address->end() - 1, [](auto byte) { return byte == 0; }) &&
         address->back() == 1;
}

}  // namespace todoku::settings
