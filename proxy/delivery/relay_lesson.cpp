// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/relay_lesson.hpp"

#include "proxy/delivery/alignment_guard.hpp"
#include "proxy/settings/settings.hpp"

#include <algorithm>
#include <string_view>

namespace todoku::delivery {

namespace {

constexpr std::size_t most_in_a_list = 32;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty() && words.size() < most_in_a_list) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

template <class Some>
void add_new(std::vector<Some>& to, const std::vector<Some>& from) {
  for (const auto& one : from) {
    if (std::ranges::find(to, one) == to.end()) to.push_back(one);
  }
}

}  // namespace

NamedTexts texts_of(const RelayLesson& lesson) {
  std::vector<std::string> outgoing;
  for (const auto& network : lesson.outgoing) outgoing.push_back(network.to_string());
  return {{"fallback", lesson.fallback},
          {"from_domain", lesson.from_domain},
          {"from_seen", lesson.from_seen},
          {"return_path", lesson.return_path},
          {"outgoing", joined(outgoing)},
          {"signs_as", joined(lesson.signs_as)},
          {"rewrites_from", lesson.rewrites_from ? "yes" : "no"},
          {"keeps_message_id", lesson.keeps_message_id ? "yes" : "no"}};
}

RelayLesson lesson_from(const NamedTexts& texts, Time at) {
  RelayLesson lesson;
  lesson.at = at;
  for (const auto& [name, text] : texts) {
    if (name == "fallback") lesson.fallback = text;
    if (name == "from_domain") lesson.from_domain = text;
    if (name == "from_seen") lesson.from_seen = text;
    if (name == "return_path") lesson.return_path = text;
    if (name == "signs_as") lesson.signs_as = parted(text);
    if (name == "rewrites_from") lesson.rewrites_from = text == "yes";
    if (name == "keeps_message_id") lesson.keeps_message_id = text != "no";
    if (name != "outgoing") continue;
    for (const auto& word : parted(text)) {
      if (const auto network = wire::IpNetwork::parse(word)) lesson.outgoing.push_back(*network);
    }
  }
  return lesson;
}

RelayHabits habits_of(const settings::Fallback& fallback, std::span<const RelayLesson> lessons,
                      const std::string& from_domain) {
  RelayHabits habits;
  habits.host = fallback.relay.host;
  bool is_tested = false;
  for (const auto& lesson : lessons) {
    if (lesson.fallback != fallback.name) continue;
    add_new(habits.outgoing, lesson.outgoing);
    add_new(habits.signs_as, lesson.signs_as);
    const bool is_same = lesson.from_domain == from_domain;
    if (is_tested && !is_same) continue;  // its own test counts more
    if (is_same) habits.return_path.reset();
    if (lesson.has_new_return_path()) habits.return_path = lesson.return_path;
    habits.rewrites_from = lesson.rewrites_from || (!is_same && habits.rewrites_from);
    is_tested = is_tested || is_same;
  }
  if (!fallback.outgoing.empty()) habits.outgoing = fallback.outgoing;  // the administrator knows
  return habits;
}

}  // namespace todoku::delivery
