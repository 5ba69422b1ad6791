// SPDX-License-Identifier: Apache-2.0
// Every key is known by name, so that a misspelt one is a mistake and not a fact that is silently
// missing. Format: config/providers/README.md.
#include "proxy/providers/provider_reader.hpp"

#include "classifier/toml/careful_toml.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <sstream>
#include <utility>

namespace todoku::providers {
namespace {

template <typename Value>
using Word = std::pair<std::string_view, Value>;

constexpr std::array kinds{Word<Kind>{"mailbox", Kind::mailbox},
                           Word<Kind>{"carrier", Kind::carrier}, Word<Kind>{"access", Kind::access},
                           Word<Kind>{"hosting", Kind::hosting},
                           Word<Kind>{"sending", Kind::sending}};
constexpr std::array sizes{Word<SizeLimit::Counts>{"message", SizeLimit::Counts::message},
                           Word<SizeLimit::Counts>{"attachments", SizeLimit::Counts::attachments}};
constexpr std::array rates{Word<RateLimit::Counts>{"messages", RateLimit::Counts::messages},
                           Word<RateLimit::Counts>{"recipients", RateLimit::Counts::recipients}};
constexpr std::array spans{Word<RateLimit::Per>{"message", RateLimit::Per::message},
                           Word<RateLimit::Per>{"minute", RateLimit::Per::minute},
                           Word<RateLimit::Per>{"hour", RateLimit::Per::hour},
                           Word<RateLimit::Per>{"day", RateLimit::Per::day}};

bool is_host(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-*";
  return text.find('.') != std::string_view::npos && std::ranges::count(text, '*') <= 1 &&
         text.find_first_not_of(letters) == std::string_view::npos;
}

class Reader {
 public:
  Reader(const ProviderText& source, std::vector<Mistake>& mistakes)
      : source_(source), mistakes_(mistakes) {}

  Provider read() {
    provider_.id = source_.id;
    const auto parsed = toml::parse(std::string_view(source_.text));
    if (!parsed) {
      mistakes_.push_back({source_.id, parsed.error().source().begin.line,
                           std::string(parsed.error().description())});
      return std::move(provider_);
    }
    const auto& root = parsed.table();
    only(root, "",
         {"name", "kind", "source", "domains", "exchangers", "submission", "imap", "pop", "sends",
          "takes", "rate", "spf", "desk"});
    take_sources(root);
    take_name(root);
    provider_.kind = word(root, "", "kind", kinds);
    provider_.domains = hosts(root, "domains");
    provider_.exchangers = hosts(root, "exchangers");
    provider_.submission = server(root, "submission");
    provider_.imap = server(root, "imap");
    provider_.pop = server(root, "pop");
    provider_.sends = size(root, "sends");
    provider_.takes = size(root, "takes");
    take_rates(root);
    take_spf(root);
    take_desk(root);
    for (const auto& [name, used] : is_used_)
      if (!used) fail(root, "source." + name, "no fact names it");
    return std::move(provider_);
  }

 private:
  const ProviderText& source_;
  std::vector<Mistake>& mistakes_;
  Provider provider_;
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, bool, std::less<>> is_used_;

  void fail(const toml::node& node, const std::string& key, std::string_view what) {
    mistakes_.push_back({source_.id, node.source().begin.line, key + ": " + std::string(what)});
  }

  void only(const toml::table& table, const std::string& prefix,
            std::initializer_list<std::string_view> keys) {
    for (const auto& [key, node] : table)
      if (std::ranges::find(keys, key.str()) == keys.end())
        fail(node, prefix + std::string(key.str()), "unknown key");
  }

  // The table at key, or nullptr when there is none; anything else there is a mistake.
  const toml::table* table_at(const toml::table& root, const std::string& key) {
    const auto* node = root.get(key);
    if (node == nullptr) return nullptr;
    if (const auto* table = node->as_table()) return table;
    fail(*node, key, "must be a table");
    return nullptr;
  }

  std::string text(const toml::table& table, const std::string& prefix, const std::string& key) {
    const auto* found = table.get_as<std::string>(key);
    if (found != nullptr && !found->get().empty()) return found->get();
    fail(table, prefix + key, "must be a string");
    return {};
  }

  std::int64_t number(const toml::table& table, const std::string& prefix, const std::string& key,
                      std::int64_t most) {
    const auto* found = table.get_as<std::int64_t>(key);
    if (found != nullptr && found->get() > 0 && found->get() <= most) return found->get();
    fail(table, prefix + key, "must be a number from 1 to " + std::to_string(most));
    return 0;
  }

  template <typename Value, std::size_t count>
  Value word(const toml::table& table, const std::string& prefix, const std::string& key,
             const std::array<Word<Value>, count>& words) {
    const auto* found = table.get_as<std::string>(key);
    std::string choice;
    for (const auto& [name, value] : words) {
      if (found != nullptr && found->get() == name) return value;
      choice += (choice.empty() ? "" : ", ") + std::string(name);
    }
    fail(table, prefix + key, "must be one of " + choice);
    return words.front().second;
  }

  // [source.name] page = "https://..." and, when it was read, checked = 2026-11-27
  void take_sources(const toml::table& root) {
    const auto* table = table_at(root, "source");
    if (table == nullptr) return fail(root, "source", "there must be one at least");
    for (const auto& [name, node] : *table) {
      const auto key = "source." + std::string(name.str());
      const auto* entry = node.as_table();
      if (entry == nullptr) {
        fail(node, key, "must be a table");
        continue;
      }
      only(*entry, key + ".", {"page", "checked"});
      Source one{text(*entry, key + ".", "page"), checked_day(*entry, key)};
      if (!one.page.starts_with("https://") && !one.page.starts_with("http://"))
        fail(*entry, key + ".page", "must be a URL");
      provider_.sources.push_back(one);
      is_used_[std::string(name.str())] = false;
      sources_.emplace(name.str(), std::move(one));
    }
  }

