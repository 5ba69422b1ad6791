// SPDX-License-Identifier: Apache-2.0
// Strict: a list that is missing, empty or unknown is a mistake, so that no check is blind unseen.
#include "classifier/toml/careful_toml.hpp"
#include "proxy/checks/lists.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace todoku::checks {
namespace {

using List = std::vector<std::string> Lists::*;
using Words = WordSet Lists::*;

struct Target {
  std::string_view name;
  std::variant<List, Words> place;
};

constexpr std::array<Target, 10> targets{{
    {"attachment_words", &Lists::attachment_words},
    {"attachment_denials", &Lists::attachment_denials},
    {"quote_begins", &Lists::quote_begins},
    {"quote_ends", &Lists::quote_ends},
    {"risky_extensions", &Lists::risky_extensions},
    {"macro_extensions", &Lists::macro_extensions},
    {"harmless_extensions", &Lists::harmless_extensions},
    {"spam_words", &Lists::spam_words},
    {"legal_forms", &Lists::legal_forms},
    {"large_file_places", &Lists::large_file_places},
}};

bool read_list(const toml::node* node, std::vector<std::string>& into) {
  const auto* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr || list->empty()) return false;
  for (const auto& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr || text->get().empty()) return false;
    into.push_back(text->get());
  }
  return true;
}

bool read_target(const toml::node* node, const std::variant<List, Words>& place, Lists& lists) {
  std::vector<std::string> texts;
  if (!read_list(node, texts)) return false;
  if (const auto* list = std::get_if<List>(&place)) {
    lists.*(*list) = std::move(texts);
    return true;
  }
  const bool has_short = std::ranges::any_of(
      texts, [](const std::string& word) { return word.size() < WordSet::shortest; });
  if (!has_short) lists.*(std::get<Words>(place)) = WordSet(std::move(texts));
  return !has_short;
}

}  // namespace

std::variant<Lists, ListsMistake> read_lists(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed)
    return ListsMistake{parsed.error().source().begin.line,
                        std::string(parsed.error().description())};
  Lists lists;
  for (const auto& [name, place] : targets) {
    const auto* node = parsed.table().get(name);
    if (read_target(node, place, lists)) continue;
    const auto line = node == nullptr ? 0 : node->source().begin.line;
    return ListsMistake{
        line, std::string(name) + " must be a list of texts, of words with at least 4 octets"};
  }
  if (parsed.table().size() != targets.size()) return ListsMistake{0, "a key is not known"};
  return lists;
}

}  // namespace todoku::checks
