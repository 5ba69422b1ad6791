// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line of the bench program: "--name value" pairs and "--name" switches, nothing more.
#include <map>
#include <span>
#include <string>

namespace todoku::bench {

class Arguments {
 public:
  explicit Arguments(std::span<char*> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string name = words[i];
      const bool has_value = i + 1 < words.size() && !std::string(words[i + 1]).starts_with("--");
      values_[name] = has_value ? words[++i] : "";
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }
  [[nodiscard]] double number(const std::string& name, double otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : std::stod(found->second);
  }
  [[nodiscard]] std::size_t count(const std::string& name, std::size_t otherwise) const {
    return static_cast<std::size_t>(number(name, static_cast<double>(otherwise)));
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace todoku::bench
