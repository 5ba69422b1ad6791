// SPDX-License-Identifier: Apache-2.0
// Names of SASL mechanisms as they stand in AUTH lines.
#include "proxy/smtp/credentials.hpp"

namespace todoku::smtp {

const char* to_string(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::plain:
      return "PLAIN";
    case Mechanism::login:
      return "LOGIN";
    case Mechanism::xoauth2:
      return "XOAUTH2";
    case Mechanism::oauthbearer:
      return "OAUTHBEARER";
  }
  return "";
}

}  // namespace todoku::smtp
