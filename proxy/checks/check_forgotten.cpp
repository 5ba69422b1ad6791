// SPDX-License-Identifier: Apache-2.0
// "Please find attached", and nothing is.
#include "proxy/checks/checks.hpp"
#include "proxy/checks/word_search.hpp"

#include <algorithm>

namespace todoku::checks {
namespace {

bool has_any_file(const skeleton::Skeleton& skeleton) {
  return std::ranges::any_of(skeleton.parts, [](const skeleton::Part& part) {
    // A picture in the text, a calendar, a forwarded mail: any of them may be what is meant.
    const bool is_words = part.type == "text/plain" || part.type == "text/html";
    return skeleton::is_attachment(part) ||
           (!is_words && !skeleton::is_multipart(part) && !part.type.ends_with("-signature"));
  });
}

// "No attachment" speaks of one, too: such phrases are blanked first, so that places stay.
std::string without_denials(std::string_view words, const Lists& lists) {
  std::string text(words);
  for (auto hit = lists.attachment_denials.find(text); hit;
       hit = lists.attachment_denials.find(text, hit->at))
    std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(hit->at), hit->word->size(), ' ');
  return text;
}

}  // namespace

void check_forgotten(const Subject& subject, Findings& found) {
  if (subject.reading.is_sealed || has_any_file(subject.skeleton)) return;
  const auto own = subject.reading.own_text;
  if (!subject.lists.attachment_words.find(own)) return;
  const auto text = without_denials(own, subject.lists);
  const auto hit = subject.lists.attachment_words.find(text);
  if (!hit) return;
  Finding finding;
  finding.check = Check::forgotten_attachment;
  finding.code = "attachment-forgotten";
  finding.parameters = {{"word", *hit->word}};
  const bool is_plain = subject.reading.text_part != skeleton::Part::no_parent;
  finding.place.part = is_plain ? subject.reading.text_part : subject.reading.html_part;
  finding.place.character = character_number(text, hit->at);
  found.push_back(std::move(finding));
}

}  // namespace todoku::checks
