// SPDX-License-Identifier: Apache-2.0
#pragma once

// The domains that many people write to, and every way to find the one that was meant: by name, by
// typing, by ear, by what the input method showed. Pure; any thread once it is built.
#include "proxy/addresses/data.hpp"
#include "proxy/addresses/deletion_index.hpp"
#include "proxy/addresses/distance.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace todoku::addresses {

// Lets a map with std::string keys be searched with a view.
struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

class Targets {
 public:
  // heard: domain, spelling of its name by ear.
  Targets(std::vector<Target> targets,
          const std::vector<std::pair<std::string, std::string>>& heard);

  // Domains and names: lower-case ASCII. What is found lives as long as this object.
  [[nodiscard]] const Target* find(std::string_view domain) const;
  // Also what stands below one whose customers have names there.
  [[nodiscard]] const Target* find_or_above(std::string_view domain) const;
  // "softbank": softbank.ne.jp, softbank.jp. Empty when nothing has that name.
  [[nodiscard]] std::vector<const Target*> named(std::string_view name) const;
  [[nodiscard]] std::string_view ending_of(const Target& target) const;

  struct Near {
    const Target* target = nullptr;
    Cost cost = 0;  // of the typing, and a little for a lower rank
  };
  // Those that the domain may be a slip of, the nearest first. ending: the public ending of
  // `typed`, or empty when it has none that exists. allowance: how much farther than usual.
  [[nodiscard]] std::vector<Near> near(std::string_view typed, std::string_view ending,
                                       Cost allowance = 0) const;
  [[nodiscard]] const Target* sounding_like(std::string_view name, std::string_view ending) const;
  // domain: with hiragana.
  [[nodiscard]] const Target* shown_as(std::string_view domain) const;

  static constexpr Cost price_of_rank = 8;  // between equals the more common one wins

 private:
  using Number = DeletionIndex::Number;
  template <typename Value>
  using Map = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  void file_spellings(Number number, const std::string& name, const std::string& ending);

  std::vector<Target> targets_;
  std::vector<std::string> endings_;  // of targets_, one for each
  Map<Number> by_domain_;
  Map<std::vector<Number>> by_name_;  // what stands before the ending
  Map<Number> by_sound_;              // sound of the name, "@", ending
  Map<Number> by_kana_;               // as an input method would show it
  DeletionIndex index_{DeletionIndex::Reach::two};
};

}  // namespace todoku::addresses
