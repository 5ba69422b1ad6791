// SPDX-License-Identifier: Apache-2.0
// Mojibake before it happens: octets that are not of the declared charset, and characters that not
// every mail program has.
#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "proxy/checks/charset_lint.hpp"
#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <array>

namespace todoku::checks {
namespace {

std::uint64_t characters_in(std::string_view utf8) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The place as a character of the text.
std::uint64_t character_at(const skeleton::Part& part, std::size_t offset) {
  const auto before = std::string_view(part.octets).substr(0, offset);
  return characters_in(mail::to_utf8(before, part.charset)) + 1;
}

Finding finding_at(const char* code, std::size_t index, const skeleton::Part& part,
                   std::uint64_t character) {
  Finding finding;
  finding.check = Check::characters;
  finding.code = code;
  finding.place = {"", index, part.file_name, 0, character};
  finding.parameters = {{"charset", part.charset.empty() ? "us-ascii" : part.charset},
                        {"character", std::to_string(character)}};
  return finding;
}

void check_part(const skeleton::Part& part, std::size_t index, Findings& found) {
  const auto seen = lint(part.octets, part.charset, part.is_text_cut);
  if (!seen.is_known || seen.wrong + seen.half_kana + seen.machine == 0) return;
  const auto at = character_at(part, seen.first);
  const bool is_undeclared = part.charset.empty() || mail::same_word(part.charset, "us-ascii");
  if (seen.wrong > 0)
    found.push_back(
        finding_at(is_undeclared ? "charset-undeclared" : "charset-wrong", index, part, at));
  if (seen.half_kana > 0) found.push_back(finding_at("half-width-kana", index, part, at));
  if (seen.machine > 0) found.push_back(finding_at("machine-characters", index, part, at));
}

// Half-width kana in a header word: old servers and phones show something else.
bool has_half_kana(std::string_view utf8) {
  for (auto at = utf8.find('\xef'); at != std::string_view::npos; at = utf8.find('\xef', at + 1)) {
    const auto rest = utf8.substr(at, 3);
    if (rest >= "\xef\xbd\xa6" && rest <= "\xef\xbe\x9f") return true;
  }
  return false;
}

void check_header(const Subject& subject, Findings& found) {
  for (const auto& field : subject.skeleton.fields) {
    const bool is_raw = std::ranges::any_of(
        field.value, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const bool has_escape = field.value.find('\x1b') != std::string::npos;
    // RFC 6532 mail may carry UTF-8 there, and says so in its envelope.
    if ((!is_raw && !has_escape) || (subject.envelope.smtputf8 && mail::is_valid_utf8(field.value)))
      continue;
    Finding finding;
    finding.check = Check::characters;
    finding.code = "header-not-encoded";
    finding.place = {field.name.substr(0, 60), 0, "", field.line, 0};
    finding.parameters = {{"header", finding.place.header}};
    found.push_back(std::move(finding));
    return;  // one tells it
  }
}

void check_subject_kana(const Subject& subject, Findings& found) {
  if (!has_half_kana(subject.reading.subject)) return;
  Finding finding;
  finding.check = Check::characters;
  finding.code = "half-width-kana-header";
  finding.place = {"Subject", 0, "", 0, 0};
  finding.parameters = {{"header", "Subject"}};
  found.push_back(std::move(finding));
}

void check_file_names(const Subject& subject, Findings& found) {
  for (std::size_t i = 0; i < subject.skeleton.parts.size(); ++i) {
    const auto& part = subject.skeleton.parts[i];
    if (!part.has_raw_file_name || part.file_name.empty()) continue;
    Finding finding;
    finding.check = Check::characters;
    finding.code = "file-name-not-encoded";
    finding.place = {"", i, part.file_name, part.line, 0};
    finding.parameters = {{"file", part.file_name}};
    found.push_back(std::move(finding));
    return;
  }
}

}  // namespace

void check_characters(const Subject& subject, Findings& found) {
  check_header(subject, found);
  check_subject_kana(subject, found);
  check_file_names(subject, found);
  const auto& parts = subject.skeleton.parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].is_text && !skeleton::is_in_forwarded(subject.skeleton, i))
      check_part(parts[i], i, found);
  }
}

}  // namespace todoku::checks
