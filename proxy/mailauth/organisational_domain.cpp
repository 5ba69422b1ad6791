// SPDX-License-Identifier: Apache-2.0
// The only file of this folder that names libpsl.
#include "proxy/mailauth/organisational_domain.hpp"

#include "classifier/mail/ascii.hpp"

#include <libpsl.h>

namespace todoku::mailauth {

std::string organisational_domain(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  auto name = mail::lower_copy(domain);
  const char* const found = psl_registrable_domain(psl_builtin(), name.c_str());
  return found == nullptr ? name : std::string(found);
}

bool share_organisation(std::string_view left, std::string_view right) {
  return organisational_domain(left) == organisational_domain(right);
}

}  // namespace todoku::mailauth
