// SPDX-License-Identifier: Apache-2.0
// Names of what is kept, as they appear in JSON and in logs.
#include "proxy/store/records.hpp"

namespace todoku::store {

const char* to_string(WaitsFor waits_for) {
  switch (waits_for) {
    case WaitsFor::nothing:
      return "nothing";
    case WaitsFor::time:
      return "time";
    case WaitsFor::relay:
      return "relay";
    case WaitsFor::login:
      return "login";
    case WaitsFor::person:
      return "person";
  }
  return "";
}

const char* to_string(EventKind kind) {
  switch (kind) {
    case EventKind::queued:
      return "queued";
    case EventKind::delayed:
      return "delayed";
    case EventKind::sent_late:
      return "sent_late";
    case EventKind::returned:
      return "returned";
    case EventKind::unknown:
      return "unknown";
    case EventKind::resent:
      return "resent";
    case EventKind::held:
      return "held";
    case EventKind::released:
      return "released";
    case EventKind::discarded:
      return "discarded";
    case EventKind::login_needed:
      return "login_needed";
    case EventKind::shutdown_with_waiting:
      return "shutdown_with_waiting";
    case EventKind::offline:
      return "offline";
    case EventKind::online:
      return "online";
    case EventKind::key_locked:
      return "key_locked";
    case EventKind::key_unlocked:
      return "key_unlocked";
    case EventKind::rerouted:
      return "rerouted";
    case EventKind::detour_began:
      return "detour_began";
    case EventKind::detour_ended:
      return "detour_ended";
    case EventKind::undo_window_began:
      return "undo_window_began";
    case EventKind::undo_window_over:
      return "undo_window_over";
    case EventKind::withheld:
      return "withheld";
    case EventKind::alignment_changed:
      return "alignment_changed";
    case EventKind::relay_tested:
      return "relay_tested";
    case EventKind::port_moved:
      return "port_moved";
    case EventKind::noted:
      return "noted";
    case EventKind::records_damaged:
      return "records_damaged";
    case EventKind::account_missing:
      return "account_missing";
  }
  return "";
}

const char* to_string(Verb verb) {
  switch (verb) {
    case Verb::retry:
      return "retry";
    case Verb::release:
      return "release";
    case Verb::discard:
      return "discard";
    case Verb::know_people:
      return "know_people";
    case Verb::learn:
      return "learn";
  }
  return "";
}

const char* to_string(RequestOutcome outcome) {
  switch (outcome) {
    case RequestOutcome::pending:
      return "pending";
    case RequestOutcome::done:
      return "done";
    case RequestOutcome::no_such_message:
      return "no_such_message";
    case RequestOutcome::wrong_state:
      return "wrong_state";
    case RequestOutcome::body_gone:
      return "body_gone";
  }
  return "";
}

const char* to_string(RelayState state) {
  switch (state) {
    case RelayState::not_tried:
      return "not_tried";
    case RelayState::in_reach:
      return "in_reach";
    case RelayState::out_of_reach:
      return "out_of_reach";
  }
  return "";
}

}  // namespace todoku::store
