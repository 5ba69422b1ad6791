// SPDX-License-Identifier: Apache-2.0
// The page of all explanations, for those who write and check the words.
#include "classifier/cause.hpp"
#include "classifier/explain/explanation.hpp"
#include "proxy/cli/run_explain.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace todoku::cli {
namespace {

std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string numbered(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i > 0 ? "<br>" : "") + std::to_string(i + 1) + ". " + cell(items[i]);
  return out;
}

void row(std::string& out, const explain::Catalog& japanese, const explain::Catalog& english,
         const char* label, const std::string& left, const std::string& right) {
  if (left.empty() && right.empty()) return;
  out += "| " + cell(left) + " | " + cell(right) + " |";
  out += " " + japanese.render(label) + " / " + english.render(label) + " |\n";
}

// Every parameter has a value here, so that no sentence is left out.
explain::Parameters placeholders() {
  explain::Parameters out;
  for (const auto* name : {"recipient", "remote_host", "ip", "blocklist", "size_limit", "quota",
                           "wait", "spf_domain", "spf_ip", "url"})
    out.emplace_back(name, "‹" + std::string(name) + "›");
  return out;
}

std::set<std::string> names_below(const explain::Catalog& catalog, const std::string& section) {
  std::set<std::string> names;
  for (const auto& key : catalog.keys()) {
    if (!key.starts_with(section)) continue;
    const auto part = key.rfind(".title");
    if (part != std::string::npos && part > section.size())
      names.insert(key.substr(section.size(), part - section.size()));
  }
  return names;
}

class AllExplanations {
 public:
  AllExplanations(const explain::Catalog& japanese, const explain::Catalog& english)
      : japanese_(japanese), english_(english), placeholders_(placeholders()) {}

  void add(const std::string& heading, const explain::Subject& subject) {
    add(heading, explain::explain(japanese_, subject), explain::explain(english_, subject));
  }

  void add(const std::string& heading, const explain::Explanation& left,
           const explain::Explanation& right) {
    text_ += "\n## " + heading + "\n\n| 日本語 | English | |\n|---|---|---|\n";
    row("page.title", left.title, right.title);
    row("page.happened", left.what_happened, right.what_happened);
    row("page.side", left.whose_side, right.whose_side);
    row("page.to_do", numbered(left.what_to_do), numbered(right.what_to_do));
    row("page.how_long", left.how_long, right.how_long);
    row("page.do_not", numbered(left.do_not), numbered(right.do_not));
  }

  void add_causes() {
    for (const auto& facts : all_causes()) {
      explain::Subject subject;
      subject.kind = "bounce";
      subject.cause = facts.name;
      subject.who_acts = to_string(facts.who_acts);
      subject.parameters = placeholders_;
      add(std::string(facts.name), subject);
    }
  }

  void add_cases() {
    for (const auto& name : names_below(english_, "case.")) {
      explain::Subject subject;
      subject.kind = "bounce";
      subject.provider_case = name;
      const auto cause = explain::sentence_if_any(english_, "case." + name + ".cause");
      subject.cause = cause;
      const auto found = cause_from_string(cause);
      if (found) subject.who_acts = to_string(facts_of(*found).who_acts);
      subject.parameters = placeholders_;
      add("case " + name, subject);
    }
  }

  void add_section(const std::string& section) {
    for (const auto& name : names_below(english_, section + ".")) {
      const auto key = section + "." + name;
      add(section + " " + name, explain::explain_key(japanese_, key),
          explain::explain_key(english_, key));
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void row(const char* label, const std::string& left, const std::string& right) {
    cli::row(text_, japanese_, english_, label, left, right);
  }

  const explain::Catalog& japanese_;
  const explain::Catalog& english_;
  explain::Parameters placeholders_;
  std::string text_ = "# Todoku: すべての説明 / every explanation\n";
};

}  // namespace

std::string all_explanations(const explain::Catalog& japanese, const explain::Catalog& english) {
  AllExplanations all(japanese, english);
  all.add_causes();
  all.add_cases();
  for (const auto* section : {"kind", "situation"}) all.add_section(section);
  return all.text();
}

}  // namespace todoku::cli
