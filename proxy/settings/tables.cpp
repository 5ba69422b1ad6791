// SPDX-License-Identifier: Apache-2.0
// Key by key. Each reader of a value tells its mistake and leaves the value as it was.
#include "proxy/settings/tables.hpp"

#include "proxy/settings/fallback_causes.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace todoku::settings {
namespace {

// A single text; null = something else was written.
const std::string* text_in(const Given& given) {
  if (given.is_list || given.items.size() != 1) return nullptr;
  return std::get_if<std::string>(&given.items.front().value);
}

// Empty after a mistake.
std::string read_text(const Given& given, const std::string& key, const Place& place) {
  const auto* text = text_in(given);
  if (text == nullptr) {
    place.add(given.line, key, "is not a text in quotes");
    return {};
  }
  const bool control = std::any_of(text->begin(), text->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) place.add(given.line, key, "may not have control characters");
  return control ? std::string{} : *text;
}

void read_relay(const Given& given, const std::string& key, const Place& place, ServerUrl& url) {
  const auto* text = text_in(given);
  if (text == nullptr) {
    place.add(given.line, key, "is not a URL in quotes");
    return;
  }
  auto parsed = parse_url(*text, UrlUse::relay);
  if (const auto* fault = std::get_if<std::string>(&parsed)) {
    place.add(given.line, key, *fault);
    return;
  }
  url = std::get<ServerUrl>(std::move(parsed));
}

// A list of texts, one text counting as a list of one. take: true when it has taken the text.
template <class Take>
void read_list(const Given& given, const std::string& key, const Place& place,
               std::string_view wanted, Take take) {
  if (given.items.empty()) place.add(given.line, key, "is empty; give at least one");
  for (const auto& item : given.items) {
    const auto* text = std::get_if<std::string>(&item.value);
    if (text != nullptr && take(*text)) continue;
    place.add(item.line, key,
              (text == nullptr ? std::string("this value") : quoted(*text)) + " is not " +
                  std::string(wanted));
  }
}

bool is_sender(std::string_view text) {
  if (text == "*") return true;
  const auto at = text.rfind('@');
  return at != std::string_view::npos && !host_fault(text.substr(at + 1)) &&
         text.find(' ') == std::string_view::npos;
}

void read_senders(const Given& given, const std::string& key, const Place& place,
                  std::vector<std::string>& senders) {
  senders.clear();  // a default gives way
  const auto take = [&senders](const std::string& text) {
    if (is_sender(text)) senders.push_back(text);
    return is_sender(text);
  };
  read_list(given, key, place, "a sender; write \"taro@example.jp\", \"@example.jp\" or \"*\"",
            take);
}

void read_domains(const Given& given, const std::string& key, const Place& place,
                  std::vector<std::string>& domains) {
  const auto take = [&domains](const std::string& text) {
    if (host_fault(text)) return false;
    domains.push_back(lower(text));
    return true;
  };
  read_list(given, key, place, "a domain; write \"example.jp\"", take);
}

void read_networks(const Given& given, const std::string& key, const Place& place,
                   std::vector<wire::IpNetwork>& networks) {
  const auto take = [&networks](const std::string& text) {
    const auto network = wire::IpNetwork::parse(text);
    if (network) networks.push_back(*network);
    return network.has_value();
  };
  read_list(given, key, place, "an address; write \"192.0.2.25\" or \"192.0.2.0/28\"", take);
}

void read_causes(const Given& given, const std::string& key, const Place& place,
                 std::vector<FallbackCause>& causes) {
  causes.clear();
  const auto take = [&causes](const std::string& text) {
    const auto cause = fallback_cause_named(text);
    if (cause) causes.push_back(*cause);
    return cause.has_value();
  };
  read_list(given, key, place, "known here; write " + fallback_cause_names(), take);
}

void read_count(const Given& given, const std::string& key, const Place& place,
                std::uint32_t& count) {
  constexpr std::int64_t most = 1'000'000;
  const auto* number = given.is_list || given.items.size() != 1
                           ? nullptr
                           : std::get_if<std::int64_t>(&given.items.front().value);
  if (number == nullptr || *number < 0 || *number > most) {
    place.add(given.line, key, "is not a number of messages; 0 means without a limit");
    return;
  }
  count = static_cast<std::uint32_t>(*number);
}

void unknown_part(const GivenKey& key, std::string_view table,
                  std::span<const std::string_view> known, const Place& place) {
  std::string message = "unknown key; ";
  const auto near = nearest(key.name, known);
  if (!near.empty()) {
    message += "did you mean " + std::string(near) + "?";
  } else {
    message += "known here are";
    for (const auto name : known) message += " " + std::string(name);
  }
  place.add(key.line, std::string(table) + "." + key_text(key.name), message);
}

bool has_key(const GivenTable& table, std::string_view name) {
  return std::any_of(table.keys.begin(), table.keys.end(),
                     [name](const GivenKey& key) { return key.name == name; });
}

// One key that a block knows, and what reads its value.
template <class Block>
struct Part {
  std::string_view name;
  void (*read)(const Given&, const std::string&, const Place&, Block&);
};

template <class Block, std::size_t count>
void read_parts(const GivenTable& table, std::string_view block,
                const std::array<Part<Block>, count>& parts, const Place& place, Block& into) {
  std::array<std::string_view, count> known;
  std::transform(parts.begin(), parts.end(), known.begin(), [](const auto& p) { return p.name; });
  for (const auto& key : table.keys) {
    const auto part = std::find_if(parts.begin(), parts.end(),
                                   [&key](const auto& p) { return p.name == key.name; });
    if (part == parts.end()) {
      unknown_part(key, block, known, place);
    } else {
      part->read(key.value, std::string(block) + "." + key.name, place, into);
    }
  }
}

#define TODOKU_PART(block, key, reader)                                       \
  Part<block> {                                                               \
#key, [](const Given& given, const std::string& name, const Place& place, \
             block& into) { reader(given, name, place, into.key); }           \
  }

