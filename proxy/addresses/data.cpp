// SPDX-License-Identifier: Apache-2.0
// Every key is known by name, so that a misspelt one is a mistake and not a silent default.
#include "proxy/addresses/data.hpp"

#include "classifier/toml/careful_toml.hpp"
#include "proxy/addresses/domain_name.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace todoku::addresses {
namespace {

class Reader {
 public:
  Reader(std::string file, std::vector<DataMistake>& mistakes)
      : file_(std::move(file)), mistakes_(mistakes) {}

  std::optional<toml::table> parse(std::string_view text) {
    auto parsed = toml::parse(text);
    if (parsed) return std::move(parsed).table();
    fail(parsed.error().source().begin.line, std::string(parsed.error().description()));
    return std::nullopt;
  }

  void fail(std::uint32_t line, std::string what) {
    mistakes_.push_back({file_, line, std::move(what)});
  }
  void fail(const toml::node& node, std::string what) {
    fail(node.source().begin.line, std::move(what));
  }

  void only(const toml::table& table, std::initializer_list<std::string_view> keys) {
    for (const auto& [key, node] : table)
      if (std::ranges::find(keys, key.str()) == keys.end())
        fail(node, std::string(key.str()) + ": unknown key");
  }

  std::vector<std::string> texts(const toml::table& table, std::string_view key) {
    std::vector<std::string> out;
    const auto* list = table.get_as<toml::array>(key);
    if (list == nullptr) {
      fail(table, std::string(key) + ": must be a list of strings");
      return out;
    }
    for (const auto& node : *list) {
      if (const auto* text = node.as_string()) {
        out.push_back(text->get());
      } else {
        fail(node, std::string(key) + ": must be a list of strings");
      }
    }
    return out;
  }

  Dots dots_of(const toml::table& table) {
    const auto* node = table.get("dots");
    if (node == nullptr) return Dots::unknown;
    const auto word = node->value_or(std::string_view());
    if (word == "allowed") return Dots::allowed;
    if (word == "forbidden") return Dots::forbidden;
    fail(*node, "dots: write \"allowed\" or \"forbidden\"");
    return Dots::unknown;
  }

  bool is_set(const toml::table& table, std::string_view key) {
    const auto* node = table.get(key);
    if (node == nullptr) return false;
    if (const auto* flag = node->as_boolean()) return flag->get();
    fail(*node, std::string(key) + ": must be true or false");
    return false;
  }

  void take_group(const toml::table& table, std::vector<Target>& targets) {
    only(table,
         {"what", "source", "checked", "rank", "dots", "below", "family", "generic", "domains"});
    for (const std::string_view key : {"what", "source"})
      if (table.get_as<std::string>(key) == nullptr)
        fail(table, std::string(key) + ": must be a string");
    Target like;
    like.rank = static_cast<int>(table["rank"].value_or(std::int64_t{0}));
    if (like.rank < 1 || like.rank > 4) fail(table, "rank: must be 1 to 4");
    like.dots = dots_of(table);
    like.has_below = is_set(table, "below");
    like.is_family = is_set(table, "family");
    like.is_generic = is_set(table, "generic");
    for (auto& domain : texts(table, "domains")) {
      if (!is_host_name(domain)) fail(table, domain + ": is no lower-case domain");
      like.domain = std::move(domain);
      targets.push_back(like);
    }
  }

 private:
  std::string file_;
  std::vector<DataMistake>& mistakes_;
};

}  // namespace

void read_targets(std::string_view text, Data& data, std::vector<DataMistake>& mistakes) {
  Reader reader("addresses/targets.toml", mistakes);
  const auto root = reader.parse(text);
  if (!root) return;
  reader.only(*root, {"group", "heard"});
  const auto* groups = root->get_as<toml::array>("group");
  if (groups == nullptr) return reader.fail(0, "group: write [[group]]");
  for (const auto& node : *groups) {
    const auto* table = node.as_table();
    if (table == nullptr) return reader.fail(node, "group: write [[group]]");
    reader.take_group(*table, data.targets);
  }
  const auto* heard = root->get_as<toml::table>("heard");
  if (heard == nullptr) return;
  for (const auto& [domain, node] : *heard)
    for (auto& spelling : reader.texts(*heard, domain.str()))
      data.heard.emplace_back(domain.str(), std::move(spelling));
}

void read_endings(std::string_view text, Data& data, std::vector<DataMistake>& mistakes) {
  Reader reader("addresses/endings.toml", mistakes);
  const auto root = reader.parse(text);
  if (!root) return;
  reader.only(*root, {"endings", "organisations"});
  data.endings = reader.texts(*root, "endings");
  data.organisations = reader.texts(*root, "organisations");
}

}  // namespace todoku::addresses
