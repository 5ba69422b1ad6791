// SPDX-License-Identifier: Apache-2.0
#include "proxy/skeleton/skeleton.hpp"

#include "classifier/mail/ascii.hpp"

#include <algorithm>
#include <array>

namespace todoku::skeleton {

const Field* Skeleton::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      fields, [name](const Field& field) { return mail::same_word(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view Skeleton::value(std::string_view name) const {
  const auto* field = find(name);
  return field == nullptr ? std::string_view{} : std::string_view(field->value);
}

bool is_multipart(const Part& part) {
  return part.type.starts_with("multipart/");
}

bool is_attachment(const Part& part) {
  static constexpr std::array<std::string_view, 5> signatures{
      "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
      "application/pgp-encrypted", "application/pgp-keys"};
  if (is_multipart(part) || std::ranges::find(signatures, part.type) != signatures.end())
    return false;
  if (part.disposition == "attachment") return true;
  const bool is_shown_picture =
      part.type.starts_with("image/") && (part.has_content_id || part.disposition == "inline");
  return !part.file_name.empty() && !is_shown_picture;
}

bool is_encrypted_message(const Skeleton& skeleton) {
  const auto& type = skeleton.parts.front().type;
  return type == "multipart/encrypted" || type.ends_with("pkcs7-mime");
}

bool is_in_forwarded(const Skeleton& skeleton, std::size_t index) {
  for (auto at = skeleton.parts[index].parent; at != Part::no_parent;
       at = skeleton.parts[at].parent) {
    if (skeleton.parts[at].type == "message/rfc822") return true;
  }
  return false;
}

}  // namespace todoku::skeleton
