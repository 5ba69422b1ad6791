// SPDX-License-Identifier: Apache-2.0
// Reads config/rules/*.toml. Every key is known by name; a key that is not is a mistake, so that a
// misspelt condition cannot widen a rule. Format: config/rules/README.md.
#include "classifier/rules/rule.hpp"
#include "classifier/toml/careful_toml.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace todoku::rules {

namespace {

using Level = std::pair<std::string_view, int>;
constexpr std::array levels{Level{"certain", 90}, Level{"strong", 70}, Level{"plain", 50},
                            Level{"code", 40},    Level{"weak", 30},   Level{"hint", 15}};

constexpr std::array rule_keys{"id",
                               "cause",
                               "says",
                               "pattern",
                               "receiver",
                               "system",
                               "stage",
                               "status",
                               "reply",
                               "action",
                               "sample",
                               "sample_status",
                               "sample_stage",
                               "sample_receiver",
                               "sample_system",
                               "sample_action",
                               "second",
                               "case",
                               "hides",
                               "only_said",
                               "source",
                               "checked"};
constexpr std::array disguise_keys{"id",     "reported", "from",   "to",     "pattern", "receiver",
                                   "system", "stage",    "status", "reply",  "action",  "heaviest",
                                   "hides",  "case",     "source", "checked"};

class Reader {
 public:
  Reader(const RuleText& source, std::vector<Mistake>& mistakes)
      : source_(source), mistakes_(mistakes) {}

  RuleFile read() {
    const auto parsed = toml::parse(std::string_view(source_.text));
    if (!parsed) {
      fail(parsed.error().source().begin.line, std::string(parsed.error().description()));
      return {};
    }
    const auto& root = parsed.table();
    for (const auto& [key, node] : root) {
      if (key.str() == "source") {
        take_sources(node);
      } else if (key.str() != "rule" && key.str() != "disguise" && key.str() != "disable" &&
                 key.str() != "default_source") {
        fail(node, std::string(key.str()) + ": unknown key");
      }
    }
    default_source_ = root["default_source"].value_or(std::string());
    each_table(root, "rule", [this](const toml::table& table) { take_rule(table); });
    each_table(root, "disguise", [this](const toml::table& table) { take_disguise(table); });
    file_.disabled = texts(root, "disable");
    return std::move(file_);
  }

 private:
  const RuleText& source_;
  std::vector<Mistake>& mistakes_;
  RuleFile file_;
  std::set<std::string, std::less<>> sources_;
  std::string default_source_;

  void fail(std::uint32_t line, std::string what) {
    mistakes_.push_back({source_.name, line, std::move(what)});
  }
  void fail(const toml::node& node, std::string what) {
    fail(node.source().begin.line, std::move(what));
  }

  template <typename Take>
  void each_table(const toml::table& root, std::string_view key, Take take) {
    const auto* node = root.get(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr)
      return fail(*node, std::string(key) + ": write [[" + std::string(key) + "]]");
    for (const auto& element : *array) {
      if (const auto* table = element.as_table()) {
        take(*table);
      } else {
        fail(element, std::string(key) + ": write [[" + std::string(key) + "]]");
      }
    }
  }

  // [source.name] page = "...", checked = 2026-11-24
  void take_sources(const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) return fail(node, "source: write [source.name]");
    for (const auto& [name, inner] : *table) {
      const auto* entry = inner.as_table();
      if (entry == nullptr || !entry->get_as<std::string>("page") ||
          !entry->get_as<toml::date>("checked")) {
        fail(inner,
             "source." + std::string(name.str()) + ": needs page = \"...\" and checked = date");
      } else {
        sources_.emplace(name.str());
      }
    }
  }

  std::string text(const toml::table& table, std::string_view key) {
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    if (const auto* value = node->as_string()) return value->get();
    fail(*node, std::string(key) + ": must be a text");
    return {};
  }

