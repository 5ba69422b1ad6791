// SPDX-License-Identifier: Apache-2.0
#include "proxy/delivery/from_address.hpp"

#include <cstddef>

namespace todoku::delivery {

namespace {

// Names in quotes and comments may hold anything, an address of somebody else as well: what stands
// there is passed over. Local parts in quotes are not.
class FieldReader {
 public:
  void take(char c) {
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (c == '\\') {
      is_escaped_ = true;
    } else if (c == '"' && depth_ == 0) {
      is_quoted_ = !is_quoted_;
    } else if (!is_quoted_ && (c == '(' || c == ')')) {
      depth_ += c == '(' ? 1 : depth_ > 0 ? -1 : 0;
      is_visible_ = false;
      return;
    }
    is_visible_ = depth_ == 0;
  }
  [[nodiscard]] bool is_visible() const { return is_visible_; }
  [[nodiscard]] bool is_plain() const { return depth_ == 0 && !is_quoted_; }

 private:
  int depth_ = 0;
  bool is_quoted_ = false;
  bool is_escaped_ = false;
  bool is_visible_ = true;
};

std::string without_blanks(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t') kept += c;
  }
  return kept;
}

}  // namespace

std::string from_address(std::string_view field) {
  FieldReader reader;
  std::string text;
  for (const char c : field) {
    reader.take(c);
    if (!reader.is_visible()) continue;
    if (reader.is_plain() && c == '<') {
      text.clear();  // what came before was the name
    } else if (reader.is_plain() && (c == '>' || c == ',' || c == ';')) {
      break;
    } else if (reader.is_plain() && c == ':' && text.find('@') == std::string::npos) {
      text.clear();  // the name of a group
    } else {
      text += c;
    }
  }
  if (!reader.is_plain()) return {};  // a quote or a comment that never ends
  auto address = without_blanks(text);
  const auto at = address.rfind('@');
  const bool is_one = at != std::string::npos && at > 0 && at + 1 < address.size();
  return is_one ? address : std::string();
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

}  // namespace todoku::delivery
