// SPDX-License-Identifier: Apache-2.0
#include "proxy/addresses/reason.hpp"

namespace todoku::addresses {

std::string_view code_of(Reason reason) {  // size: a table
  switch (reason) {
    case Reason::none:
      return "ok";
    case Reason::pasted:
      return "pasted";
    case Reason::blanks:
      return "blanks";
    case Reason::full_width:
      return "full_width";
    case Reason::wrong_stop:
      return "wrong_stop";
    case Reason::kana:
      return "kana";
    case Reason::foreign_letters:
      return "foreign_letters";
    case Reason::missing_at:
      return "missing_at";
    case Reason::doubled_at:
      return "doubled_at";
    case Reason::dots:
      return "dots";
    case Reason::ending:
      return "ending";
    case Reason::other_ending:
      return "other_ending";
    case Reason::near_name:
      return "near_name";
    case Reason::dots_before_at:
      return "dots_before_at";
    case Reason::near_correspondent:
      return "near_correspondent";
    case Reason::no_such_domain:
      return "no_such_domain";
    case Reason::refuses_mail:
      return "refuses_mail";
    case Reason::no_mail_host:
      return "no_mail_host";
    case Reason::not_an_address:
      return "not_an_address";
    case Reason::nothing_before_at:
      return "nothing_before_at";
    case Reason::nothing_after_at:
      return "nothing_after_at";
    case Reason::several:
      return "several";
    case Reason::bad_before_at:
      return "bad_before_at";
    case Reason::bad_domain:
      return "bad_domain";
    case Reason::unknown_ending:
      return "unknown_ending";
    case Reason::only_an_ending:
      return "only_an_ending";
  }
  return {};
}

}  // namespace todoku::addresses
