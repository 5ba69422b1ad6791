// SPDX-License-Identifier: Apache-2.0
#pragma once

// What may be wrong with a text of the settings, for the rows that have a rule: nullopt = fine,
// else the words that go behind the key. "optional": empty is fine, too. Pure.
#include <optional>
#include <string>
#include <string_view>

namespace todoku::settings {

std::optional<std::string> any_text_fault(std::string_view text);  // a control character
std::optional<std::string> word_fault(std::string_view text);      // also: nothing but spaces
// A name, or an address literal in brackets.
std::optional<std::string> host_name_fault(std::string_view text);
std::optional<std::string> optional_host_name_fault(std::string_view text);
std::optional<std::string> optional_host_port_fault(std::string_view text);  // on loopback only
// clamd: HOST:PORT on loopback, or the path of its socket.
std::optional<std::string> optional_scanner_fault(std::string_view text);
// DNS servers: "192.0.2.1,192.0.2.2:5353,[2001:db8::1]:53".
std::optional<std::string> optional_servers_fault(std::string_view text);
std::optional<std::string> address_or_domain_fault(std::string_view text);
std::optional<std::string> company_and_domain_fault(std::string_view text);

}  // namespace todoku::settings
