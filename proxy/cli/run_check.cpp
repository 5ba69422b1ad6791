// SPDX-License-Identifier: Apache-2.0
// The message is read in pieces and never held whole, as it is when a mail client sends it.
#include "proxy/cli/run_check.hpp"

#include "proxy/checks/judge.hpp"
#include "proxy/checks/mistyped.hpp"
#include "proxy/checks/people.hpp"
#include "proxy/cli/check_page.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/skeleton/scanner.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

namespace todoku::cli {
namespace {

std::optional<skeleton::Skeleton> read_message(std::istream& in) {
  skeleton::Scanner scanner;
  std::array<char, 65536> piece{};
  while (in) {
    in.read(piece.data(), piece.size());
    scanner.feed({piece.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (in.bad()) return std::nullopt;
  return scanner.finish();
}

smtp::Envelope envelope_of(const skeleton::Skeleton& skeleton,
                           const std::vector<std::string>& recipients) {
  smtp::Envelope envelope;
  const auto from = checks::mailboxes(skeleton.value("From"));
  if (!from.empty()) envelope.sender = from.front().address;
  for (const auto& address : recipients) envelope.recipients.push_back({address, "", ""});
  if (!recipients.empty()) return envelope;
  for (const auto* field : {"To", "Cc", "Bcc"}) {
    for (const auto& one : checks::mailboxes(skeleton.value(field)))
      envelope.recipients.push_back({one.address, "", ""});
  }
  return envelope;
}

// What the settings alone know; limits and history belong to a running todoku serve.
checks::Facts facts_of(const settings::Settings& settings, const smtp::Envelope& envelope) {
  checks::Facts facts;
  for (const auto& account : settings.accounts) {
    for (const auto& sender : account.senders) {
      if (!checks::stands_for(sender, envelope.sender)) continue;
      facts.account = account.name;
      facts.account_senders = account.senders;
      facts.upstream = account.upstream.host;
      return facts;
    }
  }
  return facts;
}

void look_at_addresses(const settings::Settings& settings, const smtp::Envelope& envelope,
                       checks::Facts& facts) {
  if (settings.checks.mistyped_address == settings::CheckLevel::off) return;
  facts.mistyped = checks::mistyped_among(envelope, load_checker(true));
}

int exit_code_of(const checks::Verdict& verdict) {
  switch (verdict.outcome) {
    case checks::Outcome::accept:
      return verdict.findings.empty() ? 0 : 1;
    case checks::Outcome::hold:
      return 2;
    case checks::Outcome::refuse:
      return 3;
  }
  return exit_software;
}

int complain(const CheckTools& tools, const std::string& text, int code) {
  tools.error << "todoku: " << text << '\n';
  return code;
}

}  // namespace

LoadedSettings load_check_settings(const CheckOptions& options) {
  ServeOptions serve;
  serve.config = options.config;
  serve.set = options.set;
  auto loaded = load_settings(serve);
  if (lacks_only_upstream(loaded)) {
    loaded.mistakes.clear();
    loaded.exit_code = exit_ok;
  }
  return loaded;
}

int run_check(const CheckOptions& options, const CheckTools& tools) {
  const auto file = options.file.value_or("-");
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened)
      return complain(tools,
                      tools.words.render("checks.cannot_read", {{"file", printable(file)},
                                                                {"problem", std::strerror(errno)}}),
                      exit_no_input);
  }
  const auto skeleton = read_message(file == "-" ? tools.in : opened);
  if (!skeleton || skeleton->size == 0)
    return complain(tools, tools.words.render("checks.nothing_to_check"), exit_data);
  const auto envelope = envelope_of(*skeleton, options.recipients);
  auto facts = facts_of(tools.settings, envelope);
  look_at_addresses(tools.settings, envelope, facts);
  const auto verdict =
      checks::judge({tools.settings.checks, tools.lists}, *skeleton, envelope, facts);
  if (options.json) {
    tools.out << check_json(verdict, file == "-" ? "" : file,
                            options.language ? &tools.words : nullptr);
  } else {
    tools.out << check_page(verdict, file == "-" ? "" : file, tools.words, tools.terminal);
  }
  return exit_code_of(verdict);
}

}  // namespace todoku::cli
