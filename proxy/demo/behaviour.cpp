// SPDX-License-Identifier: Apache-2.0
// The table of the sandbox's addresses. 192.0.2.0/24 and the domains in .test belong to nobody
// (RFC 5737, RFC 2606), so that nobody is sent to a real block list with a made-up address.
#include "proxy/demo/behaviour.hpp"

#include <algorithm>
#include <array>

namespace todoku::demo {

namespace {

constexpr std::array<Behaviour, 9> table{{
    {"ok", Conduct::accept, 250, "2.1.5", "Ok", "ok"},
    {"nouser", Conduct::refuse, 550, "5.1.1",
     "<{address}>: Recipient address rejected: User unknown in virtual mailbox table", "nouser"},
    {"full", Conduct::refuse, 452, "4.2.2",
     "<{address}>: The recipient's mailbox is over quota; please try again later", "full"},
    {"overfull", Conduct::refuse, 552, "5.2.2",
     "<{address}>: Mailbox full, quota exceeded; the mailbox has not been read for a long time",
     "overfull"},
    {"blocked", Conduct::refuse, 554, "5.7.1",
     "Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.sandbox.test; "
     "https://check.spamhaus.sandbox.test/query/ip/192.0.2.25",
     "blocked"},
    {"toobig", Conduct::refuse_if_large, 552, "5.3.4",
     "Message size exceeds fixed limit (10240 bytes)", "toobig"},
    {"slow", Conduct::accept_slowly, 250, "2.1.5", "Ok", "slow"},
    {"greylist", Conduct::refuse_once, 451, "4.7.1",
     "<{address}>: Recipient address rejected: Greylisted, see "
     "https://greylist.sandbox.test/help; please try again later",
     "greylist"},
    {"later-bounce", Conduct::accept, 250, "2.1.5", "Ok", "later_bounce"},
}};

constexpr Behaviour elsewhere{"",
                              Conduct::elsewhere,
                              550,
                              "5.7.1",
                              "<{address}>: Relay access denied: this sandbox delivers only to "
                              "@sandbox.test, nothing leaves this computer",
                              "elsewhere"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

smtp::Reply reply_of(const Behaviour& behaviour, std::string_view address) {
  constexpr std::string_view mark = "{address}";
  std::string text(behaviour.text);
  if (const auto at = text.find(mark); at != std::string::npos) {
    text.replace(at, mark.size(), address);
  }
  return {behaviour.code, std::string(behaviour.status), smtp::cleaned(text)};
}

}  // namespace

std::span<const Behaviour> behaviours() {
  return table;
}

const Behaviour& behaviour_of(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return elsewhere;
  if (!equals_ignoring_case(address.substr(at + 1), sandbox_domain)) return elsewhere;
  const auto local = address.substr(0, std::min(at, address.find('+')));
  const auto found = std::find_if(table.begin(), table.end(), [&](const Behaviour& one) {
    return equals_ignoring_case(one.local_part, local);
  });
  return found == table.end() ? table.front() : *found;
}

std::string address_of(const Behaviour& behaviour) {
  return std::string(behaviour.local_part) + "@" + std::string(sandbox_domain);
}

smtp::Reply recipient_reply(std::string_view address, std::optional<std::uint64_t> declared_size,
                            bool is_repeat) {
  const auto& behaviour = behaviour_of(address);
  const smtp::Reply accepted{250, "2.1.5", "Ok"};
  switch (behaviour.conduct) {
    case Conduct::accept:
    case Conduct::accept_slowly:
      return accepted;
    case Conduct::refuse:
    case Conduct::elsewhere:
      return reply_of(behaviour, address);
    case Conduct::refuse_if_large:
      // RFC 1870 6.2: a size that is declared may be refused before the message comes.
      return declared_size.value_or(0) > large_message ? reply_of(behaviour, address) : accepted;
    case Conduct::refuse_once:
      return is_repeat ? accepted : reply_of(behaviour, address);
  }
  return accepted;
}

std::optional<smtp::Reply> refusal_at_end(std::string_view address, std::uint64_t bytes) {
  const auto& behaviour = behaviour_of(address);
  if (behaviour.conduct != Conduct::refuse_if_large || bytes <= large_message) return std::nullopt;
  return reply_of(behaviour, address);
}

}  // namespace todoku::demo
