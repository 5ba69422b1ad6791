// SPDX-License-Identifier: Apache-2.0
// People leave out particles and spaces and mix full-width letters in, so both sides are compared
// without spaces, in lower-case half-width letters.
#include "classifier/explain/situations.hpp"

#include "classifier/toml/careful_toml.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace todoku::explain {

namespace {

constexpr std::size_t longest_text = 2000;

// U+FF01..U+FF5E are the full-width forms of '!'..'~'; U+3000 is the wide space.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0xEF && i + 2 < text.size()) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const auto third = static_cast<unsigned char>(text[i + 2]);
      const unsigned code = 0xF000U | ((second & 0x3FU) << 6U) | (third & 0x3FU);
      if (code >= 0xFF01 && code <= 0xFF5E) {
        out += static_cast<char>(code - 0xFF01 + '!');
        i += 2;
        continue;
      }
    }
    if (text.substr(i).starts_with("\u3000")) {
      i += 2;
    } else if (byte > 0x20) {
      out += text[i];
    }
  }
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::vector<std::string> words_of(const toml::node* node) {
  std::vector<std::string> words;
  const auto* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr) return words;
  for (const auto& item : *list) {
    if (const auto* text = item.as_string()) words.push_back(plain(text->get()));
  }
  return words;
}

bool has_any(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::any_of(
      words, [text](const auto& word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace

std::variant<Situations, CatalogError> Situations::parse(std::string_view toml) {
  const auto parsed = toml::parse(toml);
  if (!parsed) {
    const auto& error = parsed.error();
    return CatalogError{error.source().begin.line, std::string(error.description())};
  }
  Situations out;
  const auto* list = parsed.table().get_as<toml::array>("situation");
  if (list == nullptr) return CatalogError{0, "no [[situation]]"};
  for (const auto& node : *list) {
    const auto line = node.source().begin.line;
    const auto* table = node.as_table();
    const auto* id = table == nullptr ? nullptr : table->get_as<std::string>("id");
    const auto* groups = table == nullptr ? nullptr : table->get_as<toml::array>("says");
    if (id == nullptr || groups == nullptr) return CatalogError{line, "id and says are needed"};
    Situation situation{id->get(), {}, words_of(table->get("unless"))};
    for (const auto& group : *groups) {
      situation.groups.push_back(words_of(&group));
      const auto& words = situation.groups.back();
      if (words.empty() || has_any("", words)) return CatalogError{line, "says has an empty group"};
    }
    if (situation.groups.empty()) return CatalogError{line, "says is empty"};
    out.all_.push_back(std::move(situation));
  }
  return out;
}

std::string Situations::find(std::string_view text) const {
  const auto said = plain(text.substr(0, longest_text));
  const Situation* best = nullptr;
  for (const auto& one : all_) {
    const bool fits = std::ranges::all_of(
        one.groups, [&said](const auto& group) { return has_any(said, group); });
    if (!fits || has_any(said, one.unless)) continue;
    if (best == nullptr || one.groups.size() > best->groups.size()) best = &one;
  }
  return best == nullptr ? std::string() : best->id;
}

std::vector<std::string> Situations::ids() const {
  std::vector<std::string> out;
  for (const auto& one : all_) out.push_back(one.id);
  return out;
}

}  // namespace todoku::explain
