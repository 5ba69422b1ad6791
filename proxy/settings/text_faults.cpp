// SPDX-License-Identifier: Apache-2.0
#include "proxy/settings/text_faults.hpp"

#include "proxy/settings/host_name.hpp"
#include "proxy/settings/server_url.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace todoku::settings {
namespace {

// "192.0.2.1,192.0.2.2:5353,[2001:db8::1]:53": what c-ares takes, and no more.
bool is_server(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (!bracketed && parse_ipv6(text)) return true;
  if (bracketed && end == std::string_view::npos) return false;
  const auto address = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  auto rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (bracketed) rest.remove_prefix(1);
  if (!(bracketed ? parse_ipv6(address).has_value() : parse_ipv4(address).has_value()))
    return false;
  if (rest.empty()) return true;
  std::uint16_t port = 0;
  const auto last = rest.data() + rest.size();
  const auto read = std::from_chars(rest.data() + 1, last, port);
  return rest.front() == ':' && read.ec == std::errc{} && read.ptr == last && port != 0;
}

}  // namespace

std::optional<std::string> any_text_fault(std::string_view text) {
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return "may not have control characters";
  return std::nullopt;
}

std::optional<std::string> host_name_fault(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) return std::nullopt;
  if (const auto fault = host_fault(text)) return "the host name " + quoted(text) + " " + *fault;
  return std::nullopt;
}

std::optional<std::string> optional_host_name_fault(std::string_view text) {
  return text.empty() ? std::nullopt : host_name_fault(text);
}

std::optional<std::string> optional_host_port_fault(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::string_view wanted = "write HOST:PORT, for instance 127.0.0.1:8025 or [::1]:8025";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return quoted(text) + " has no port; " + std::string(wanted);
  auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto end = port_text.data() + port_text.size();
  const auto read = std::from_chars(port_text.data(), end, port);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool literal = host.find(':') != std::string_view::npos;
  if (read.ec != std::errc{} || read.ptr != end || host_fault(host) || bracketed != literal)
    return quoted(text) + " is not HOST:PORT; " + std::string(wanted);
  // A dashboard for the whole network would be a different thing; there is no switch for it.
  if (!is_loopback(host)) return quoted(text) + " is not loopback; " + std::string(wanted);
  return std::nullopt;
}

std::optional<std::string> optional_scanner_fault(std::string_view text) {
  if (!text.starts_with('/')) return optional_host_port_fault(text);
  constexpr std::size_t longest = 107;  // sockaddr_un of Linux, less one
  if (text.size() > longest) return quoted(text) + " is too long for the path of a socket";
  return any_text_fault(text);
}

std::optional<std::string> word_fault(std::string_view text) {
  if (text.find_first_not_of(' ') == std::string_view::npos) return "is empty";
  return any_text_fault(text);
}

std::optional<std::string> address_or_domain_fault(std::string_view text) {
  const auto at = text.rfind('@');
  if (at != std::string_view::npos && !host_fault(text.substr(at + 1)) &&
      text.find(' ') == std::string_view::npos)
    return std::nullopt;
  return quoted(text) + " is no address; write \"taro@example.jp\" or \"@example.jp\"";
}

std::optional<std::string> company_and_domain_fault(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals != std::string_view::npos) {
    auto domain = text.substr(equals + 1);
    while (domain.starts_with(' ')) domain.remove_prefix(1);
    const bool has_name = text.substr(0, equals).find_first_not_of(' ') != std::string_view::npos;
    if (has_name && !host_fault(domain)) return any_text_fault(text);
  }
  return quoted(text) + " is not a name and its domain; write \"Example K.K. = example.jp\"";
}

std::optional<std::string> optional_servers_fault(std::string_view text) {
  while (!text.empty()) {
    const auto server = text.substr(0, text.find(','));
    if (!is_server(server))
      return quoted(server) + " is no server; write for instance 192.0.2.1 or [2001:db8::1]:53";
    text.remove_prefix(std::min(text.size(), server.size() + 1));
  }
  return std::nullopt;
}

}  // namespace todoku::settings
