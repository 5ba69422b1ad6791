// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku explain: why a message came back. Reads mails, prints pages or JSON; nothing is sent or
// kept.
#include "classifier/classify.hpp"
#include "classifier/explain/messages.hpp"
#include "classifier/explain/situations.hpp"
#include "proxy/cli/options.hpp"
#include "proxy/cli/terminal.hpp"

#include <istream>
#include <ostream>
#include <string>

namespace todoku::cli {

// What the command works with; all of it outlives the call.
struct ExplainTools {
  const Classifier& classifier;
  const explain::Situations& situations;
  const explain::Catalog& words;
  Terminal terminal;
  std::istream& in;
  std::ostream& out;
  std::ostream& error;
};

// The exit code: 0 also when the mail is no bounce; exit_no_input when a named file cannot be read
// (the others are explained all the same), exit_data when there is nothing to explain.
int run_explain(const ExplainOptions& options, const ExplainTools& tools);

// Every explanation there is, both languages side by side, as Markdown.
std::string all_explanations(const explain::Catalog& japanese, const explain::Catalog& english);

}  // namespace todoku::cli
