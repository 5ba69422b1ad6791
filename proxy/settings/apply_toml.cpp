// SPDX-License-Identifier: Apache-2.0

// Walks a TOML text and hands each value to its row. A broken file is an expected outcome.
#include "classifier/toml/careful_toml.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"
#include "proxy/settings/registry.hpp"
#include "proxy/settings/settings.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace todoku::settings {
namespace {

struct Place {
  std::string_view source;
  std::vector<Mistake>& mistakes;

  void add(std::uint32_t line, std::string key, std::string message) const {
    mistakes.push_back({std::string(source), line, std::move(key), std::move(message)});
  }
};

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

// One text of an [[account]] or [[fallback]]; empty after a mistake.
std::string read_text(const toml::node& node, const std::string& key, const Place& place) {
  const auto* text = node.as_string();
  if (text == nullptr) {
    place.add(line_of(node), key, "is not a text in quotes");
    return {};
  }
  const auto& value = text->get();
  const bool control = std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) place.add(line_of(node), key, "may not have control characters");
  return control ? std::string{} : value;
}

bool read_relay(const toml::node& node, const std::string& key, const Place& place,
                ServerUrl& url) {
  const auto* text = node.as_string();
  if (text == nullptr) {
    place.add(line_of(node), key, "is not a URL in quotes");
    return false;
  }
  auto parsed = parse_url(text->get(), UrlUse::relay);
  if (const auto* fault = std::get_if<std::string>(&parsed)) {
    place.add(line_of(node), key, *fault);
    return false;
  }
  url = std::get<ServerUrl>(std::move(parsed));
  return true;
}

bool is_sender(std::string_view text) {
  if (text == "*") return true;
  const auto at = text.rfind('@');
  return at != std::string_view::npos && !host_fault(text.substr(at + 1)) &&
         text.find(' ') == std::string_view::npos;
}

void read_senders(const toml::node& node, const Place& place, std::vector<std::string>& senders) {
  const auto given = given_of(node);
  if (given.items.empty()) place.add(given.line, "account.senders", "is empty; give at least one");
  for (const auto& item : given.items) {
    const auto* text = std::get_if<std::string>(&item.value);
    if (text != nullptr && is_sender(*text)) {
      senders.push_back(*text);
      continue;
    }
    place.add(item.line, "account.senders",
              (text == nullptr ? std::string("this value") : quoted(*text)) +
                  " is not a sender; write \"taro@example.jp\", \"@example.jp\" or \"*\"");
  }
}

void unknown_part(const toml::key& key, std::string_view table,
                  std::span<const std::string_view> known, const Place& place) {
  std::string message = "unknown key; ";
  const auto near = nearest(key.str(), known);
  if (!near.empty()) {
    message += "did you mean " + std::string(near) + "?";
  } else {
    message += "known here are";
    for (const auto name : known) message += " " + std::string(name);
  }
  place.add(line_of(key), std::string(table) + "." + key_text(key.str()), message);
}

std::optional<Account> read_account(const toml::table& table, const Place& place) {
  constexpr std::array<std::string_view, 4> known{"name", "senders", "login", "upstream"};
  const auto before = place.mistakes.size();
  Account account;
  bool upstream = false;
  bool senders = false;
  for (const auto& [key, node] : table) {
    if (key == "name") {
      account.name = read_text(node, "account.name", place);
    } else if (key == "login") {
      account.login = read_text(node, "account.login", place);
    } else if (key == "senders") {
      senders = true;
      read_senders(node, place, account.senders);
    } else if (key == "upstream") {
      upstream = true;
      read_relay(node, "account.upstream", place, account.upstream);
    } else {
      unknown_part(key, "account", known, place);
    }
  }
  if (!senders)
    place.add(line_of(table), "account.senders",
              "is missing; write senders = [\"taro@example.jp\"] or [\"*\"] for every sender");
  if (!upstream)
    place.add(line_of(table), "account.upstream",
              "is missing; write upstream = \"submission://sv0000.example.jp:587\"");
  if (place.mistakes.size() != before) return std::nullopt;
  if (account.name.empty()) account.name = account.senders.front();
  return account;
}

std::optional<Fallback> read_fallback(const toml::table& table, const Place& place) {
  constexpr std::array<std::string_view, 2> known{"name", "relay"};
  const auto before = place.mistakes.size();
  Fallback fallback;
  bool relay = false;
  for (const auto& [key, node] : table) {
    if (key == "name") {
      fallback.name = read_text(node, "fallback.name", place);
    } else if (key == "relay") {
      relay = true;
      read_relay(node, "fallback.relay", place, fallback.relay);
    } else {
      unknown_part(key, "fallback", known, place);
    }
  }
  if (!relay)
    place.add(line_of(table), "fallback.relay",
              "is missing; write relay = \"submission://relay.example.jp:587\"");
  if (place.mistakes.size() != before) return std::nullopt;
  if (fallback.name.empty()) fallback.name = fallback.relay.host;
  return fallback;
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
    } else if (auto value = read(*table, place)) {
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
  const Place place{source, mistakes};
  for (const auto& [key, node] : parsed.table()) apply_top(settings, key, node, place);
  // The library's tables are sorted by name; people read their file from the top.
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& left, const Mistake& right) {
    return left.line < right.line;
  });
  return mistakes;
}

}  // namespace todoku::settings
