// SPDX-License-Identifier: Apache-2.0
// Broken MIME (RFC 2045, 2046): what some programs guess and others show as a heap of letters.
#include "classifier/mail/ascii.hpp"
#include "proxy/checks/checks.hpp"

#include <array>

namespace todoku::checks {
namespace {

using skeleton::Part;

void add(Findings& found, const char* code, const Part& part, std::size_t index,
         Parameters parameters = {}) {
  Finding finding;
  finding.check = Check::structure;
  finding.code = code;
  finding.place = {"", index, part.file_name, part.line, 0};
  finding.parameters = std::move(parameters);
  found.push_back(std::move(finding));
}

bool is_known_encoding(std::string_view name) {
  constexpr std::array<std::string_view, 6> known{"7bit",   "8bit", "binary", "quoted-printable",
                                                  "base64", ""};
  for (const auto one : known) {
    if (mail::same_word(mail::trim(name), one)) return true;
  }
  return false;
}

void check_part(const Subject& subject, std::size_t index, Findings& found) {
  const auto& part = subject.skeleton.parts[index];
  if (skeleton::is_multipart(part)) {
    if (!part.has_boundary || !part.is_opened) {
      add(found, "boundary-missing", part, index);
    } else if (!part.is_closed && !subject.skeleton.is_cut) {
      add(found, "boundary-not-closed", part, index);
    }
    // RFC 2045 6.4: the parts are encoded, not the whole.
    if (part.encoding != mail::TransferEncoding::none)
      add(found, "encoding-wrong", part, index, {{"encoding", part.encoding_name}});
  }
  if (!is_known_encoding(part.encoding_name))
    add(found, "encoding-wrong", part, index, {{"encoding", part.encoding_name}});
  if (part.lacks_blank_line && part.encoded_size > 0) add(found, "header-broken", part, index);
}

bool has_wrong_type(const skeleton::Skeleton& skeleton) {
  const auto* type = skeleton.find("Content-Type");
  return type != nullptr && !skeleton.parts.front().has_type;
}

}  // namespace

void check_structure(const Subject& subject, Findings& found) {
  const auto& skeleton = subject.skeleton;
  for (std::size_t i = 0; i < skeleton.parts.size(); ++i) {
    // A forwarded message is as its sender made it.
    if (!skeleton::is_in_forwarded(skeleton, i)) check_part(subject, i, found);
  }
  if (has_wrong_type(skeleton))
    add(found, "type-wrong", skeleton.parts.front(), 0,
        {{"type", std::string(skeleton.value("Content-Type").substr(0, 60))}});
  if (skeleton.nul.count > 0) {
    add(found, "nul-octets", skeleton.parts.front(), 0,
        {{"line", std::to_string(skeleton.nul.first_line)}});
    found.back().place.line = skeleton.nul.first_line;
  }
}

}  // namespace todoku::checks
