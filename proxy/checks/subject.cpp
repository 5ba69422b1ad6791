// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/subject.hpp"

#include "classifier/mail/encoded_word.hpp"
#include "proxy/checks/own_words.hpp"

namespace todoku::checks {
namespace {

using skeleton::Part;

void find_texts(const skeleton::Skeleton& skeleton, Reading& reading) {
  for (std::size_t i = 0; i < skeleton.parts.size(); ++i) {
    const auto& part = skeleton.parts[i];
    if (!part.is_text || skeleton::is_attachment(part) || skeleton::is_in_forwarded(skeleton, i))
      continue;
    if (part.type == "text/plain" && reading.text_part == Part::no_parent) reading.text_part = i;
    if (part.type == "text/html" && reading.html_part == Part::no_parent) reading.html_part = i;
  }
}

std::vector<Mailbox> people_of(const skeleton::Skeleton& skeleton, std::string_view field) {
  return mailboxes(skeleton.value(field));
}

}  // namespace

Reading read(const skeleton::Skeleton& skeleton, const Lists& lists) {
  Reading reading;
  find_texts(skeleton, reading);
  reading.is_sealed = skeleton::is_encrypted_message(skeleton);
  reading.subject = mail::decode_words(skeleton.value("Subject"));
  reading.from = people_of(skeleton, "From");
  reading.reply_to = people_of(skeleton, "Reply-To");
  reading.to = people_of(skeleton, "To");
  reading.cc = people_of(skeleton, "Cc");
  reading.is_reply = skeleton.find("In-Reply-To") != nullptr;
  if (reading.text_part != Part::no_parent)
    reading.own_text = own_words(skeleton.parts[reading.text_part].text, lists);
  // A plain text beside HTML may be an empty shell.
  if (reading.own_text.find_first_not_of(" \n\t") == std::string::npos &&
      reading.html_part != Part::no_parent)
    reading.own_text = own_words_of_html(skeleton.parts[reading.html_part].text, lists);
  return reading;
}

bool Subject::is_internal(std::string_view address) const {
  const auto domain = domain_of(address);
  if (domain.empty() || is_within(domain, settings.internal_domains)) return true;
  if (domain == domain_of(envelope.sender)) return true;
  for (const auto& sender : reading.from) {
    if (domain == domain_of(sender.address)) return true;
  }
  return false;
}

std::vector<std::string> Subject::external_recipients() const {
  std::vector<std::string> out;
  for (const auto& recipient : envelope.recipients) {
    if (!is_internal(recipient.address)) out.push_back(recipient.address);
  }
  return out;
}

std::string joined(const std::vector<std::string>& items, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < items.size() && i < most; ++i)
    out += (out.empty() ? "" : ", ") + items[i];
  if (items.size() > most) out += " (+" + std::to_string(items.size() - most) + ")";
  return out;
}

}  // namespace todoku::checks