  // A single text or a list of texts.
  std::vector<std::string> texts(const toml::table& table, std::string_view key) {
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    if (node->is_string()) return {node->as_string()->get()};
    std::vector<std::string> list;
    const auto* array = node->as_array();
    if (array == nullptr) {
      fail(*node, std::string(key) + ": must be a text or a list of texts");
      return {};
    }
    for (const auto& element : *array) {
      if (const auto* value = element.as_string()) {
        list.push_back(value->get());
      } else {
        fail(element, std::string(key) + ": must hold texts only");
      }
    }
    return list;
  }

  Cause cause(const toml::table& table, std::string_view key) {
    const auto name = text(table, key);
    const auto found = cause_from_string(name);
    if (!found) fail(table, std::string(key) + ": no such cause: \"" + name + "\"");
    return found.value_or(Cause::undefined);
  }

  Conditions conditions(const toml::table& table) {
    return {texts(table, "receiver"), texts(table, "system"), texts(table, "stage"),
            texts(table, "status"),   texts(table, "reply"),  texts(table, "action")};
  }

  template <typename Keys>
  void check_keys(const toml::table& table, const Keys& known) {
    for (const auto& [key, node] : table) {
      if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
        fail(node, std::string(key.str()) + ": unknown key");
      }
    }
  }

  int weight(const toml::table& table) {
    const auto name = text(table, "says");
    for (const auto& [level, value] : levels) {
      if (name == level) return value;
    }
    fail(table, "says: must be certain, strong, plain, code, weak or hint");
    return 0;
  }

  void check_source(const toml::table& table) {
    const auto name = text(table, "source");
    const auto& wanted = name.empty() ? default_source_ : name;
    if (!source_.admin && !sources_.contains(wanted))
      fail(table, "source: no such source: \"" + wanted + "\"");
  }

  void take_rule(const toml::table& table) {
    check_keys(table, rule_keys);
    check_source(table);
    Rule rule;
    rule.id = text(table, "id");
    if (rule.id.empty()) fail(table, "id: is missing");
    rule.cause = cause(table, "cause");
    rule.weight = weight(table);
    rule.patterns = texts(table, "pattern");
    rule.when = conditions(table);
    rule.samples = texts(table, "sample");
    rule.sample_status = text(table, "sample_status");
    rule.sample_stage = text(table, "sample_stage");
    rule.sample_receiver = text(table, "sample_receiver");
    rule.sample_system = text(table, "sample_system");
    rule.sample_action = text(table, "sample_action");
    if (table.contains("second")) rule.second = cause(table, "second");
    rule.provider_case = text(table, "case");
    rule.hides = table["hides"].value_or(false);
    rule.only_said = table["only_said"].value_or(false);
    if (rule.patterns.empty() && rule.when.status.empty() && rule.when.reply.empty() &&
        rule.when.system.empty() && rule.when.action.empty()) {
      fail(table, rule.id + ": needs a pattern, a status, a reply, an action or a system");
    }
    if (!source_.admin && rule.samples.empty()) fail(table, rule.id + ": needs a sample");
    file_.rules.push_back(std::move(rule));
  }

  void take_disguise(const toml::table& table) {
    check_keys(table, disguise_keys);
    check_source(table);
    Disguise disguise;
    disguise.id = text(table, "id");
    if (disguise.id.empty()) fail(table, "id: is missing");
    disguise.from = cause(table, "from");
    disguise.to = cause(table, "to");
    disguise.patterns = texts(table, "pattern");
    disguise.when = conditions(table);
    disguise.reported = table["reported"].value_or(false);
    disguise.heaviest = table["heaviest"].value_or(100);
    disguise.hides = table["hides"].value_or(true);
    disguise.provider_case = text(table, "case");
    file_.disguises.push_back(std::move(disguise));
  }
};

}  // namespace

RuleFile read_rules(const RuleText& source, std::vector<Mistake>& mistakes) {
  return Reader(source, mistakes).read();
}

}  // namespace todoku::rules
