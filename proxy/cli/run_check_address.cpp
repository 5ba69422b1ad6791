// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/run_check_address.hpp"

#include "proxy/addresses/unicode.hpp"
#include "proxy/cli/exit_codes.hpp"
#include "proxy/demo/layout.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <string>
#include <string_view>

namespace todoku::cli {
namespace {

constexpr std::size_t batch_buffer = std::size_t{64} << 10U;

std::string_view name_of(addresses::Verdict verdict) {
  switch (verdict) {
    case addresses::Verdict::ok:
      return "ok";
    case addresses::Verdict::typo:
      return "typo";
    case addresses::Verdict::invalid:
      return "invalid";
  }
  return {};
}

// Most addresses need no escape; bytes that are no UTF-8 become U+FFFD, because JSON has no others.
void append_text(std::string& out, std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyz0123456789.@-_+ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (text.find_first_not_of(plain) == std::string_view::npos) {
    out.append("\"").append(text).append("\"");
    return;
  }
  std::string whole;
  for (std::size_t i = 0; i < text.size();) {
    const auto letter = addresses::letter_at(text, i);
    whole += letter.is_valid ? text.substr(i, letter.size) : std::string_view("\xEF\xBF\xBD");
    i += letter.size;
  }
  out += boost::json::serialize(boost::json::string_view(whole));
}

std::string explanation_of(addresses::Reason reason, const explain::Catalog& words) {
  return words.render(std::string("address").append(".").append(addresses::code_of(reason)));
}

void append_line(std::string& out, std::string_view address, const addresses::Finding& finding,
                 const explain::Catalog* words) {
  out += "{\"address\":";
  append_text(out, address);
  out.append(",\"verdict\":\"").append(name_of(finding.verdict)).append("\",\"suggestion\":");
  finding.suggestion.empty() ? void(out += "null") : append_text(out, finding.suggestion);
  out.append(",\"reason\":\"").append(addresses::code_of(finding.reason)).append("\"");
  if (words != nullptr) {
    out += ",\"explanation\":";
    append_text(out, explanation_of(finding.reason, *words));
  }
  out += "}\n";
}

// One line for one line, in order. What is ready goes out when the buffer is full or when the
// writer of the addresses waits for it.
int check_batch(const CheckAddressOptions& options, const CheckAddressTools& tools) {
  const auto* words = options.language ? &tools.words : nullptr;
  addresses::DomainMemory memory;
  std::string out, address;
  while (std::getline(tools.in, address)) {
    append_line(out, address, tools.checker.check(address, {}, &memory), words);
    if (out.size() < batch_buffer && tools.in.rdbuf()->in_avail() > 0) continue;
    tools.out << out << std::flush;
    out.clear();
    if (!tools.out) return exit_io;
  }
  tools.out << out << std::flush;
  return tools.out ? exit_ok : exit_io;
}

std::string page_of(std::string_view address, const addresses::Finding& finding,
                    const CheckAddressTools& tools) {
  constexpr std::string_view indent = "  ";
  const auto& words = tools.words;
  const bool is_flagged = addresses::is_flagged(finding);
  std::string out =
      printable(address) + ": " +
      words.render(is_flagged ? "check_address.flagged" : "check_address.looks_right") + "\n";
  if (!finding.suggestion.empty()) {
    const explain::Parameters values{{"suggestion", printable(finding.suggestion)},
                                     {"second", printable(finding.second)}};
    const auto* key =
        finding.second.empty() ? "check_address.suggestion" : "check_address.suggestions";
    out.append(indent).append(words.render(key, values)).append("\n");
  }
  const auto reason = explanation_of(finding.reason, words);
  for (const auto& line : demo::wrap(reason, tools.terminal.columns - indent.size()))
    out.append(indent).append(line).append("\n");
  return out + "\n";
}

}  // namespace

int run_check_address(const CheckAddressOptions& options, const CheckAddressTools& tools) {
  if (options.batch) return check_batch(options, tools);
  int code = exit_ok;
  std::string out;
  for (const auto& address : options.addresses) {
    const auto finding = tools.checker.check(address);
    if (addresses::is_flagged(finding)) code = exit_data;
    if (options.json) {
      append_line(out, address, finding, options.language ? &tools.words : nullptr);
    } else {
      out += page_of(address, finding, tools);
    }
  }
  tools.out << out << std::flush;
  return tools.out ? code : exit_io;
}

}  // namespace todoku::cli
