// SPDX-License-Identifier: Apache-2.0
// The way from the bytes of a message to what it reports.
#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/line_ends.hpp"
#include "classifier/mail/mime.hpp"
#include "classifier/report/address.hpp"
#include "classifier/report/delivery_report.hpp"
#include "classifier/report/feedback.hpp"
#include "classifier/report/machine_report.hpp"
#include "classifier/report/material.hpp"
#include "classifier/report/service_notice.hpp"
#include "classifier/report/settle.hpp"
#include "classifier/report/system_names.hpp"
#include "classifier/report/text_reader.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace todoku::report {

namespace {

using mail::trim;

constexpr std::size_t max_mail = 4 * 1024 * 1024;  // what lies behind is the user's own message
constexpr std::size_t max_levels = 4;              // of messages in messages
constexpr std::size_t max_report_text = 16 * 1024;

void fill_original(const mail::Header& header, Original& original) {
  const auto take = [&](std::string& place, std::string_view name) {
    if (place.empty()) place = header.text(name);
  };
  if (original.message_id.empty()) {
    auto id = trim(header.raw("Message-ID"));
    if (id.starts_with('<')) id = id.substr(1, id.find('>') - 1);
    original.message_id = mail::to_utf8(id.substr(0, 998), "");
  }
  take(original.subject, "Subject");
  take(original.from, "From");
  take(original.to, "To");
  take(original.date, "Date");
}

// One message, without those inside it.
class Level {
 public:
  Level(const mail::Message& message, std::size_t root) : material_(gather(message, root)) {}

  DeliveryReport read() {
    if (read_feedback(material_, report_)) return finish();
    if (material_.has_receipt && material_.status_parts.empty()) {
      report_.kind_reason = KindReason::read_receipt;
      return finish();
    }
    if (read_service_notice(material_.text, report_)) return finish();
    text_ = read_text(material_.text, material_.sender == Sender::mail_server);
    read_original_behind_text();
    if (read_machine_report(material_, text_, report_)) return finish();
    if (read_free_text()) return finish();
    if (is_automatic_reply()) read_automatic_reply();
    return finish();
  }

  [[nodiscard]] const Material& material() const { return material_; }
  // Nothing in the message names a recipient: they were taken from the message inside.
  [[nodiscard]] bool is_guessed() const { return is_guessed_; }

 private:
  // Its subject alone speaks for an answer, unless a mail program wrote it as a new message.
  [[nodiscard]] bool is_automatic_reply() const {
    const auto& header = *material_.header;
    if (has_automatic_field(header)) return true;
    const bool is_new =
        header.has("X-Mailer") && !header.has("In-Reply-To") && !header.has("References");
    return has_automatic_subject(material_.subject) && !is_new;
  }

  // In plain text the user's own message stands below a ruler; its lines may be cut and indented.
  void read_original_behind_text() {
    if (text_.behind >= material_.text.size() || !material_.original.empty()) return;
    constexpr std::size_t max_size = 16 * 1024;
    auto rest = std::string_view(material_.text).substr(text_.behind, max_size);
    std::string fields;
    int count = 0;
    while (!rest.empty()) {
      const auto line = mail::take_line(rest);
      const auto words = trim(line);
      const bool is_folded = words.size() < line.size() && line.front() != words.front();
      if (words.empty() && count >= 2) break;
      if (mail::is_field_line(words)) {
        fields.append(words).append("\n");
        ++count;
      } else if (is_folded && count > 0) {
        fields.append(" ").append(words).append("\n");
      }
    }
    std::string_view body;
    material_.original = mail::Header::read(material_.kept.emplace_back(std::move(fields)), body);
  }

  bool read_free_text() {
    const bool is_server = material_.sender == Sender::mail_server;
    const bool tells = tells_of_failure(material_.subject) || tells_of_delay(material_.subject);
    if (!text_.is_report && !(is_server && (tells || has_failed_field()))) return false;
    add_text_recipients();
    if (report_.recipients.empty()) return false;
    const bool warns = (text_.warns || tells_of_delay(material_.subject)) && !text_.gave_up;
    report_.kind = text_.succeeded ? Kind::delivered : warns ? Kind::delayed : Kind::bounce;
    report_.kind_reason = KindReason::free_text;
    report_.system = text_.system;
    for (auto& one : report_.recipients) {
      if (one.diagnostic.empty()) one.diagnostic = first_words();
    }
    if (material_.sender == Sender::person) pass_on();
    return true;
  }

