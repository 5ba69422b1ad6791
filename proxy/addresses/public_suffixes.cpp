// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/public_suffixes.hpp"

#include <libpsl.h>

#include <array>
#include <cstring>

namespace todoku::addresses {
namespace {

// RFC 1035 section 2.3.4; a longer name is no domain.
constexpr std::size_t longest_domain = 253;

bool is_in_list(const char* text) {
  // A top-level domain that is not in the list would count as one without "no star rule".
  return psl_is_public_suffix2(psl_builtin(), text, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

}  // namespace

std::string_view public_ending(std::string_view domain) {
  std::array<char, longest_domain + 1> text{};  // libpsl wants a C string
  if (domain.empty() || domain.size() > longest_domain) return {};
  std::memcpy(text.data(), domain.data(), domain.size());
  // From the right, label by label: some countries have rules only for what stands below them. The
  // list has no rule of more than five labels.
  std::size_t best = domain.size();
  std::size_t end = domain.size();
  for (int labels = 1; labels <= 5; ++labels) {
    const auto dot = end == 0 ? std::string_view::npos : domain.rfind('.', end - 1);
    const auto start = dot == std::string_view::npos ? 0 : dot + 1;
    if (is_in_list(text.data() + start)) best = start;
    if (start == 0) break;
    end = dot;
  }
  return domain.substr(best);
}

bool is_public_ending(std::string_view domain) {
  return !domain.empty() && public_ending(domain).size() == domain.size();
}

}  // namespace todoku::addresses
