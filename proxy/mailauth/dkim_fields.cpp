// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailauth/dkim_fields.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/header_scanner.hpp"

#include <map>

namespace todoku::mailauth {

std::vector<HeaderField> fields_of(std::string_view section) {
  mail::HeaderScanner scanner(section.size() + 4);
  scanner.feed(section);
  scanner.finish();
  std::vector<HeaderField> fields;
  for (const auto& place : scanner.fields()) {
    fields.push_back({place.name, section.substr(place.begin, place.end - place.begin)});
  }
  return fields;
}

std::string signed_bytes(const std::vector<HeaderField>& fields,
                         const std::vector<std::string>& names, std::string_view signature_field,
                         DkimForm form) {
  // Of each name the fields that are left, the lowest last.
  std::map<std::string, std::vector<std::string_view>> left;
  for (const auto& field : fields) left[mail::lower_copy(field.name)].push_back(field.text);
  std::string bytes;
  for (const auto& name : names) {
    const auto found = left.find(mail::lower_copy(name));
    if (found == left.end() || found->second.empty()) continue;
    bytes += canonical_field(found->second.back(), form);
    found->second.pop_back();
  }
  auto last = canonical_field(signature_field, form);
  if (last.ends_with("\r\n")) last.resize(last.size() - 2);
  return bytes + last;
}

}  // namespace todoku::mailauth