  // A mail program's user pasted the report: it is somebody else's.
  void pass_on() {
    DeliveryReport whole;
    whole.kind_reason = KindReason::forwarded_by_person;
    for (auto& one : report_.recipients) settle(one);
    fill_original(material_.original, report_.original);
    whole.forwarded.push_back(std::move(report_));
    report_ = std::move(whole);
    material_.original = {};
  }

  // What the report says, where no line of it is marked as the reason.
  [[nodiscard]] std::string first_words() const {
    constexpr std::size_t max_words = 600;
    const auto all = std::string_view(material_.text).substr(0, text_.end);
    std::string words;
    bool is_blank = true;
    for (const char c : trim(all)) {
      if (words.size() >= max_words + 8) break;
      const bool was_blank = is_blank;
      is_blank = mail::is_space(c);
      if (!is_blank) words += c;
      if (is_blank && !was_blank) words += ' ';
    }
    return std::string(mail::cut_utf8(words, max_words));
  }

  [[nodiscard]] bool has_failed_field() const {
    return material_.header->has("X-Failed-Recipients");
  }

  void add_text_recipients() {
    for (auto& one : text_.recipients) {
      RecipientReport recipient;
      recipient.address = one.alias.empty() ? one.address : one.alias;
      if (!one.alias.empty() && one.alias != one.address) recipient.final_address = one.address;
      recipient.diagnostic = one.reason;
      recipient.command = one.command;
      recipient.remote_host = one.host;
      report_.recipients.push_back(std::move(recipient));
    }
    add_failed_field(*material_.header, text_, report_);
    is_guessed_ = report_.recipients.empty();
    if (is_guessed_) add_from_original(material_, text_, report_);
  }

  void read_automatic_reply() {
    report_.kind = Kind::auto_reply;
    report_.kind_reason = has_automatic_field(*material_.header) ? KindReason::automatic_header
                                                                 : KindReason::automatic_subject;
    RecipientReport one;
    if (const auto found = find_address(material_.header->raw("From"))) {
      one.address = found->address;
    }
    report_.recipients.push_back(std::move(one));
  }

  DeliveryReport finish() {
    for (auto& one : report_.recipients) settle(one);
    fill_original(material_.original, report_.original);
    for (auto* words : {&report_.reporting_host, &report_.original.message_id,
                        &report_.original.envelope_id, &report_.original.subject}) {
      if (!mail::is_valid_utf8(*words)) *words = mail::to_utf8(*words, "");
    }
    const bool is_common = report_.system.empty() || report_.system == "exim";
    if (is_common && report_.kind != Kind::not_a_bounce) {  // others write in Exim's words
      const auto system = system_of(material_, report_);
      if (!system.empty()) report_.system = system;
    }
    const auto end = std::min(text_.end == 0 ? material_.text.size() : text_.end, max_report_text);
    report_.text = mail::cut_utf8(material_.text, end);
    return std::move(report_);
  }

  Material material_;
  TextReport text_;
  DeliveryReport report_;
  bool is_guessed_ = false;
};

bool is_report(const DeliveryReport& report) {
  return report.kind != Kind::not_a_bounce;
}

bool is_failure(const DeliveryReport& report) {
  return report.kind == Kind::bounce || report.kind == Kind::delayed;
}

// The lines that a person quoted, without their marks; empty when there are none.
std::string unquoted(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto line = mail::take_line(text);
    if (!line.starts_with('>') || line.starts_with(">>>")) continue;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    out.append(line).append("\n");
  }
  return out;
}

// What stands below "---------- Forwarded message" or "-----Original Message-----".
std::string_view below_ruler(std::string_view text) {
  while (!text.empty()) {
    const auto line = trim(mail::take_line(text));
    for (const std::string_view mark : {"forwarded message", "original message", "転送メッセージ",
                                        "転送されたメッセージ", "元のメッセージ"}) {
      if (line.size() < 60 && mail::has_word(line, mark)) return text;
    }
  }
  return {};
}

