// SPDX-License-Identifier: Apache-2.0
#include "classifier/mail/mime.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/line_ends.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace todoku::mail {

namespace {

constexpr std::array<std::pair<std::string_view, PartType>, 18> part_types{{
    {"text/plain", PartType::plain_text},
    {"text", PartType::plain_text},
    {"text/html", PartType::html},
    {"text/rfc822-headers", PartType::headers},
    {"text/rfc822-header", PartType::headers},
    {"text/rfc822", PartType::headers},
    {"message/rfc822-headers", PartType::headers},
    {"message/rfc822-header", PartType::headers},
    {"message/global-headers", PartType::headers},
    {"message/rfc822", PartType::message},
    {"message/global", PartType::message},
    {"message/news", PartType::message},
    {"message/partial", PartType::message},
    {"message/delivery-status", PartType::delivery_status},
    {"message/global-delivery-status", PartType::delivery_status},
    {"message/feedback-report", PartType::feedback_report},
    {"message/disposition-notification", PartType::disposition_notification},
    {"message/global-disposition-notification", PartType::disposition_notification},
}};

PartType type_of(std::string_view content_type) {
  const auto word = trim(content_type.substr(0, content_type.find_first_of("; \t\n")));
  if (word.empty()) return PartType::plain_text;
  for (const auto& [name, type] : part_types) {
    if (same_word(word, name)) return type;
  }
  if (begins_with(word, "multipart") || !parameter(content_type, "boundary").empty()) {
    return PartType::multipart;  // also what is misspelt: it has a boundary
  }
  return PartType::other;
}

// A delimiter line of this boundary: its size with the line feed; 0 = it is none.
std::size_t delimiter_size(std::string_view text, std::string_view boundary, bool& closes) {
  if (!text.substr(2).starts_with(boundary)) return 0;
  const auto end = std::min(text.find('\n'), text.size());
  const auto rest = trim(text.substr(2 + boundary.size(), end - 2 - boundary.size()));
  closes = rest == "--";
  if (!rest.empty() && !closes) return 0;
  return std::min(end + 1, text.size());
}

// The boundary that the lines themselves show, when the declared one is wrong: the first "--" line
// with a Content- field below it.
std::string_view guessed_boundary(std::string_view body) {
  constexpr std::size_t max_boundary = 200;
  std::string_view rest = body;
  while (!rest.empty()) {
    const auto line = take_line(rest);
    const bool looks_right = line.size() > 4 && line.size() < max_boundary &&
                             line.starts_with("--") && begins_with(rest, "content-");
    if (looks_right) return trim(line.substr(2));
  }
  return {};
}

// Does a body show its parts at once, or after a line or two of preamble?
bool begins_with_part(std::string_view body) {
  constexpr std::size_t max_preamble = 300;
  const auto head = body.substr(0, max_preamble);
  const auto line = head.starts_with("--") ? 0 : head.find("\n--");
  if (line == std::string_view::npos) return false;
  const auto boundary = guessed_boundary(body.substr(line));
  return !boundary.empty() && trim(body.substr(line)).substr(2).starts_with(boundary);
}

// The texts between the delimiter lines; at most max of them.
std::vector<std::string_view> between(std::string_view body, std::string_view boundary,
                                      std::size_t max) {
  std::vector<std::string_view> found;
  constexpr std::size_t none = std::string_view::npos;
  const std::string delimiter = "--" + std::string(boundary);
  const std::boyer_moore_horspool_searcher searcher(delimiter.begin(), delimiter.end());
  std::size_t begin = none;  // of the part being read
  std::size_t at = 0;
  while (at < body.size() && found.size() < max) {
    const auto place =
        std::search(body.begin() + static_cast<std::ptrdiff_t>(at), body.end(), searcher);
    if (place == body.end()) break;
    const auto line = static_cast<std::size_t>(place - body.begin());
    bool closes = false;
    const bool is_at_line = line == 0 || body[line - 1] == '\n';
    const auto size = is_at_line ? delimiter_size(body.substr(line), boundary, closes) : 0;
    if (size == 0) {
      at = line + 2;
      continue;
    }
    if (begin != none) {
      const auto end = line == 0 ? 0 : line - 1;
      found.push_back(body.substr(begin, end >= begin ? end - begin : 0));
    }
    at = line + size;
    begin = closes ? none : at;
  }
  if (begin < body.size() && found.size() < max) found.push_back(body.substr(begin));
  return found;
}

// Reads parts from a stack of texts, so that depth costs no call stack.
class Reader {
 public:
  explicit Reader(const MimeLimits& limits) : limits_(limits) {}

