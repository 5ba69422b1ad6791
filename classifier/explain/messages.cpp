// SPDX-License-Identifier: Apache-2.0
// Templates are cut into pieces once, when they are read: a parameter's value is never searched for
// braces, so nothing that a server says can change a sentence.
#include "classifier/explain/messages.hpp"

#include "classifier/toml/careful_toml.hpp"

#include <algorithm>
#include <optional>

namespace todoku::explain {

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

const std::string* find_value(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

struct Catalog::Reader {
  Catalog catalog;
  std::optional<CatalogError> error;

  void fail(const toml::node& node, std::string what) {
    if (!error) error = CatalogError{node.source().begin.line, std::move(what)};
  }

  // "{name}" is a parameter; a brace that belongs to none is a mistake of the translator.
  bool cut(std::string_view text, Sentence& into) {
    while (!text.empty()) {
      const auto open = text.find_first_of("{}");
      if (open == std::string_view::npos) break;
      const auto close = text.find('}', open);
      if (text[open] == '}' || close == std::string_view::npos) return false;
      const auto name = text.substr(open + 1, close - open - 1);
      if (!is_name(name)) return false;
      if (open > 0) into.push_back({std::string(text.substr(0, open)), false});
      into.push_back({std::string(name), true});
      text.remove_prefix(close + 1);
    }
    if (!text.empty()) into.push_back({std::string(text), false});
    return true;
  }

  void take(const std::string& key, const toml::node& node) {
    const auto* text = node.as_string();
    if (text == nullptr) return fail(node, key + ": a sentence must be a string");
    Sentence sentence;
    if (!cut(text->get(), sentence)) return fail(node, key + ": a brace without its parameter");
    if (sentence.empty()) return fail(node, key + ": the sentence is empty");
    catalog.sentences_.emplace(key, std::move(sentence));
  }

  // Sections may stand in sections; the depth is bounded, whoever wrote the file.
  void take_table(const std::string& prefix, const toml::table& table, int depth) {
    for (const auto& [name, node] : table) {
      const auto key = prefix + std::string(name.str());
      if (const auto* inner = node.as_table(); inner != nullptr && depth < max_depth) {
        take_table(key + ".", *inner, depth + 1);
      } else if (const auto* list = node.as_array()) {
        take_list(key, *list);
      } else if (depth == 0) {
        fail(node, key + ": a sentence must stand in a section");
      } else {
        take(key, node);
      }
    }
  }

  void take_list(const std::string& key, const toml::array& list) {
    std::size_t count = 0;
    for (const auto& node : list) take(key + "." + std::to_string(++count), node);
    if (count == 0) fail(list, key + ": the list is empty");
  }

  static constexpr int max_depth = 4;
};

std::variant<Catalog, CatalogError> Catalog::parse(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    return CatalogError{error.source().begin.line, std::string(error.description())};
  }
  Reader reader;
  reader.take_table("", parsed.table(), 0);
  if (reader.error) return *reader.error;
  return std::move(reader.catalog);
}

void Catalog::add(Catalog other) {
  sentences_.merge(other.sentences_);
}

std::string Catalog::render(std::string_view key, const Parameters& parameters) const {
  const auto found = sentences_.find(key);
  if (found == sentences_.end()) return std::string(key);
  std::string out;
  for (const auto& piece : found->second) {
    if (!piece.is_parameter) {
      out += piece.text;
    } else if (const auto* value = find_value(parameters, piece.text)) {
      out += *value;
    } else {
      out += "{" + piece.text + "}";
    }
  }
  return out;
}

std::string Catalog::why_incomplete(std::string_view key, const Parameters& parameters) const {
  if (!has(key)) return "no sentence for " + std::string(key);
  for (const auto& name : parameters_of(key)) {
    if (find_value(parameters, name) == nullptr) {
      return std::string(key) + ": no value for {" + name + "}";
    }
  }
  return {};
}

bool Catalog::has(std::string_view key) const {
  return sentences_.find(key) != sentences_.end();
}

std::vector<std::string> Catalog::keys() const {
  std::vector<std::string> out;
  out.reserve(sentences_.size());
  for (const auto& [key, sentence] : sentences_) out.push_back(key);
  return out;
}

std::set<std::string> Catalog::parameters_of(std::string_view key) const {
  std::set<std::string> out;
  const auto found = sentences_.find(key);
  if (found == sentences_.end()) return out;
  for (const auto& piece : found->second) {
    if (piece.is_parameter) out.insert(piece.text);
  }
  return out;
}

}  // namespace todoku::explain
