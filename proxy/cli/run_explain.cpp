// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/run_explain.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/explain_json.hpp"
#include "proxy/cli/explain_page.hpp"
#include "proxy/platform/atomic_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

namespace todoku::cli {
namespace {

constexpr std::size_t largest_mail = std::size_t{256} << 20U;
constexpr std::size_t batch_buffer = std::size_t{64} << 10U;

// A report read from a pipe is bounded like one in a file.
std::string whole_input(std::istream& in) {
  std::string out;
  std::array<char, 65536> piece{};
  while (out.size() < largest_mail) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = in.gcount();
    if (count <= 0) break;
    out.append(piece.data(), static_cast<std::size_t>(count));
  }
  return out;
}

const explain::Catalog* json_words(const ExplainOptions& options, const ExplainTools& tools) {
  return options.language ? &tools.words : nullptr;
}

Classification classified(const ExplainTools& tools, std::string_view text) {
  Classification found;
  found.report.kind = report::Kind::bounce;
  found.diagnoses.push_back(tools.classifier.classify_text(text));
  return found;
}

bool says_nothing(Cause cause) {
  return cause == Cause::undefined || cause == Cause::unclear;
}

bool has_code(const Diagnosis& found) {
  return !found.reported.reply_code.empty() || !found.reported.status.empty();
}

int explain_text(const std::string& text, const ExplainOptions& options,
                 const ExplainTools& tools) {
  if (text.find_first_not_of(" \t\r\n\u3000") == std::string::npos) {
    tools.error << "todoku: " << tools.words.render("page.nothing_to_explain") << '\n';
    return exit_data;
  }
  const auto found = classified(tools, text);
  const auto& one = found.diagnoses.front();
  // Words of a server win; a trouble told in a person's words is looked up where they say nothing.
  const auto situation = says_nothing(one.judgement.cause) && !has_code(one)
                             ? tools.situations.find(text)
                             : std::string();
  const Source source{"text", text};
  std::string out;
  if (options.json && situation.empty()) {
    append_json(out, source, found, json_words(options, tools));
  } else if (options.json) {
    append_situation_json(out, source, situation, found, json_words(options, tools));
  } else {
    ExplainPage page(tools.words, tools.terminal);
    situation.empty() ? page.add(one) : page.add_situation(situation);
    out = page.text();
  }
  tools.out << out;
  return exit_ok;
}

void explain_mail(std::string_view mail, const Source& source, const ExplainOptions& options,
                  const ExplainTools& tools, bool has_heading) {
  const auto found = tools.classifier.classify_mail(mail);
  if (options.json) {
    std::string out;
    append_json(out, source, found, json_words(options, tools));
    tools.out << out;
    return;
  }
  ExplainPage page(tools.words, tools.terminal);
  if (has_heading) page.file_heading(source.value);
  page.add(found);
  tools.out << page.text() << (has_heading ? "\n" : "");
}

// What Outlook makes of a mail that is dragged out of it: a compound file (MS-CFB section 2.2).
bool is_outlook_file(std::string_view bytes) {
  return bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

// What a file holds, or why it is no mail that can be explained.
struct MailFile {
  std::string mail;
  std::string problem;
  int code = exit_ok;
};

MailFile mail_file(Result<std::string> read, const ExplainTools& tools) {
  if (!read.has_value()) return {{}, read.error().message(), exit_no_input};
  if (is_outlook_file(*read)) return {{}, tools.words.render("page.outlook_format"), exit_data};
  return {std::move(*read), {}, exit_ok};
}

int explain_files(const ExplainOptions& options, const ExplainTools& tools) {
  int code = exit_ok;
  for (const auto& file : options.words) {
    const auto found = mail_file(file == "-" ? Result<std::string>(whole_input(tools.in))
                                             : platform::read_small(file, largest_mail),
                                 tools);
    if (found.code == exit_ok) {
      explain_mail(found.mail, {"file", file}, options, tools, options.words.size() > 1);
      continue;
    }
    code = found.code;
    tools.error << "todoku: "
                << tools.words.render("page.cannot_read",
                                      {{"file", printable(file)}, {"problem", found.problem}})
                << '\n';
    if (!options.json) continue;
    std::string out;
    append_error_json(out, {"file", file}, found.problem);
    tools.out << out;
  }
  return code;
}

// One line for one line, in order. What is ready goes out when the buffer is full or when the
// writer of the paths waits for it.
int explain_batch(const ExplainOptions& options, const ExplainTools& tools) {
  int code = exit_ok;
  std::string out, file;
  while (std::getline(tools.in, file)) {
    if (file.ends_with('\r')) file.pop_back();
    if (file.empty()) continue;
    const auto found = mail_file(platform::read_small(file, largest_mail), tools);
    if (found.code == exit_ok) {
      append_json(out, {"file", file}, tools.classifier.classify_mail(found.mail),
                  json_words(options, tools));
    } else {
      append_error_json(out, {"file", file}, found.problem);
      code = found.code;
    }
    if (out.size() < batch_buffer && tools.in.rdbuf()->in_avail() > 0) continue;
    tools.out << out << std::flush;
    out.clear();
    if (!tools.out) return exit_io;
  }
  tools.out << out << std::flush;
  return tools.out ? code : exit_io;
}

// "todoku explain 550 5.1.1 User unknown": none of the words is, or looks like, a file.
bool are_words(const std::vector<std::string>& words) {
  return std::ranges::none_of(words, [](const std::string& word) {
    std::error_code ignored;
    return word == "-" || word.ends_with(".eml") || word.ends_with(".txt") ||
           word.ends_with(".msg") || word.starts_with('/') || word.starts_with("./") ||
           word.starts_with("../") || std::filesystem::exists(word, ignored);
  });
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

int run_explain(const ExplainOptions& options, const ExplainTools& tools) {
  if (options.batch) return explain_batch(options, tools);
  if (options.text) return explain_text(*options.text, options, tools);
  if (!options.words.empty())
    return are_words(options.words) ? explain_text(joined(options.words), options, tools)
                                    : explain_files(options, tools);
  if (tools.terminal.reads_keyboard)
    tools.error << tools.words.render("page.waiting_for_mail") << std::endl;
  const auto mail = whole_input(tools.in);
  if (mail.empty()) {
    tools.error << "todoku: " << tools.words.render("page.nothing_to_explain") << '\n';
    return exit_data;
  }
  explain_mail(mail, {"file", "-"}, options, tools, false);
  return exit_ok;
}

}  // namespace todoku::cli
