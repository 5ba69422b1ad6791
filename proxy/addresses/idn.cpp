// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/idn.hpp"

#include <idn2.h>

#include <memory>

namespace todoku::addresses {
namespace {

constexpr std::size_t longest_input = 1000;  // bytes; a domain has 253 in its ASCII form

struct Free {
  void operator()(char* text) const { idn2_free(text); }
};
using Text = std::unique_ptr<char, Free>;

}  // namespace

std::optional<std::string> to_ascii_form(std::string_view domain) {
  if (domain.size() > longest_input || domain.find('\0') != std::string_view::npos)
    return std::nullopt;
  char* raw = nullptr;
  const std::string input(domain);
  const int code = idn2_to_ascii_8z(input.c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const Text text(raw);
  if (code != IDN2_OK || text == nullptr) return std::nullopt;
  return std::string(text.get());
}

std::optional<std::string> to_letters(std::string_view domain) {
  if (domain.size() > longest_input || domain.find('\0') != std::string_view::npos)
    return std::nullopt;
  char* raw = nullptr;
  const std::string input(domain);
  const int code = idn2_to_unicode_8z8z(input.c_str(), &raw, 0);
  const Text text(raw);
  if (code != IDN2_OK || text == nullptr) return std::nullopt;
  return std::string(text.get());
}

}  // namespace todoku::addresses
