// SPDX-License-Identifier: Apache-2.0
#pragma once

// A returned message explained as a page for a person at a terminal. Pure, any thread.
#include "classifier/classify.hpp"
#include "classifier/explain/explanation.hpp"
#include "proxy/cli/terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace todoku::cli {

class ExplainPage {
 public:
  // words must outlive the page.
  ExplainPage(const explain::Catalog& words, Terminal terminal);

  void file_heading(std::string_view file);
  void add(const Classification& found);
  // What a server said, or a situation told in words.
  void add(const Diagnosis& found);
  void add_situation(std::string_view id);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void explanation(const explain::Explanation& words);
  void about_recipients(const std::vector<const Diagnosis*>& group, report::Kind kind);
  void facts(const Diagnosis& one);
  void original_message(const report::Original& original);
  void original_text(const Diagnosis& one);
  void without_recipients(const Classification& found);

  void title(std::string_view words);
  void section(const char* key);
  void drop_empty_section();  // a heading with nothing below it
  void paragraph(std::string_view words, std::string_view first = "  ",
                 std::string_view next = "  ");
  void fact(const char* key, std::string_view value);
  [[nodiscard]] std::string coloured(std::string_view words, std::string_view colour) const;

  const explain::Catalog& words_;
  Terminal terminal_;
  std::string text_;
  std::size_t section_begin_ = 0, section_end_ = 0;  // of the newest heading in text_
};

}  // namespace todoku::cli
