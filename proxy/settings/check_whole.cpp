// SPDX-License-Identifier: Apache-2.0

// What no single key shows: values that do not go together.
#include "proxy/settings/given.hpp"
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/settings.hpp"

#include <algorithm>

namespace todoku::settings {
namespace {

using Mistakes = std::vector<Mistake>;

void check_listen(const Settings& settings, Mistakes& mistakes) {
  for (std::size_t i = 0; i < settings.listen.size(); ++i) {
    const auto& url = settings.listen[i];
    if (!settings.gateway && !is_loopback(url.host))
      mistakes.push_back({"", 0, "listen",
                          to_string(url) +
                              " is not loopback; write 127.0.0.1 or [::1], or set gateway = true "
                              "(then TLS and log-in are compulsory)"});
    for (std::size_t j = 0; j < i; ++j) {
      const auto& other = settings.listen[j];
      if (url.port != 0 && url.port == other.port && url.host == other.host)
        mistakes.push_back({"", 0, "listen",
                            to_string(url) + " and " + to_string(other) +
                                " have the same address and port; give each its own port"});
    }
  }
}

// Credentials and mail would cross the network in the clear (RFC 8314 section 3).
void check_relay(const Settings& settings, const ServerUrl& relay, const std::string& key,
                 Mistakes& mistakes) {
  if (relay.scheme == Scheme::smtp && !is_loopback(relay.host))
    mistakes.push_back({"", 0, key,
                        to_string(relay) +
                            " would send the password in clear text; write submission://" +
                            relay.host + ":587 or submissions://" + relay.host + ":465"});
  for (const auto& url : settings.listen) {
    if (url.port == relay.port && url.port != 0 && url.host == relay.host)
      mistakes.push_back({"", 0, key,
                          to_string(relay) +
                              " is the address that Todoku itself listens on; give the server of "
                              "the mail provider"});
  }
}

// The two cannot be told apart by who logs in: one takes any, or both the same.
bool share_login(const Account& left, const Account& right) {
  return left.login.empty() || right.login.empty() || left.login == right.login;
}

void check_pair(const Account& left, const Account& right, Mistakes& mistakes) {
  if (!share_login(left, right)) return;
  for (const auto& sender : left.senders) {
    for (const auto& other : right.senders) {
      if (lower(sender) != lower(other)) continue;
      mistakes.push_back({"", 0, "account.senders",
                          quoted(sender) + " is taken by " + quoted(left.name) + " and by " +
                              quoted(right.name) +
                              "; remove it from one, or give each its own login"});
    }
  }
}

bool is_same_server(const ServerUrl& left, const ServerUrl& right) {
  return lower(left.host) == lower(right.host) && left.port == right.port;
}

// One account's server may well stand in for another's.
void check_is_spare(const Settings& settings, const ServerUrl& relay, Mistakes& mistakes) {
  const bool is_for_somebody =
      settings.accounts.empty() || std::ranges::any_of(settings.accounts, [&](const Account& one) {
        return !is_same_server(one.upstream, relay);
      });
  if (!is_for_somebody)
    mistakes.push_back({"", 0, "fallback.relay",
                        to_string(relay) +
                            " is the server that the mail goes to anyway; give another one, or "
                            "remove this [[fallback]]"});
}

// They are remembered and shown by name.
void check_fallbacks(const Settings& settings, Mistakes& mistakes) {
  const auto& fallbacks = settings.fallbacks;
  for (std::size_t i = 0; i < fallbacks.size(); ++i) {
    check_relay(settings, fallbacks[i].relay, "fallback.relay", mistakes);
    check_is_spare(settings, fallbacks[i].relay, mistakes);
    for (std::size_t j = 0; j < i; ++j) {
      if (fallbacks[j].name != fallbacks[i].name) continue;
      mistakes.push_back(
          {"", 0, "fallback.name",
           quoted(fallbacks[i].name) + " stands for two of them; give each its own name"});
    }
  }
}

void check_accounts(const Settings& settings, Mistakes& mistakes) {
  const auto& accounts = settings.accounts;
  if (accounts.empty())
    mistakes.push_back(
        {"", 0, "account", "no mail server is known; give --upstream URL or an [[account]]"});
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    check_relay(settings, accounts[i].upstream, "account.upstream", mistakes);
    for (std::size_t j = 0; j < i; ++j) {
      check_pair(accounts[j], accounts[i], mistakes);
      // Waiting mail is kept by the account's name: it must not go to the other one's server.
      if (accounts[j].name == accounts[i].name)
        mistakes.push_back(
            {"", 0, "account.name",
             quoted(accounts[i].name) + " stands for two accounts; give each its own name"});
    }
  }
}

void check_limits(const Settings& settings, Mistakes& mistakes) {
  const auto& store = settings.store;
  if (settings.smtp.max_message_size > store.max_spool)
    mistakes.push_back({"", 0, "store.max_spool",
                        size_text(store.max_spool) + " cannot hold one message of " +
                            size_text(settings.smtp.max_message_size) +
                            " (smtp.max_message_size); raise it or lower that"});
  if (settings.smtp.max_header > settings.smtp.max_message_size)
    mistakes.push_back(
        {"", 0, "smtp.max_header", "is larger than smtp.max_message_size; lower it or raise that"});
}

}  // namespace

std::vector<Mistake> check_whole(const Settings& settings) {
  Mistakes mistakes;
  check_listen(settings, mistakes);
  check_accounts(settings, mistakes);
  check_fallbacks(settings, mistakes);
  check_limits(settings, mistakes);
  return mistakes;
}

std::vector<ServerUrl> default_listen() {
  return {{Scheme::submission, "", "127.0.0.1", 1587, ""},
          {Scheme::submissions, "", "127.0.0.1", 1465, ""}};
}

}  // namespace todoku::settings
