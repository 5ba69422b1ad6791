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

Reading::Reading(const skeleton::Skeleton& skeleton, const Lists& lists)
    : subject(mail::decode_words(skeleton.value("Subject"))),
      from(people_of(skeleton, "From")),
      reply_to(people_of(skeleton, "Reply-To")),
      to(people_of(skeleton, "To")),
      cc(people_of(skeleton, "Cc")),
      is_reply(skeleton.find("In-Reply-To") != nullptr),
      is_sealed(skeleton::is_encrypted_message(skeleton)) {
  find_texts(skeleton, *this);
  if (text_part != Part::no_parent)
    own_text = own_words(skeleton.parts[text_part].text, lists, own_storage_);
  // A plain text beside HTML may be an empty shell.
  const bool is_blank = own_text.find_first_not_of(" \n\t") == std::string_view::npos;
  if (!is_blank || html_part == Part::no_parent) return;
  own_storage_ = own_words_of_html(skeleton.parts[html_part].text, lists);
  own_text = own_storage_;
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
