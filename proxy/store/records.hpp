// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the store keeps, as plain values: messages with their recipients, attempts, events,
// requests. Times are UTC, in milliseconds. Any thread.
#include "proxy/delivery/alignment_record.hpp"
#include "proxy/delivery/path_memory.hpp"
#include "proxy/delivery/relay_lesson.hpp"
#include "proxy/delivery/repeats.hpp"
#include "proxy/delivery/states.hpp"
#include "proxy/smtp/envelope.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace todoku::store {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// "The same again": account, envelope, and Message-ID or body (ARCHITECTURE: never twice); a
// digest.
using delivery::RepeatKey;

enum class BodyPlace : std::uint8_t {
  none,      // not kept (any more)
  database,  // small ones, in the table of bodies
  file,      // a spool file, spool/ID.body
  copy       // of a sent one, small: with others in a file of copies; may go at any time
};

// What a message that waits is waiting for.
enum class WaitsFor : std::uint8_t {
  nothing,
  time,    // its next attempt
  relay,   // the relay to be in reach again
  login,   // its user to log in again: the password is not kept on disk
  person,  // held, or unknown
};

struct StoredMessage {
  std::string id;
  delivery::MessageState state = delivery::MessageState::arriving;
  WaitsFor waits_for = WaitsFor::nothing;
  bool is_notice = false;       // a mail of our own about another one: never returned itself
  std::string notice_about;     // the id of that other one
  bool is_about_delay = false;  // the notice says only that it still waits
  bool has_our_250 = false;     // the client was told 250: it is ours to carry
  bool is_client_told = false;  // the client got its answer, whatever it was
  bool was_resent = false;      // unknown once, and sent again: never a third time by itself
  bool may_have_left = false;   // the end of the message is on its way to a relay right now
  std::string account;          // the account's name
  std::string user;             // whose log-in carries it; empty = without log-in
  smtp::Envelope envelope;      // as the client gave it
  std::vector<delivery::RecipientOutcome> outcomes;  // in the envelope's order
  std::string message_id_header;                     // "<...>", from the header
  std::string subject;                               // decoded as far as cheap; for people
  std::string from_address;                          // of the From line; empty = not known
  bool is_signed = false;                            // nothing but Received may be added
  std::uint64_t size = 0;                            // bytes of the message as it goes out
  RepeatKey repeat_key{};
  BodyPlace body = BodyPlace::none;
  std::uint64_t copy_at = 0;  // where the copy lies; the store's own
  std::uint32_t attempts = 0;
  Time arrived{};
  Time changed{};
  Time next_attempt{};  // for waiting
  Time deadline{};      // waiting: maximum age; held, unknown: until a person has decided
};

struct StoredAttempt {
  std::string message_id;  // ours
  Time at{};
  delivery::Attempt attempt;
};

enum class EventKind : std::uint8_t {
  queued,                 // answered 250 without a relay's verdict
  delayed,                // still waiting after delivery.delay_notice
  sent_late,              // a queued message has arrived at its relay
  returned,               // it did not arrive everywhere; parameters say why
  unknown,                // the last answer was lost: a person is asked
  resent,                 // an unknown message was sent again
  held,                   // a check or a person stopped it
  released,               // a person let it go
  discarded,              // a person stopped it for good
  login_needed,           // waits for its user to log in
  shutdown_with_waiting,  // found at start: Todoku had stopped while mail was waiting
  offline,                // no relay of any account is in reach
  online,                 // one is again
  key_locked,             // the system's key store is locked: nothing can be queued
  key_unlocked,
  rerouted,           // a fallback relay took it, because the usual one did not
  detour_began,       // from this message on, mail like it goes by a fallback relay
  detour_ended,       // the usual relay takes such mail again
  undo_window_began,  // it waits a moment, in which it can be taken back
  undo_window_over,   // nobody has taken it back: it goes
  withheld,           // a fallback could have taken it, but may not carry this sender's mail
  alignment_changed,  // whether a fallback may carry a domain's mail is another answer than before
  relay_tested,       // a test mail has shown what a fallback makes of mail
  port_moved,         // a relay is reached by another port than the settings say
  noted,            // a check saw something before it left: check, code, and the code's parameters
  records_damaged,  // found at start: the database was damaged and set aside (file)
  account_missing,  // found at start: mail waits for an account that the settings do not have
};

struct StoredEvent {
  std::uint64_t number = 0;  // ascending; 0 = not stored yet
  Time at{};
  std::string message_id;  // empty = about no single message
  EventKind kind = EventKind::queued;
  std::vector<std::pair<std::string, std::string>> parameters;
};

// What a person wants done, from another process (todoku messages) or the API.
enum class Verb : std::uint8_t {
  retry,        // try now; an unknown message: send it again
  release,      // let a held message go
  discard,      // do not send it; an unknown message: leave it as it is
  learn,        // about a fallback, named in place of a message: what a test mail has shown of it
  know_people,  // about no message: these people are right, an address book says so
};

