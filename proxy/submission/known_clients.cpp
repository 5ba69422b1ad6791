// SPDX-License-Identifier: Apache-2.0
// The file: one line for each client: "keeps-window" or "resends", its EHLO name, whether it speaks
// like Thunderbird, its account.
#include "proxy/submission/known_clients.hpp"

#include "proxy/platform/atomic_file.hpp"

#include <algorithm>
#include <utility>

namespace todoku::submission {
namespace {

using checks::ClientHabit;

constexpr std::size_t most_clients = 1000;
constexpr std::size_t longest_file = 1024 * 1024;
constexpr std::string_view keeps_window = "keeps-window\t";
constexpr std::string_view resends = "resends\t";

std::string name_of(std::string_view account, std::string_view hello,
                    const smtp::Envelope& envelope) {
  const auto* how = speaks_like_thunderbird(hello, envelope) ? "\tlike-thunderbird\t" : "\t\t";
  return std::string(hello) + how + std::string(account);
}

std::map<std::string, ClientHabit> read(std::string_view text) {
  std::map<std::string, ClientHabit> seen;
  while (!text.empty() && seen.size() < most_clients) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(keeps_window))
      seen.emplace(line.substr(keeps_window.size()), ClientHabit::keeps_window);
    if (line.starts_with(resends)) seen.emplace(line.substr(resends.size()), ClientHabit::resends);
  }
  return seen;
}

}  // namespace

bool speaks_like_thunderbird(std::string_view hello, const smtp::Envelope& envelope) {
  const bool is_literal = hello.size() > 2 && hello.front() == '[' && hello.back() == ']';
  return is_literal && envelope.declared_size && envelope.body == smtp::BodyType::eight_bit_mime;
}

bool is_thunderbird(std::string_view agent) {
  return agent.find("Thunderbird") != std::string_view::npos;
}

KnownClients::KnownClients(std::filesystem::path file) : file_(std::move(file)) {
  const auto text = platform::read_small(file_, longest_file);
  if (text.has_value()) seen_ = read(*text);
}

ClientHabit KnownClients::habit_of(std::string_view account, std::string_view hello,
                                   const smtp::Envelope& envelope) const {
  const auto known = seen_.find(name_of(account, hello, envelope));
  if (known != seen_.end()) return known->second;
  return speaks_like_thunderbird(hello, envelope) ? ClientHabit::keeps_window
                                                  : ClientHabit::resends;
}

void KnownClients::learn(std::string_view account, std::string_view hello,
                         const smtp::Envelope& envelope, ClientHabit habit) {
  const auto name = name_of(account, hello, envelope);
  const auto known = seen_.find(name);
  if (known != seen_.end() && known->second == habit) return;
  // A gateway's clients may have changing names: then it begins anew.
  if (known == seen_.end() && seen_.size() >= most_clients) seen_.clear();
  seen_.insert_or_assign(name, habit);
  if (file_.empty() || name.find('\n') != std::string::npos) return;
  platform::write_atomically(file_, text(), platform::FileMode::secret_0600);
}

std::string KnownClients::text() const {
  std::string text;
  for (const auto& [name, habit] : seen_) {
    text += habit == ClientHabit::keeps_window ? keeps_window : resends;
    text += name + '\n';
  }
  return text;
}

}  // namespace todoku::submission