  Message read(std::string_view mail) {
    waiting_.push_back({mail, Part::no_parent, 0});
    while (!waiting_.empty()) {
      if (message_.parts.size() >= limits_.parts) {
        message_.is_cut = true;
        break;
      }
      const auto next = waiting_.back();
      waiting_.pop_back();
      take(next);
    }
    return std::move(message_);
  }

 private:
  struct Waiting {
    std::string_view text;
    std::size_t parent = 0;
    std::size_t depth = 0;
  };

  void take(const Waiting& waiting) {
    Part part;
    part.header = Header::read(waiting.text, part.body);
    part.parent = waiting.parent;
    part.depth = waiting.depth;
    const auto content_type = part.header.raw("Content-Type");
    part.type = type_of(content_type);
    part.encoding = transfer_encoding(part.header.raw("Content-Transfer-Encoding"));
    if (part.type == PartType::plain_text && content_type.empty() && begins_with_part(part.body)) {
      part.type = PartType::multipart;  // the field that says so was lost
    }
    message_.parts.push_back(std::move(part));
    const auto index = message_.parts.size() - 1;
    if (message_.parts[index].type == PartType::multipart) {
      open_multipart(index, parameter(content_type, "boundary"));
    } else if (message_.parts[index].type == PartType::message) {
      open_message(index);
    }
  }

  bool may_open(std::size_t index) {
    if (message_.parts[index].depth < limits_.depth) return true;
    message_.is_cut = true;
    return false;
  }

  void open_multipart(std::size_t index, std::string_view boundary) {
    if (!may_open(index)) return;
    const auto body = message_.parts[index].body;
    const auto room = limits_.parts - std::min(limits_.parts, message_.parts.size());
    constexpr std::size_t max_boundary = 256;  // RFC 2046 allows 70
    auto texts = boundary.empty() || boundary.size() > max_boundary
                     ? std::vector<std::string_view>()
                     : between(body, boundary, room);
    if (texts.empty()) {
      if (const auto guess = guessed_boundary(body); !guess.empty()) {
        texts = between(body, guess, room);
      }
    }
    if (texts.empty()) {
      message_.parts[index].type = PartType::plain_text;
      return;
    }
    if (texts.size() == room) message_.is_cut = true;
    for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
      waiting_.push_back({*text, index, message_.parts[index].depth + 1});
    }
  }

  void open_message(std::size_t index) {
    if (!may_open(index)) return;
    const auto& part = message_.parts[index];
    auto text = part.body;
    if (part.encoding != TransferEncoding::none) {  // RFC 2046 forbids it, and it is done
      std::string storage;
      const auto room = limits_.all_decoded - std::min(limits_.all_decoded, decoded_);
      const auto decoded = decoded_body(part, storage, std::min(limits_.decoded, room));
      decoded_ += decoded.size();
      text = message_.inner.emplace_back(decoded);
    }
    while (text.starts_with('\n')) text.remove_prefix(1);
    waiting_.push_back({text, index, part.depth + 1});
  }

  MimeLimits limits_;
  Message message_;
  std::vector<Waiting> waiting_;
  std::size_t decoded_ = 0;
};

}  // namespace

Message read_message(std::string_view mail, const MimeLimits& limits) {
  return Reader(limits).read(mail);
}

std::string_view decoded_body(const Part& part, std::string& storage, std::size_t max_size) {
  switch (part.encoding) {
    case TransferEncoding::none:
      return part.body.substr(0, max_size);
    case TransferEncoding::quoted_printable:
      storage = decode_quoted_printable(part.body, max_size);
      return storage;
    case TransferEncoding::base64: {
      const auto octets = decode_base64(part.body, max_size);
      if (with_line_feeds(octets, storage).data() == octets.data()) storage = octets;
      return storage;
    }
  }
  return part.body;
}

std::string_view text_of(const Part& part, std::string& storage, std::size_t max_size) {
  std::string octets;
  const auto body = decoded_body(part, octets, max_size);
  const auto charset = parameter(part.header.raw("Content-Type"), "charset");
  const auto text = view_as_utf8(body, charset, storage);
  if (!octets.empty() && text.data() == octets.data()) {
    storage = std::move(octets);
    return storage;
  }
  return text;
}

}  // namespace todoku::mail