struct KnownPerson {
  std::string address;
  std::uint32_t times = 1;  // written to, at least
};

struct Request {
  std::uint64_t number = 0;
  Verb verb = Verb::retry;
  std::string message_id;
  // Correction of recipients while releasing: old address, new address. learn: a lesson's texts.
  std::vector<std::pair<std::string, std::string>> corrections;
  std::vector<KnownPerson> people;  // know_people
};

enum class RequestOutcome : std::uint8_t {
  pending,
  done,
  no_such_message,
  wrong_state,  // a sent message cannot be discarded, ...
  body_gone     // nothing is kept that could be sent
};

// Whether a relay takes mail, as far as attempts have shown.
enum class RelayState : std::uint8_t {
  not_tried,     // since Todoku started
  in_reach,      // it answered
  out_of_reach,  // no connection, no TLS, no answer, or 421
};

struct StoredRelay {
  std::string name;      // host:port
  std::string fallback;  // its name in the settings; empty = an account's own server
  RelayState state = RelayState::not_tried;
  Time since{};
  std::string trouble;  // what stood in the way; while out of reach
};

// Somebody whom an account has written to.
struct StoredCorrespondent {
  std::string account;
  std::string address;
  std::uint32_t times = 0;
  Time last{};
};

// How much an account has sent in the ten minutes that begin then.
struct SentTally {
  static constexpr std::chrono::minutes length{10};
  std::string account;
  Time begin{};
  std::uint32_t messages = 0;
  std::uint32_t recipients = 0;
};

// The largest message that a server of this domain has said it takes.
struct LearnedSize {
  std::string domain;  // lower case
  std::uint64_t bytes = 0;
  Time at{};
};

// What the checks before sending know from earlier mail.
struct SentHistory {
  std::vector<StoredCorrespondent> correspondents;  // the latest first
  std::vector<SentTally> tallies;                   // the oldest first
  std::vector<LearnedSize> sizes;
};

// Whether a fallback may carry a domain's mail, as it was found last.
using delivery::AlignmentRecord;
// What a test mail has shown of a fallback.
using delivery::RelayLesson;

// A relay has taken a message.
struct SentBy {
  std::string relay;  // host:port
  Time at{};
};

struct RelayFacts {
  std::vector<AlignmentRecord> alignments;
  std::vector<RelayLesson> lessons;  // the oldest first
};

// One thing to be written. A batch of changes is applied whole or not at all.
struct PutMessage {
  StoredMessage message;  // new, or replaces what was there
  // Bytes of a small body to be kept as a copy; the message then says BodyPlace::copy where that
  // succeeded, else none.
  std::optional<std::string> copy = std::nullopt;
};
struct DropMessage {
  std::string message_id;  // with its recipients, body, attempts; its events stay
};
struct PutBody {
  std::string message_id;
  std::string bytes;  // of a small body
};
struct DropBody {
  std::string message_id;
};
struct AddAttempt {
  StoredAttempt attempt;
};
struct AddEvent {
  StoredEvent event;
};
struct AnswerRequest {
  std::uint64_t number = 0;
  RequestOutcome outcome = RequestOutcome::done;
};
// These recipients have been written to: a prior for the checks.
struct NoteCorrespondents {
  std::string account;
  std::vector<std::string> addresses;
  Time at{};
  // 0 = once more; else they were written to so many times at least, as an address book says.
  std::uint32_t at_least = 0;
};
// The memory of paths, one of its entries: new, changed, or gone.
struct PutPath {
  delivery::RememberedPath path;
};
struct DropPath {
  std::string relay;
  std::string domain;
};
// All that there are, in order: at start.
struct SetRelays {
  std::vector<StoredRelay> relays;
};
// One of them, by name: another state.
struct PutRelay {
  StoredRelay relay;
};
// Replaces what was noted of the same ten minutes.
struct PutTally {
  SentTally tally;
};
struct PutSize {
  LearnedSize size;
};
struct PutAlignment {
  AlignmentRecord record;
};
struct PutLesson {
  RelayLesson lesson;
};
using Change = std::variant<PutMessage, DropMessage, PutBody, DropBody, AddAttempt, AddEvent,
                            AnswerRequest, NoteCorrespondents, PutPath, DropPath, SetRelays,
                            PutRelay, PutTally, PutSize, PutAlignment, PutLesson>;
using Changes = std::vector<Change>;

[[nodiscard]] const char* to_string(WaitsFor waits_for);
[[nodiscard]] const char* to_string(EventKind kind);
[[nodiscard]] const char* to_string(Verb verb);
[[nodiscard]] const char* to_string(RequestOutcome outcome);
[[nodiscard]] const char* to_string(RelayState state);

}  // namespace todoku::store
