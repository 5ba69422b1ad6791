// SPDX-License-Identifier: Apache-2.0
// Giving a message up, at whatever point it is.
#include "proxy/submission/carrier.hpp"

namespace todoku::submission {

bool Outgoing::give_up() {
  if (break_off && !break_off()) return false;
  is_given_up = true;
  if (body && !body->is_finished()) body->abandon();
  return true;
}

}  // namespace todoku::submission