  std::string checked_day(const toml::table& entry, const std::string& key) {
    const auto* node = entry.get("checked");
    if (node == nullptr) return {};
    const auto* date = node->as_date();
    if (date == nullptr) {
      fail(*node, key + ".checked", "must be a date");
      return {};
    }
    std::ostringstream out;
    out << date->get();
    return out.str();
  }

  Source source_of(const toml::table& table, const std::string& prefix) {
    const auto name = text(table, prefix, "source");
    const auto found = sources_.find(name);
    if (found == sources_.end()) {
      if (!name.empty()) fail(table, prefix + "source", "there is no [source." + name + "]");
      return {};
    }
    is_used_[name] = true;
    return found->second;
  }

  void take_name(const toml::table& root) {
    const auto* name = table_at(root, "name");
    if (name == nullptr) return fail(root, "name", "must have ja and en");
    only(*name, "name.", {"ja", "en"});
    provider_.name_ja = text(*name, "name.", "ja");
    provider_.name_en = text(*name, "name.", "en");
  }

  // [domains] source, names = ["..."]
  std::vector<std::string> hosts(const toml::table& root, const std::string& key) {
    std::vector<std::string> out;
    const auto* table = table_at(root, key);
    if (table == nullptr) return out;
    only(*table, key + ".", {"source", "names"});
    source_of(*table, key + ".");
    const auto* names = table->get_as<toml::array>("names");
    if (names == nullptr) {
      fail(*table, key + ".names", "must be a list of names");
      return out;
    }
    for (const auto& node : *names) {
      out.push_back(node.value_or(std::string()));
      if (!is_host(out.back())) fail(node, key + ".names", "\"" + out.back() + "\" is no host");
    }
    return out;
  }

  // [submission] source, host, tls = 465, starttls = 587
  std::optional<Server> server(const toml::table& root, const std::string& key) {
    const auto* table = table_at(root, key);
    if (table == nullptr) return std::nullopt;
    only(*table, key + ".", {"source", "host", "tls", "starttls"});
    Server found{text(*table, key + ".", "host"), {}, source_of(*table, key + ".")};
    if (!is_host(found.host)) fail(*table, key + ".host", "is no host");
    constexpr std::int64_t highest_port = 65'535;
    constexpr std::array ways{Word<Security>{"tls", Security::tls},
                              Word<Security>{"starttls", Security::starttls}};
    for (const auto& [name, security] : ways) {
      if (table->get(name) == nullptr) continue;
      const auto port = number(*table, key + ".", std::string(name), highest_port);
      found.endpoints.push_back({static_cast<std::uint16_t>(port), security});
    }
    if (found.endpoints.empty()) fail(*table, key, "needs tls = PORT or starttls = PORT");
    return found;
  }

  // [sends] source, megabytes, counts
  std::optional<SizeLimit> size(const toml::table& root, const std::string& key) {
    const auto* table = table_at(root, key);
    if (table == nullptr) return std::nullopt;
    only(*table, key + ".", {"source", "megabytes", "counts"});
    constexpr std::int64_t most = 1'000;
    constexpr std::int64_t bytes_each = 1'000'000;  // of the two readings of "MB" the safe one
    SizeLimit limit;
    limit.bytes =
        static_cast<std::uint64_t>(number(*table, key + ".", "megabytes", most) * bytes_each);
    limit.counts = word(*table, key + ".", "counts", sizes);
    limit.source = source_of(*table, key + ".");
    return limit;
  }

  // [spf] source, include
  void take_spf(const toml::table& root) {
    const auto* table = table_at(root, "spf");
    if (table == nullptr) return;
    only(*table, "spf.", {"source", "include"});
    provider_.spf = text(*table, "spf.", "include");
    source_of(*table, "spf.");
    if (provider_.spf.find('.') == std::string::npos ||
        provider_.spf.find_first_of(" :/%\"") != std::string::npos)
      fail(*table, "spf.include", "is no name");
  }

  // [desk] source: its page is the one to open
  void take_desk(const toml::table& root) {
    const auto* table = table_at(root, "desk");
    if (table == nullptr) return;
    only(*table, "desk.", {"source"});
    provider_.desk = source_of(*table, "desk.").page;
  }

  // [[rate]] source, count, counts, per, whom
  void take_rates(const toml::table& root) {
    const auto* node = root.get("rate");
    if (node == nullptr) return;
    const auto* list = node->as_array();
    if (list == nullptr) return fail(*node, "rate", "write [[rate]]");
    for (const auto& element : *list) {
      const auto* table = element.as_table();
      if (table == nullptr) {
        fail(element, "rate", "write [[rate]]");
        continue;
      }
      only(*table, "rate.", {"source", "count", "counts", "per", "whom"});
      constexpr std::int64_t most = 10'000'000;
      RateLimit limit;
      limit.count = static_cast<std::uint32_t>(number(*table, "rate.", "count", most));
      limit.counts = word(*table, "rate.", "counts", rates);
      limit.per = word(*table, "rate.", "per", spans);
      if (table->get("whom") != nullptr) limit.whom = text(*table, "rate.", "whom");
      limit.source = source_of(*table, "rate.");
      provider_.rates.push_back(std::move(limit));
    }
  }
};

}  // namespace

Provider read_provider(const ProviderText& source, std::vector<Mistake>& mistakes) {
  return Reader(source, mistakes).read();
}

}  // namespace todoku::providers
