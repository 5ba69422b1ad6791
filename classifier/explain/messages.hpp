// SPDX-License-Identifier: Apache-2.0
#pragma once

// The sentences that people read, by key, in one language: config/messages/*<language>.toml. Text
// in, text out. A key is "section.name"; a sentence may hold {named} parameters. Any thread.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace todoku::explain {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Why a text is no catalog.
struct CatalogError {
  std::uint32_t line = 0;  // 0 = not known
  std::string what;        // English, one sentence
};

class Catalog {
 public:
  // text: TOML, sections with strings and lists of strings in them; the items of a list are
  // "section.name.1", "section.name.2", ...
  static std::variant<Catalog, CatalogError> parse(std::string_view text);
  // Takes over the sentences of another file; a key that is here already stays.
  void add(Catalog other);

  // Never fails, so that a missing sentence never costs a message: an unknown key gives the key
  // itself, a missing parameter stays as "{name}". why_incomplete() tells, for tests and logs.
  [[nodiscard]] std::string render(std::string_view key, const Parameters& parameters = {}) const;
  // Empty = render() gives a complete sentence; else what is missing, in English.
  [[nodiscard]] std::string why_incomplete(std::string_view key,
                                           const Parameters& parameters = {}) const;

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> keys() const;  // sorted
  // The names of the parameters that the sentence uses.
  [[nodiscard]] std::set<std::string> parameters_of(std::string_view key) const;

 private:
  // A piece is plain text or the name of a parameter.
  struct Piece {
    std::string text;
    bool is_parameter = false;
  };
  using Sentence = std::vector<Piece>;
  struct Reader;

  std::map<std::string, Sentence, std::less<>> sentences_;
};

}  // namespace todoku::explain
