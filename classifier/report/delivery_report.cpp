// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/delivery_report.hpp"

namespace todoku::report {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::bounce:
      return "bounce";
    case Kind::delayed:
      return "delayed";
    case Kind::delivered:
      return "delivered";
    case Kind::auto_reply:
      return "auto-reply";
    case Kind::feedback:
      return "feedback";
    case Kind::not_a_bounce:
      return "not-a-bounce";
  }
  return "not-a-bounce";
}

std::string_view to_string(KindReason reason) {
  switch (reason) {
    case KindReason::delivery_status_part:
      return "delivery-status-part";
    case KindReason::free_text:
      return "free-text";
    case KindReason::service_notice:
      return "service-notice";
    case KindReason::feedback_part:
      return "feedback-part";
    case KindReason::complaint_notice:
      return "complaint-notice";
    case KindReason::automatic_header:
      return "automatic-header";
    case KindReason::automatic_subject:
      return "automatic-subject";
    case KindReason::read_receipt:
      return "read-receipt";
    case KindReason::forwarded_by_person:
      return "forwarded-by-person";
    case KindReason::ordinary:
      return "ordinary";
    case KindReason::empty:
      return "empty";
  }
  return "ordinary";
}

}  // namespace todoku::report