DeliveryReport read_level(const mail::Message& message, std::size_t root, std::size_t level);

// A report that a person sends on in the text of a mail.
DeliveryReport read_pasted(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  if (text.empty()) return {};
  // Without a header of its own, it is what a mail server would have sent.
  std::string whole;
  if (!mail::begins_with(text, "from:") && !mail::begins_with(text, "content-")) {
    whole = "From: MAILER-DAEMON\n";
    if (!text.starts_with("--")) whole += "\n";
  }
  whole += text;
  if (text.find("\n--") != text.npos || text.starts_with("--")) {
    // The parts of the report were pasted with their boundaries.
    whole.insert(0, "Content-Type: multipart/mixed\n");
  }
  const auto message = mail::read_message(whole);
  return Level(message, 0).read();
}

void look_inside(const mail::Message& message, const Material& material, std::size_t level,
                 DeliveryReport& report) {
  for (const auto index : material.messages) {
    if (level + 1 >= max_levels || index >= message.parts.size()) return;
    auto inner = read_level(message, index, level + 1);
    if (!is_failure(inner)) continue;
    if (material.sender == Sender::mail_server || material.promises_status) {
      report = std::move(inner);  // a gateway or a list wrapped it
    } else {
      report.kind_reason = KindReason::forwarded_by_person;
      report.forwarded.push_back(std::move(inner));
    }
    return;
  }
  if (material.sender == Sender::mail_server) return;
  auto pasted = unquoted(material.text);
  if (pasted.empty()) pasted = below_ruler(material.text);
  if (pasted.empty()) return;
  auto inner = read_pasted(pasted);
  if (!is_failure(inner)) return;
  report.kind_reason = KindReason::forwarded_by_person;
  report.forwarded.push_back(std::move(inner));
}

DeliveryReport read_level(const mail::Message& message, std::size_t root, std::size_t level) {
  Level reader(message, root);
  auto report = reader.read();
  const bool is_ordinary = report.kind_reason == KindReason::ordinary;
  if (is_ordinary || (reader.is_guessed() && report.forwarded.empty())) {
    look_inside(message, reader.material(), level, report);
  }
  return report;
}

// The next message of an mbox file: behind "\n\nFrom word ... " with a field line below.
std::size_t next_in_mbox(std::string_view text) {
  // "From " is rare, and so quicker to look for than line ends.
  for (auto at = text.find("From ", 2); at != text.npos; at = text.find("From ", at + 1)) {
    if (text[at - 1] != '\n' || text[at - 2] != '\n') continue;
    auto rest = text.substr(at);
    const auto line = mail::take_line(rest);
    const bool has_year = line.find(" 19") != line.npos || line.find(" 20") != line.npos;
    if (has_year && mail::is_field_line(rest.substr(0, rest.find('\n')))) return at;
  }
  return text.npos;
}

void join(DeliveryReport& report, DeliveryReport&& more) {
  if (!is_failure(more)) return;
  if (!is_report(report)) {
    report = std::move(more);
    return;
  }
  if (more.kind == Kind::bounce) report.kind = Kind::bounce;
  std::move(more.recipients.begin(), more.recipients.end(), std::back_inserter(report.recipients));
}

}  // namespace

DeliveryReport read(std::string_view bytes) {
  DeliveryReport report;
  std::string storage;
  auto text = mail::with_line_feeds(bytes.substr(0, max_mail), storage);
  while (text.starts_with('\n')) text.remove_prefix(1);
  if (text.empty()) {
    report.kind_reason = KindReason::empty;
    return report;
  }
  constexpr int max_in_file = 20;
  for (int count = 0; count < max_in_file && !text.empty(); ++count) {
    const auto end = next_in_mbox(text);
    const auto message = mail::read_message(text.substr(0, end));
    auto one = read_level(message, 0, 0);
    if (count == 0) {
      report = std::move(one);
    } else {
      join(report, std::move(one));
    }
    text = end == text.npos ? std::string_view() : text.substr(end);
  }
  return report;
}

}  // namespace todoku::report
