// SPDX-License-Identifier: Apache-2.0
// Words that must not leave, the account's own password, and what spam filters dislike.
#include "classifier/mail/ascii.hpp"
#include "proxy/checks/checks.hpp"
#include "proxy/checks/word_search.hpp"

#include <algorithm>
#include <set>

namespace todoku::checks {
namespace {

using skeleton::Part;

std::size_t text_place(const Reading& reading) {
  return reading.text_part != Part::no_parent ? reading.text_part : reading.html_part;
}

// Each word is told once, with the first place where it stands.
class KeywordSearch {
 public:
  KeywordSearch(const WatchedWords& watched, Findings& found) : watched_(watched), found_(found) {}

  // has_characters: the place within text means something to people.
  void look_at(std::string_view text, const Place& place, bool has_characters) {
    for (auto hit = watched_.set.find(text); hit; hit = watched_.set.find(text, hit->at + 1))
      add(*hit->word, text, hit->at, place, has_characters);
    for (const auto& word : watched_.short_ones) {
      const auto at = find_whole_word(text, word);
      if (at != std::string_view::npos) add(word, text, at, place, has_characters);
    }
  }

 private:
  void add(const std::string& word, std::string_view text, std::size_t at, const Place& place,
           bool has_characters) {
    if (!told_.insert(word).second) return;
    Finding finding;
    finding.check = Check::keywords;
    finding.code = "keyword-found";
    finding.parameters = {{"word", word}};
    finding.place = place;
    if (has_characters) finding.place.character = character_number(text, at);
    found_.push_back(std::move(finding));
  }

  const WatchedWords& watched_;
  Findings& found_;
  std::set<std::string> told_;
};

void check_keywords(const Subject& subject, Findings& found) {
  if (subject.watched.empty()) return;
  KeywordSearch search(subject.watched, found);
  Place place;
  place.header = "Subject";
  search.look_at(subject.reading.subject, place, false);
  const auto& parts = subject.skeleton.parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    place = {"", i, parts[i].file_name, 0, 0};
    search.look_at(parts[i].text, place, true);
    search.look_at(parts[i].file_name, place, false);
  }
}

void check_password(const Subject& subject, Findings& found) {
  if (!subject.facts.own_password_in) return;
  const auto text = subject.reading.own_text;
  const auto at = subject.facts.own_password_in(text);
  if (at == std::string_view::npos) return;
  Finding finding;
  finding.check = Check::own_password;
  finding.code = "password-in-text";  // the word itself goes nowhere
  finding.place.part = text_place(subject.reading);
  finding.place.character = character_number(text, at);
  found.push_back(std::move(finding));
}

std::uint64_t links_in(const Subject& subject) {
  std::uint64_t most = 0;  // text and HTML say the same
  for (const auto& part : subject.skeleton.parts) {
    if (!part.is_text) continue;
    std::uint64_t count = 0;
    const auto mark = part.type == "text/html" ? "href=" : "://";
    for (auto at = mail::find_word(part.text, mark); at != std::string::npos;
         at = mail::find_word(part.text, mark, at + 1))
      ++count;
    most = std::max(most, count);
  }
  return most;
}

void check_wording(const Subject& subject, Findings& found) {
  Finding finding;
  finding.check = Check::wording;
  finding.is_advice = true;
  finding.place.part = text_place(subject.reading);
  std::vector<std::string> words;
  for (const std::string_view text :
       {subject.reading.own_text, std::string_view(subject.reading.subject)}) {
    for (auto hit = subject.lists.spam_words.find(text); hit;
         hit = subject.lists.spam_words.find(text, hit->at + hit->word->size())) {
      if (std::ranges::find(words, *hit->word) == words.end()) words.push_back(*hit->word);
    }
  }
  constexpr std::size_t many_words = 3;
  if (words.size() >= many_words) {
    finding.code = "spam-words";
    finding.parameters = {{"words", joined(words)}};
    found.push_back(finding);
  }
  const auto links = links_in(subject);
  if (links < subject.settings.many_links_from) return;
  finding.code = "links-many";
  finding.parameters = {{"count", std::to_string(links)}};
  found.push_back(std::move(finding));
}

}  // namespace

void check_words(const Subject& subject, Findings& found) {
  check_keywords(subject, found);
  check_password(subject, found);
  check_wording(subject, found);
}

}  // namespace todoku::checks
