// SPDX-License-Identifier: Apache-2.0

// Walks a TOML text and hands each value to its row. A broken file is an expected outcome.
#include "classifier/toml/careful_toml.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"
#include "proxy/settings/registry.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/settings/tables.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace todoku::settings {
namespace {

std::uint32_t line_of(const toml::node& node) {
  return static_cast<std::uint32_t>(node.source().begin.line);
}
std::uint32_t line_of(const toml::key& key) {
  return static_cast<std::uint32_t>(key.source().begin.line);
}

Scalar scalar_of(const toml::node& node) {
  Scalar scalar;
  scalar.line = line_of(node);
  if (const auto* text = node.as_string()) scalar.value = text->get();
  if (const auto* number = node.as_integer()) scalar.value = number->get();
  if (const auto* number = node.as_floating_point()) scalar.value = number->get();
  if (const auto* flag = node.as_boolean()) scalar.value = flag->get();
  return scalar;
}

Given given_of(const toml::node& node) {
  Given given;
  given.line = line_of(node);
  const auto* list = node.as_array();
  given.is_list = list != nullptr;
  if (list == nullptr) {
    given.items.push_back(scalar_of(node));
    return given;
  }
  for (const auto& item : *list) given.items.push_back(scalar_of(item));
  return given;
}

void apply_value(Settings& settings, const Row& row, const toml::node& node, const Place& place) {
  if (auto fault = lock_fault(place.locked, row.key))
    return place.add(line_of(node), std::string(row.key), std::move(*fault));
  for (auto& fault : assign(settings, row, given_of(node)))
    place.add(fault.line, std::string(row.key), std::move(fault.message));
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const Row& row : rows()) {
    const auto dot = row.key.find('.');
    if (dot == std::string_view::npos) continue;
    if (names.empty() || names.back() != row.key.substr(0, dot))
      names.push_back(row.key.substr(0, dot));
  }
  return names;
}

bool is_section(std::string_view name) {
  const auto names = section_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

GivenTable given_table(const toml::table& table) {
  GivenTable given;
  given.line = line_of(table);
  for (const auto& [key, node] : table) {
    given.keys.push_back({std::string(key.str()), line_of(key), given_of(node)});
  }
  return given;
}

// [[name]]: the list replaces what an earlier text gave.
template <class T, class Read>
void read_tables(std::vector<T>& list, std::string_view name, const toml::node& node,
                 const Place& place, Read read) {
  list.clear();
  const auto* tables = node.as_array();
  if (tables == nullptr) {
    place.add(line_of(node), std::string(name),
              "is written with two brackets: [[" + std::string(name) + "]]");
    return;
  }
  for (const auto& item : *tables) {
    const auto* table = item.as_table();
    if (table == nullptr) {
      place.add(line_of(item), std::string(name),
                "has something that is not a table; write [[" + std::string(name) + "]]");
    } else if (auto value = read(given_table(*table), place)) {
      list.push_back(std::move(*value));
    }
  }
}

void apply_section(Settings& settings, std::string_view section, const toml::table& table,
                   const Place& place) {
  for (const auto& [key, node] : table) {
    const auto full = std::string(section) + "." + std::string(key.str());
    if (const Row* row = find_row(full)) {
      apply_value(settings, *row, node, place);
    } else {
      place.add(line_of(key), key_text(full), unknown_key(full));
    }
  }
}

std::string unknown_top(const toml::key& key, bool table) {
  if (!table) return unknown_key(key.str());
  auto names = section_names();
  names.insert(names.end(), {"account", "fallback"});
  const auto near = nearest(key.str(), names);
  if (near.empty()) return "unknown section; config/defaults/todoku.toml lists all";
  const bool twice = near == "account" || near == "fallback";
  return "unknown section; did you mean " + std::string(twice ? "[[" : "[") + std::string(near) +
         (twice ? "]]?" : "]?");
}

void apply_top(Settings& settings, const toml::key& key, const toml::node& node,
               const Place& place) {
  const auto name = key.str();
  if (name == "account") {
    read_tables(settings.accounts, name, node, place, read_account);
  } else if (name == "fallback") {
    read_tables(settings.fallbacks, name, node, place, read_fallback);
  } else if (const Row* row = find_row(name);
             // A quoted key "log.level" at the top is one word with a dot, not a path.
             row != nullptr && name.find('.') == std::string_view::npos) {
    apply_value(settings, *row, node, place);
  } else if (!is_section(name)) {
    place.add(line_of(key), key_text(name), unknown_top(key, !node.is_value()));
  } else if (const auto* table = node.as_table()) {
    apply_section(settings, name, *table, place);
  } else {
    place.add(line_of(key), std::string(name),
              "is a section; write [" + std::string(name) + "] and its keys below it");
  }
}

Mistake syntax_mistake(const toml::parse_error& error, std::string_view source) {
  const auto where = error.source().begin;
  // The library's text may repeat bytes of the file: they must not reach a terminal raw.
  std::string what;
  for (const char c : error.description().substr(0, 200))
    what += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  std::string message = "column " + std::to_string(where.column) + ": this is not TOML: " + what;
  if (what.find("utf-8") != std::string::npos || what.find("UTF-8") != std::string::npos)
    message += "; save the file as UTF-8";
  return {std::string(source), static_cast<std::uint32_t>(where.line), "", message};
}

}  // namespace

std::vector<Mistake> apply_toml(Settings& settings, std::string_view text,
                                std::string_view source) {
  const auto parsed = toml::parse(text);
  if (!parsed) return {syntax_mistake(parsed.error(), source)};
  std::vector<Mistake> mistakes;
  const Place place{source, mistakes, settings.locked};
  for (const auto& [key, node] : parsed.table()) apply_top(settings, key, node, place);
  // The library's tables are sorted by name; people read their file from the top.
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& left, const Mistake& right) {
    return left.line < right.line;
  });
  return mistakes;
}

}  // namespace todoku::settings