void read_into(const Given& given, const std::string& key, const Place& place, std::string& text) {
  text = read_text(given, key, place);
}

constexpr std::array account_parts{
    TODOKU_PART(Account, name, read_into),
    TODOKU_PART(Account, senders, read_senders),
    TODOKU_PART(Account, login, read_into),
    TODOKU_PART(Account, upstream, read_relay),
};

constexpr std::array fallback_parts{
    TODOKU_PART(Fallback, name, read_into),
    TODOKU_PART(Fallback, relay, read_relay),
    TODOKU_PART(Fallback, secret, read_into),
    TODOKU_PART(Fallback, allowed_from, read_senders),
    TODOKU_PART(Fallback, never_to, read_domains),
    TODOKU_PART(Fallback, when, read_causes),
    TODOKU_PART(Fallback, messages_per_day, read_count),
    TODOKU_PART(Fallback, outgoing, read_networks),
    TODOKU_PART(Fallback, dkim_domain, read_into),
    TODOKU_PART(Fallback, dkim_selector, read_into),
    TODOKU_PART(Fallback, dkim_secret, read_into),
};

#undef TODOKU_PART

// A key of DKIM is of use only whole.
void check_dkim(const GivenTable& table, const Fallback& fallback, const Place& place) {
  const bool has_any = !fallback.dkim_domain.empty() || !fallback.dkim_selector.empty() ||
                       !fallback.dkim_secret.empty();
  const bool has_all = !fallback.dkim_domain.empty() && !fallback.dkim_selector.empty() &&
                       !fallback.dkim_secret.empty();
  if (has_any != has_all)
    place.add(table.line, "fallback.dkim_domain",
              "dkim_domain, dkim_selector and dkim_secret are given together or not at all");
  for (const auto* name : {&fallback.dkim_domain, &fallback.dkim_selector}) {
    if (has_all && host_fault(*name))
      place.add(table.line, "fallback.dkim_domain",
                quoted(*name) +
                    " is no name of the DNS; write dkim_domain = \"example.jp\" and "
                    "dkim_selector = \"todoku\"");
  }
}

}  // namespace

std::optional<Account> read_account(const GivenTable& table, const Place& place) {
  const auto before = place.mistakes.size();
  Account account;
  read_parts(table, "account", account_parts, place, account);
  if (!has_key(table, "senders"))
    place.add(table.line, "account.senders",
              "is missing; write senders = [\"taro@example.jp\"] or [\"*\"] for every sender");
  if (!has_key(table, "upstream"))
    place.add(table.line, "account.upstream",
              "is missing; write upstream = \"submission://sv0000.example.jp:587\"");
  if (place.mistakes.size() != before) return std::nullopt;
  if (account.name.empty()) account.name = account.senders.front();
  return account;
}

std::optional<Fallback> read_fallback(const GivenTable& table, const Place& place) {
  const auto before = place.mistakes.size();
  Fallback fallback;
  read_parts(table, "fallback", fallback_parts, place, fallback);
  if (!has_key(table, "relay"))
    place.add(table.line, "fallback.relay",
              "is missing; write relay = \"submission://relay.example.jp:587\"");
  if (!fallback.secret.empty() && fallback.relay.user.empty())
    place.add(table.line, "fallback.secret",
              "needs a log-in name; write relay = \"submission://NAME@relay.example.jp:587\"");
  check_dkim(table, fallback, place);
  if (place.mistakes.size() != before) return std::nullopt;
  if (fallback.name.empty()) fallback.name = fallback.relay.host;
  return fallback;
}

}  // namespace todoku::settings
