// SPDX-License-Identifier: Apache-2.0
// Everything that came from outside goes through printable() before it is wrapped.
#include "proxy/cli/explain_page.hpp"

#include "proxy/cli/explain_words.hpp"
#include "proxy/demo/layout.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace todoku::cli {
namespace {

constexpr std::string_view bold = "\x1b[1m", marked = "\x1b[1;33m", faint = "\x1b[2m",
                           plain = "\x1b[0m";
constexpr std::size_t longest_original = 2000, most_addresses = 20;

bool is_same_story(const Diagnosis& a, const Diagnosis& b) {
  const auto& one = a.judgement;
  const auto& other = b.judgement;
  return one.cause == other.cause && one.provider_case == other.provider_case &&
         one.second == other.second;
}

// Recipients to whom the same happened are told of together.
std::vector<std::vector<const Diagnosis*>> grouped(const std::vector<Diagnosis>& all) {
  std::vector<std::vector<const Diagnosis*>> groups;
  for (const auto& one : all) {
    const auto same = std::ranges::find_if(
        groups, [&one](const auto& group) { return is_same_story(*group.front(), one); });
    if (same == groups.end()) {
      groups.push_back({&one});
    } else {
      same->push_back(&one);
    }
  }
  return groups;
}

// Is the IP address in the text that of the server that sent the message?
bool is_about_sending_server(Cause cause) {
  constexpr std::array causes{
      Cause::blocklisted,  Cause::bad_reputation,       Cause::missing_ptr, Cause::auth_failure,
      Cause::rate_limited, Cause::too_many_connections, Cause::greylisted};
  return std::ranges::find(causes, cause) != causes.end();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

ExplainPage::ExplainPage(const explain::Catalog& words, Terminal terminal)
    : words_(words), terminal_(terminal) {}

std::string ExplainPage::coloured(std::string_view words, std::string_view colour) const {
  if (!terminal_.has_colour) return std::string(words);
  return std::string(colour) + std::string(words) + std::string(plain);
}

void ExplainPage::paragraph(std::string_view words, std::string_view first, std::string_view next) {
  const auto indent = demo::display_width(first);
  bool is_first = true;
  for (const auto& line : demo::wrap(words, terminal_.columns - indent)) {
    text_ += (is_first ? first : next);
    text_ += line + "\n";
    is_first = false;
  }
}

void ExplainPage::title(std::string_view words) {
  for (const auto& line : demo::wrap(words, terminal_.columns - 3))
    text_ += coloured("■ " + line, bold) + "\n";
}

void ExplainPage::section(const char* key) {
  drop_empty_section();
  section_begin_ = text_.size();
  text_ += "\n" + coloured(words_.render(key), bold) + "\n";
  section_end_ = text_.size();
}

void ExplainPage::drop_empty_section() {
  if (text_.size() == section_end_) text_.resize(section_begin_);
}

void ExplainPage::fact(const char* key, std::string_view value) {
  const auto shown = printable(value);
  if (shown.find_first_not_of(" \n") == std::string::npos) return;
  const auto line = words_.render(key, {{"value", std::string(shown.substr(0, 500))}});
  paragraph(line, "  ", "    ");
}

void ExplainPage::file_heading(std::string_view file) {
  if (!text_.empty()) text_ += "\n";
  text_ += coloured("==> " + printable(file), faint) + "\n\n";
}

void ExplainPage::explanation(const explain::Explanation& words) {
  title(words.title);
  section("page.happened");
  paragraph(words.what_happened);
  if (!words.whose_side.empty()) {
    section("page.side");
    paragraph(words.whose_side);
  }
  if (!words.what_to_do.empty()) section("page.to_do");
  for (std::size_t i = 0; i < words.what_to_do.size(); ++i) {
    const auto number = std::to_string(i + 1) + ". ";
    paragraph(words.what_to_do[i], "  " + number, std::string(2 + number.size(), ' '));
  }
  if (!words.how_long.empty()) {
    section("page.how_long");
    paragraph(words.how_long);
  }
  if (!words.do_not.empty()) section("page.do_not");
  for (const auto& line : words.do_not) paragraph(line, "  - ", "    ");
}

void ExplainPage::facts(const Diagnosis& one) {
  const auto& found = one.judgement.parameters;
  const auto& reported = one.reported;
  // Only numbers that the mail itself has: a person may pass them on.
  const auto code = reported.reply_code.empty() || reported.status.empty()
                        ? reported.reply_code + reported.status
                        : reported.reply_code + " " + reported.status;
  fact("page.fact_server", reported.remote_host.empty() ? found.remote_host : reported.remote_host);
  fact("page.fact_code", code);
  fact("page.fact_list", found.blocklist);
  if (is_about_sending_server(one.judgement.cause))
    fact("page.fact_ip", found.ip.empty() ? found.spf_ip : found.ip);
  fact("page.fact_url", found.url);
}

void ExplainPage::original_message(const report::Original& original) {
  fact("page.fact_subject", original.subject);
  fact("page.fact_date", original.date);
  fact("page.fact_message_id", original.message_id);
}

void ExplainPage::original_text(const Diagnosis& one) {
  const std::string_view text =
      std::string_view(one.reported.diagnostic).substr(0, longest_original);
  if (text.empty()) return drop_empty_section();
  section("page.original");
  const auto begin = std::min(one.judgement.phrase_begin, text.size());
  const auto end = std::clamp(one.judgement.phrase_end, begin, text.size());
  const auto open = words_.render("page.mark_open"), close = words_.render("page.mark_close");
  std::string shown = printable(text.substr(0, begin));
  if (begin < end) shown += open + printable(text.substr(begin, end - begin)) + close;
  shown += printable(text.substr(end));
  const auto from = text_.size();
  paragraph(shown, "  | ", "  | ");
  if (!terminal_.has_colour || begin == end) return;
  auto quoted = text_.substr(from);
  replace_all(quoted, open, std::string(marked) + open);
  replace_all(quoted, close, close + std::string(plain));
  text_.resize(from);
  text_ += quoted + std::string(plain);
}

void ExplainPage::about_recipients(const std::vector<const Diagnosis*>& group, report::Kind kind) {
  std::string addresses;
  for (std::size_t i = 0; i < std::min(group.size(), most_addresses); ++i) {
    if (group[i]->reported.address.empty()) continue;
    if (!addresses.empty()) addresses += words_.render("page.between_addresses");
    addresses += printable(group[i]->reported.address);
  }
  const auto subject = subject_of(*group.front(), kind, addresses);
  const auto words = explain::explain(words_, subject);
  explanation(words);
  section("page.facts");
  fact("page.fact_recipient", addresses);
  facts(*group.front());
}

void ExplainPage::without_recipients(const Classification& found) {
  const auto kind = found.report.kind;
  const auto kind_name = std::string(report::to_string(kind));
  if (kind == report::Kind::not_a_bounce) {
    auto words = explain::explain_key(words_, "kind." + kind_name);
    const auto reason =
        "reason." + std::string(report::to_string(found.report.kind_reason)) + ".why";
    const auto why = explain::sentence_if_any(words_, reason);
    if (!why.empty()) words.what_happened = why;
    return explanation(words);
  }
  Diagnosis nobody;
  nobody.judgement.cause = cause_of_kind(kind);
  explanation(explain::explain(words_, subject_of(nobody, kind, "")));
}

void ExplainPage::add(const Classification& found) {
  if (found.diagnoses.empty()) without_recipients(found);
  bool is_first = true;
  for (const auto& group : grouped(found.diagnoses)) {
    if (!std::exchange(is_first, false)) text_ += "\n\n";
    about_recipients(group, found.report.kind);
    original_message(found.report.original);
    original_text(*group.front());
  }
  for (const auto& inner : found.forwarded) {
    section("page.forwarded");
    text_ += "\n";
    add(inner);
  }
}

void ExplainPage::add(const Diagnosis& found) {
  about_recipients({&found}, report::Kind::bounce);
  original_text(found);
}

void ExplainPage::add_situation(std::string_view id) {
  explanation(explain::explain_key(words_, "situation." + std::string(id)));
}

}  // namespace todoku::cli
