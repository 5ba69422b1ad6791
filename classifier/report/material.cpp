// SPDX-License-Identifier: Apache-2.0
#include "classifier/report/material.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/html_text.hpp"

#include <algorithm>
#include <array>

namespace todoku::report {

namespace {

using mail::Part;
using mail::PartType;

// A text part that is the header of a message: what some gateways return as "text/plain".
bool looks_like_header(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  auto rest = text;
  const auto line = mail::take_line(rest);
  if (!mail::is_field_line(line)) return false;
  const auto head = text.substr(0, 4096);
  int found = 0;
  for (const std::string_view name : {"\nreceived:", "\nmessage-id:", "\nfrom:", "\ndate:"}) {
    found += mail::has_word(head, name) ? 1 : 0;
  }
  return found >= 2 || (found == 1 && mail::begins_with(head, "return-path:"));
}

// Blanks in front of a line as Japanese text and HTML set them: what is behind them is a line like
// any other.
constexpr std::array<std::string_view, 2> wide_blanks{"\u3000", "\u00a0"};

// text with a plain blank for each wide one in front of its lines.
std::string with_plain_indents(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto wide = std::ranges::find_if(
        wide_blanks, [text](std::string_view blank) { return text.starts_with(blank); });
    const bool is_wide = wide != wide_blanks.end();
    if (is_wide || text.front() == ' ') {
      out += ' ';
      text.remove_prefix(is_wide ? wide->size() : 1);
      continue;
    }
    const auto line = text.substr(0, text.find('\n'));
    const auto size = std::min(line.size() + 1, text.size());
    out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

bool has_wide_blank(std::string_view text) {
  return std::ranges::any_of(wide_blanks, [text](std::string_view blank) {
    return text.find(blank) != std::string_view::npos;
  });
}

class Gatherer {
 public:
  Gatherer(const mail::Message& message, std::size_t root) : message_(message), root_(root) {}

  Material gather() {
    const auto& root = message_.parts[root_];
    material_.header = &root.header;
    material_.subject = root.header.text("Subject");
    material_.sender = sender_of(root.header, material_.subject);
    material_.promises_status = mail::same_word(
        mail::parameter(root.header.raw("Content-Type"), "report-type"), "delivery-status");
    // Parts of this message are those whose way up meets no other message.
    is_mine_.assign(message_.parts.size(), false);
    for (std::size_t i = root_; i < message_.parts.size(); ++i) {
      const auto& part = message_.parts[i];
      const bool is_below = part.parent != Part::no_parent && part.parent >= root_ &&
                            is_mine_[part.parent] &&
                            message_.parts[part.parent].type != PartType::message;
      if (i != root_ && !is_below) {
        if (part.parent != Part::no_parent && part.parent >= root_ && is_mine_[part.parent]) {
          take_message(i);
        }
        continue;
      }
      is_mine_[i] = true;
      take(part, i);
    }
    if (html_ != nullptr && material_.text.empty() && material_.status_parts.empty()) read_html();
    if (has_wide_blank(material_.text)) material_.text = with_plain_indents(material_.text);
    return std::move(material_);
  }

 private:
  void take(const Part& part, std::size_t index) {
    switch (part.type) {
      case PartType::plain_text:
        return take_text(part, index);
      case PartType::html:
        if (html_ == nullptr && !is_behind_report_) html_ = &part;
        return;
      case PartType::delivery_status:
        take_status(part);
        return;
      case PartType::feedback_report:
        material_.has_feedback = true;
        material_.feedback_part = copy_of(part);
        is_behind_report_ = true;
        return;
      case PartType::disposition_notification:
        material_.has_receipt = true;
        return;
      case PartType::headers:
        take_original(copy_of(part));
        return;
      case PartType::multipart:
      case PartType::message:
      case PartType::other:
        return;
    }
  }

  static std::string copy_of(const Part& part) {
    std::string storage;
    return std::string(mail::text_of(part, storage, Material::max_text));
  }

  // Only where nothing else speaks: HTML is long and slow to read.
  void read_html() {
    std::string storage;
    material_.text = mail::text_from_html(mail::text_of(*html_, storage), Material::max_text);
  }

  void take_status(const Part& part) {
    std::string text;
    // What stands in the part's own header for want of an empty line belongs to it.
    for (const auto& field : part.header.fields()) {
      if (mail::begins_with(field.name, "content-") ||
          mail::same_word(field.name, "MIME-Version")) {
        continue;
      }
      text.append(field.name)
          .append(":")
          .append(mail::to_utf8(mail::unfolded(field.body), ""))
          .append("\n");
    }
    text += copy_of(part);
    material_.status_parts.push_back(std::move(text));
    is_behind_report_ = true;
  }

  void take_text(const Part& part, std::size_t index) {
    // A part that has a message's own fields is the message that came back.
    const bool is_returned = index != root_ && part.header.has("Received");
    if (is_returned && material_.original.empty()) {
      material_.original = part.header;
      is_behind_report_ = true;
      return;
    }
    if (material_.text.size() >= Material::max_text) return;
    std::string storage;
    const auto text = mail::text_of(part, storage, Material::max_text);
    const bool may_be_original = index != root_ && !material_.text.empty();
    if (may_be_original && looks_like_header(text)) return take_original(text);
    if (is_behind_report_ && !material_.text.empty()) return;
    if (is_behind_report_ && looks_like_header(text)) return take_original(text);
    if (!material_.text.empty()) material_.text += "\n\n";
    material_.text += text;
  }

  void take_original(std::string_view text) {
    is_behind_report_ = true;
    if (!material_.original.empty()) return;
    while (text.starts_with('\n')) text.remove_prefix(1);
    material_.kept.emplace_back(text);
    std::string_view rest;
    material_.original = mail::Header::read(material_.kept.back(), rest);
  }

  void take_message(std::size_t index) {
    material_.messages.push_back(index);
    is_behind_report_ = true;
    if (material_.original.empty()) material_.original = message_.parts[index].header;
  }

  const mail::Message& message_;
  std::size_t root_;
  Material material_;
  std::vector<bool> is_mine_;
  const Part* html_ = nullptr;
  bool is_behind_report_ = false;  // what follows is the message that came back
};

}  // namespace

Material gather(const mail::Message& message, std::size_t root) {
  return Gatherer(message, root).gather();
}

}  // namespace todoku::report
