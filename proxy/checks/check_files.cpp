// SPDX-License-Identifier: Apache-2.0
// Attached files by name, by their first octets
// (https://en.wikipedia.org/wiki/List_of_file_signatures names them all) and by what is inside an
// archive. Nothing is unpacked.
#include "classifier/mail/ascii.hpp"
#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <optional>

namespace todoku::checks {
namespace {

using skeleton::Part;

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// Behind the last dot, lower case; blanks and dots at the end are dropped, as Windows drops them.
std::string extension_of(std::string_view name) {
  while (name.ends_with(' ') || name.ends_with('.')) name.remove_suffix(1);
  const auto dot = name.rfind('.');
  const auto slash = name.find_last_of("/\\");
  if (dot == std::string_view::npos || (slash != std::string_view::npos && slash > dot)) return {};
  return mail::lower_copy(name.substr(dot + 1));
}

bool is_program(std::string_view head) {
  constexpr std::string_view shortcut("L\0\0\0\x01\x14\x02\0", 8);
  return (head.starts_with("MZ") && head.size() > 64) ||
         head.starts_with(
             "\x7f"
             "ELF") ||
         head.starts_with("\xcf\xfa\xed\xfe") || head.starts_with(shortcut);
}

void add(Findings& found, Check check, const char* code, const Part& part, std::size_t index,
         Parameters parameters = {}) {
  Finding finding;
  finding.check = check;
  finding.code = code;
  finding.place = {"", index, part.file_name, part.line, 0};
  finding.parameters = std::move(parameters);
  finding.parameters.emplace_back("file", part.file_name.empty() ? part.type : part.file_name);
  found.push_back(std::move(finding));
}

// "report.pdf.exe", and U+202E, which turns the writing round so that "exe.pdf" is seen.
bool pretends_by_name(std::string_view name, const Lists& lists) {
  if (name.find("\xe2\x80\xae") != std::string_view::npos) return true;
  while (name.ends_with(' ') || name.ends_with('.')) name.remove_suffix(1);
  const auto before = name.substr(0, std::min(name.rfind('.'), name.size()));
  return has(lists.risky_extensions, extension_of(name)) &&
         has(lists.harmless_extensions, extension_of(before));
}

const std::string* risky_inside(const Part& part, const Lists& lists) {
  const auto found = std::ranges::find_if(part.archive.names, [&lists](const std::string& name) {
    return has(lists.risky_extensions, extension_of(name)) || pretends_by_name(name, lists);
  });
  return found == part.archive.names.end() ? nullptr : &*found;
}

bool has_macros(const Part& part) {
  return std::ranges::any_of(part.archive.names, [](std::string_view name) {
    return mail::has_word(name, "vbaproject.bin");
  });
}

void check_risk(const Part& part, std::size_t index, const Lists& lists, Findings& found) {
  constexpr auto check = Check::risky_attachment;
  const auto extension = extension_of(part.file_name);
  if (pretends_by_name(part.file_name, lists)) {
    add(found, check, "file-double-extension", part, index, {{"extension", extension}});
  } else if (has(lists.risky_extensions, extension)) {
    add(found, check, "file-program", part, index, {{"extension", extension}});
  } else if (is_program(part.head)) {
    add(found, check, "file-disguised", part, index, {{"extension", extension}});
  } else if (has(lists.macro_extensions, extension) || has_macros(part)) {
    add(found, check, "file-with-macros", part, index);
  } else if (const auto* inside = risky_inside(part, lists)) {
    add(found, check, "archive-with-program", part, index, {{"inside", *inside}});
  }
}

bool is_winmail(const Part& part) {
  return part.type == "application/ms-tnef" || part.type == "application/vnd.ms-tnef" ||
         part.head.starts_with("\x78\x9f\x3e\x22") ||
         mail::same_word(part.file_name, "winmail.dat");
}

}  // namespace

void check_files(const Subject& subject, Findings& found) {
  const auto& parts = subject.skeleton.parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = parts[i];
    if (is_winmail(part)) {
      add(found, Check::winmail, "winmail", part, i);
      continue;
    }
    if (!skeleton::is_attachment(part)) continue;
    check_risk(part, i, subject.lists, found);
    if (part.archive.is_encrypted)
      add(found, Check::encrypted_archive, "archive-encrypted", part, i);
    const bool is_message = part.type.starts_with("message/");
    if (part.decoded_size == 0 && !is_message)
      add(found, Check::empty_attachment, "file-empty", part, i);
  }
}

namespace {

// What a scanner has found in the whole message is most probably in there.
std::optional<std::size_t> only_attachment(const std::vector<Part>& parts) {
  std::optional<std::size_t> only;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!skeleton::is_attachment(parts[i])) continue;
    if (only) return std::nullopt;
    only = i;
  }
  return only;
}

}  // namespace

void check_scan(const Subject& subject, Findings& found) {
  const auto& parts = subject.skeleton.parts;
  for (const auto& virus : subject.facts.scan.found) {
    if (const auto part = only_attachment(parts)) {
      add(found, Check::virus, "virus-found", parts[*part], *part, {{"virus", virus}});
      continue;
    }
    Finding finding;
    finding.check = Check::virus;
    finding.code = "virus-found-somewhere";
    finding.parameters = {{"virus", virus}};
    found.push_back(std::move(finding));
  }
  if (!subject.facts.scan.has_failed) return;
  Finding finding;
  finding.check = Check::virus;
  finding.code = "virus-not-scanned";
  finding.is_advice = true;  // a scanner that is out of order stops no mail
  found.push_back(std::move(finding));
}

}  // namespace todoku::checks
