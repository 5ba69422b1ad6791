// SPDX-License-Identifier: Apache-2.0
// A provider's own case replaces only the parts that it writes; the rest comes from its cause.
#include "classifier/explain/explanation.hpp"

#include "classifier/explain/quantities.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace todoku::explain {

namespace {

constexpr std::size_t longest_value = 200;

bool has_value(const Parameters& parameters, std::string_view name) {
  return std::ranges::any_of(parameters, [name](const auto& one) { return one.first == name; });
}

// {recipient_aside} is the address in brackets, or nothing where no address is known: then a
// sentence says "the address" and needs no more.
Parameters with_aside(const Catalog& catalog, Parameters known) {
  const bool has_recipient = has_value(known, "recipient");
  known.emplace_back("recipient_aside",
                     has_recipient ? catalog.render("word.recipient_aside", known) : std::string());
  return known;
}

// What servers say is shown on terminals and in windows: one line, bounded, whole characters.
std::string tamed(std::string_view value) {
  std::size_t length = std::min(value.size(), longest_value);
  while (length < value.size() && length > 0 &&
         (static_cast<unsigned char>(value[length]) & 0xC0U) == 0x80U)
    --length;
  std::string out(value.substr(0, length));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

bool says_nothing(std::string_view cause) {
  return cause == "unclear" || cause == "undefined";
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The special case below "case.": the one that the rules name, a well-known block list, or a
// temporary answer without a reason. Empty = none that the catalog has words for.
std::string case_key(const Catalog& catalog, const Subject& subject) {
  std::string key = "case." + std::string(subject.provider_case);
  if (subject.provider_case.empty()) {
    key = says_nothing(subject.cause) && subject.reply.starts_with('4') ? "case.temporary-code"
                                                                        : std::string();
    for (const auto& [name, value] : subject.parameters) {
      if (name == "blocklist" && subject.cause == "blocklisted") key = "case.list-" + lower(value);
    }
  }
  return !key.empty() && catalog.has(key + ".title") ? key : std::string();
}

class Writer {
 public:
  Writer(const Catalog& catalog, const Subject& subject)
      : catalog_(catalog),
        own_(case_key(catalog, subject)),
        general_("cause." + std::string(subject.cause)),
        known_(with_aside(catalog, readable(catalog, subject.parameters))) {}

  Writer(const Catalog& catalog, std::string key) : catalog_(catalog), general_(std::move(key)) {}

  // A single sentence must stand whatever is known: the words of [word] fill what is not.
  std::string sentence(const char* part) const {
    const auto own = own_ + part;
    const auto key = !own_.empty() && catalog_.has(own) ? own : general_ + part;
    if (!catalog_.has(key)) return {};
    Parameters parameters = known_;
    for (const auto& name : catalog_.parameters_of(key)) {
      if (!has_value(known_, name)) parameters.emplace_back(name, catalog_.render("word." + name));
    }
    return catalog_.render(key, parameters);
  }

  std::vector<std::string> list(const char* part) const {
    auto out = items(own_, part);
    return out.empty() ? items(general_, part) : out;
  }

 private:
  std::vector<std::string> items(const std::string& base, const char* part) const {
    std::vector<std::string> out;
    if (base.empty()) return out;
    for (int number = 1;; ++number) {
      const auto key = base + part + std::to_string(number);
      if (!catalog_.has(key)) return out;
      if (catalog_.why_incomplete(key, known_).empty()) out.push_back(catalog_.render(key, known_));
    }
  }

  const Catalog& catalog_;
  std::string own_, general_;
  Parameters known_;
};

// A further sentence stands on a line of its own: languages differ in what goes between two.
void append(std::string& text, std::string_view more) {
  if (more.empty()) return;
  if (!text.empty()) text += '\n';
  text += more;
}

Explanation written(const Writer& writer) {
  Explanation out;
  out.title = writer.sentence(".title");
  out.what_happened = writer.sentence(".happened");
  out.whose_side = writer.sentence(".side");
  out.what_to_do = writer.list(".do.");
  out.how_long = writer.sentence(".how_long");
  out.do_not = writer.list(".do_not.");
  return out;
}

// A warning is no failure: its advice is to wait, whatever the reason for the delay is.
void make_delayed(Explanation& out, const Catalog& catalog, bool has_reason) {
  const auto waiting = explain_key(catalog, "kind.delayed");
  auto text = waiting.what_happened;
  if (has_reason) append(text, catalog.render("page.delay_reason", {{"reason", out.title}}));
  out.what_happened = std::move(text);
  out.title = waiting.title;
  out.what_to_do = waiting.what_to_do;
  out.how_long = waiting.how_long;
  out.do_not = waiting.do_not;
  out.whose_side = waiting.whose_side;
}

void add_doubts(Explanation& out, const Catalog& catalog, const Subject& subject) {
  const auto second = sentence_if_any(catalog, "cause." + std::string(subject.second) + ".title");
  if (!subject.second.empty() && !second.empty() && subject.second != subject.cause)
    append(out.what_happened, catalog.render("page.second", {{"second", second}}));
  if (subject.reason_hidden) append(out.what_happened, catalog.render("page.reason_hidden"));
}

bool is_size(std::string_view name) {
  constexpr std::array<std::string_view, 6> sizes{"size_limit", "quota", "size",
                                                  "over",       "fits",  "file_size"};
  return std::ranges::find(sizes, name) != sizes.end();
}

}  // namespace

std::string sentence_if_any(const Catalog& catalog, const std::string& key,
                            const Parameters& parameters) {
  return catalog.has(key) ? catalog.render(key, parameters) : std::string();
}

Parameters readable(const Catalog& catalog, const Parameters& parameters) {
  Parameters out;
  for (const auto& [name, value] : parameters) {
    auto text = tamed(value);
    if (text.find_first_not_of(' ') == std::string::npos) continue;
    if (is_size(name)) text = readable_size(text);
    if (name == "wait") text = readable_wait(catalog, text);
    out.emplace_back(name, std::move(text));
  }
  return out;
}

Explanation explain_key(const Catalog& catalog, const std::string& key) {
  return written(Writer(catalog, key));
}

Explanation explain(const Catalog& catalog, const Subject& subject) {
  auto out = written(Writer(catalog, subject));
  if (out.whose_side.empty())
    out.whose_side = sentence_if_any(catalog, "side." + std::string(subject.who_acts));
  if (says_nothing(subject.cause))
    append(out.what_happened, sentence_if_any(catalog, "code." + std::string(subject.reply)));
  add_doubts(out, catalog, subject);
  if (subject.kind == "delayed") {
    // "Expired" of a delay only says that it is one.
    make_delayed(out, catalog, !says_nothing(subject.cause) && subject.cause != "expired");
  }
  return out;
}

}  // namespace todoku::explain
