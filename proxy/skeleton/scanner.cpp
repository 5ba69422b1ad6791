// SPDX-License-Identifier: Apache-2.0
// Lines first, then the walk through the parts: headers, boundaries (RFC 2046 5.1.1), messages in
// messages. The open multiparts are a short stack; nothing recurses.
#include "proxy/skeleton/scanner.hpp"

#include "classifier/mail/ascii.hpp"
#include "classifier/mail/header.hpp"
#include "proxy/skeleton/content_type.hpp"
#include "proxy/skeleton/part_content.hpp"
#include "proxy/wire/octet_count.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace todoku::skeleton {
namespace {

constexpr std::size_t longest_legal_line = 998;  // RFC 5322 2.1.1
constexpr std::size_t held_line = 4096;          // a longer line, with its end, goes on in pieces
constexpr std::size_t nothing = static_cast<std::size_t>(-1);

void count(LineFault& fault, std::uint64_t line, std::uint64_t times = 1) {
  if (times == 0) return;
  if (fault.count == 0) fault.first_line = line;
  fault.count += times;
}

std::string_view without_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Octets of the line, or of the piece of a long line, with which text begins; 0 = more must come
// first. Where a long line is cut is for the line alone to say, whatever has come of it; never
// inside CRLF nor inside an "=41" of quoted-printable.
std::size_t next_piece(std::string_view text) {
  const auto seen = text.substr(0, held_line);
  const auto end = seen.find('\n');
  if (end != std::string_view::npos) return end + 1;
  if (seen.size() < held_line) return 0;
  return std::min(seen.find_first_of("\r=", held_line - 2), held_line);
}

struct OpenMultipart {
  std::size_t part = 0;
  std::string boundary;
};

}  // namespace

struct Scanner::Impl {
  explicit Impl(const Limits& given) : limits(given), content(given) { begin_part(nothing); }

  // --- lines ---
  void feed(std::string_view bytes);
  std::size_t add_to_held(std::string_view bytes);
  std::size_t take_lines(std::string_view bytes, bool may_have_eight_bit);
  void take(std::string_view piece, const wire::OctetCount& look);
  void look_at(std::string_view piece, const wire::OctetCount& look);
  void count_line(std::uint64_t size, bool is_right);

  // --- parts ---
  void begin_part(std::size_t parent);
  bool take_header_line(std::string_view line, bool is_whole);
  void end_header();
  void enter(Part& part, std::string boundary);
  bool take_boundary(std::string_view line);
  void end_leaf(bool is_before_boundary);

  Limits limits;
  Skeleton result;
  std::string held;                // of a line whose end has not come
  bool is_line_begun = false;      // pieces of it went on already
  std::uint64_t line_size = 0;     // of the line under way, with its line end
  std::uint64_t line_offset = 0;   // where it begins in the message
  bool ended_with_return = false;  // the last piece did

  std::vector<OpenMultipart> open;
  std::size_t current = nothing;  // the part being read; nothing = between parts
  bool in_header = false;
  bool is_header_cut = false;
  std::string header;
  PartContent content;
  std::size_t text_kept = 0;
  std::size_t names_kept = 0;
};

// size: without its line end; is_right: which is CRLF.
inline void Scanner::Impl::count_line(std::uint64_t size, bool is_right) {
  const auto line = ++result.lines;
  if (!is_right) count(result.bare_feed, line);
  result.longest_line = std::max(result.longest_line, size);
  if (size > longest_legal_line) count(result.too_long, line);
}

void Scanner::Impl::feed(std::string_view bytes) {
  result.size += bytes.size();
  while (!held.empty() && !bytes.empty()) bytes.remove_prefix(add_to_held(bytes));
  const auto look = wire::count_octets(bytes);
  const bool is_plain = !look.has_faults() && !look.has_eight_bit;
  while (!bytes.empty()) {
    if (!look.has_faults()) bytes.remove_prefix(take_lines(bytes, look.has_eight_bit));
    const auto piece = bytes.substr(0, next_piece(bytes));
    if (piece.empty()) break;
    take(piece, is_plain ? look : wire::count_octets(piece));
    bytes.remove_prefix(piece.size());
  }
  held.append(bytes);
}

// Adds to the line that is held, and takes what is ready of it. Returns the octets of bytes that
// are done with.
std::size_t Scanner::Impl::add_to_held(std::string_view bytes) {
  const auto room = bytes.substr(0, held_line - held.size());
  const auto added = room.substr(0, std::min(room.find('\n'), room.size() - 1) + 1);
  held.append(added);
  const auto size = next_piece(held);
  if (size == 0) return added.size();
  // Taken out first: take() must not see its own storage change.
  const auto taken = std::exchange(held, held.substr(size));
  const auto piece = std::string_view(taken).substr(0, size);
  take(piece, wire::count_octets(piece));
  return added.size();
}

// Takes the lines in front that can be nothing but content: only their ends are looked for. There
// is nothing in bytes to be counted line by line. Returns their octets.
std::size_t Scanner::Impl::take_lines(std::string_view bytes, bool may_have_eight_bit) {
  if (in_header || is_line_begun) return 0;
  const bool is_content = current != nothing;
  if (is_content) content.expect(bytes.size());
  auto rest = bytes;
  while (!rest.empty()) {
    if (!open.empty() && rest.starts_with("--")) break;
    const auto end = rest.find('\n');
    if (end >= held_line) break;
    const auto line = rest.substr(0, end + 1);
    const bool is_right = end > 0 && line[end - 1] == '\r';
    count_line(is_right ? end - 1 : end, is_right);
    if (is_content) content.add(line, may_have_eight_bit && !mail::is_plain_ascii(line));
    rest.remove_prefix(line.size());
  }
  const auto size = bytes.size() - rest.size();
  line_offset += std::exchange(line_size, 0) + size;
  return size;
}

void Scanner::Impl::take(std::string_view piece, const wire::OctetCount& look) {
  const bool ends_line = piece.ends_with('\n');
  const bool begins_line = !std::exchange(is_line_begun, !ends_line);
  if (begins_line) line_offset += std::exchange(line_size, 0);
  line_size += piece.size();
  look_at(piece, look);
  if (begins_line && piece.starts_with("--") && take_boundary(piece)) return;
  // A header without its empty line ends with the line that is no field of it.
  while (in_header) {
    if (take_header_line(piece, begins_line && ends_line)) return;
  }
  if (current != nothing) content.add(piece, look.has_eight_bit);
}

void Scanner::Impl::look_at(std::string_view piece, const wire::OctetCount& look) {
  const auto line = result.lines + 1;
  count(result.nul, line, look.nuls);
  if (in_header && current == 0 && look.has_eight_bit) count(result.eight_bit_header, line);
  // A CR at the end of a piece is bare when there is a next one: CRLF is never cut.
  const bool was_bare = std::exchange(ended_with_return, piece.ends_with('\r'));
  count(result.bare_return, line, look.bare_returns + (was_bare ? 1 : 0));
  if (!piece.ends_with('\n')) return;
  const bool is_right = piece.ends_with("\r\n");
  count_line(line_size - (is_right ? 2 : 1), is_right);
}

void Scanner::Impl::begin_part(std::size_t parent) {
  Part part;
  part.parent = parent;
  part.depth = parent == nothing ? 0 : result.parts[parent].depth + 1;
  part.line = result.lines + 1;
  part.offset = line_offset + line_size;
  current = result.parts.size();
  result.parts.push_back(std::move(part));
  in_header = true;
  is_header_cut = false;
  header.clear();
}

// False = the header had ended before this line.
bool Scanner::Impl::take_header_line(std::string_view line, bool is_whole) {
  const auto text = without_end(line);
  if (is_whole && text.empty()) {
    end_header();
    return true;
  }
  const bool is_folded = text.starts_with(' ') || text.starts_with('\t');
  if (is_whole && !is_folded && !mail::is_field_line(text) && !text.starts_with("From ")) {
    result.parts[current].lacks_blank_line = true;
    end_header();
    return false;
  }
  const auto limit = current == 0 ? limits.header : limits.part_header;
  if (header.size() + line.size() > limit) {
    is_header_cut = result.is_cut = true;
  } else if (!is_header_cut) {
    header.append(line);
  }
  return true;
}

void Scanner::Impl::end_header() {
  in_header = false;
  auto& part = result.parts[current];
  auto fields = read_fields(header, part.line, limits.fields);
  if (fields.size() == limits.fields) result.is_cut = true;
  std::string boundary;
  describe(fields, part, boundary);
  if (current == 0) result.fields = std::move(fields);
  enter(part, std::move(boundary));
}

// What the header that just ended opens: parts, a message, or content.
void Scanner::Impl::enter(Part& part, std::string boundary) {
  const bool is_too_deep = part.depth + 1 >= limits.depth;
  const bool is_message =
      part.type == "message/rfc822" && part.encoding == mail::TransferEncoding::none;
  if ((is_multipart(part) || is_message) && is_too_deep) {
    result.is_cut = true;
  } else if (is_multipart(part) && part.has_boundary) {
    open.push_back({current, std::move(boundary)});
    current = nothing;  // what comes before the first boundary is for nobody
    return;
  } else if (is_message && result.parts.size() < limits.parts) {
    begin_part(current);
    return;
  }
  content.begin(part, std::min(limits.text, limits.all_text - text_kept));
}

bool Scanner::Impl::take_boundary(std::string_view line) {
  auto text = without_end(line).substr(2);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  for (auto level = open.size(); level-- > 0;) {
    const auto& boundary = open[level].boundary;
    if (!text.starts_with(boundary)) continue;
    const auto rest = text.substr(boundary.size());
    if (!rest.empty() && rest != "--") continue;
    end_leaf(true);
    const auto part = open[level].part;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(level) + 1, open.end());
    result.parts[part].is_opened = true;
    if (rest == "--") {
      result.parts[part].is_closed = true;
      open.pop_back();
    } else if (result.parts.size() < limits.parts) {
      begin_part(part);
    } else {
      result.is_cut = true;
    }
    return true;
  }
  return false;
}

void Scanner::Impl::end_leaf(bool is_before_boundary) {
  while (in_header) end_header();  // a part that is a header only
  if (current == nothing) return;
  auto& part = result.parts[current];
  content.finish(part, is_before_boundary);
  text_kept += std::min(part.octets.size(), limits.all_text - text_kept);
  names_kept += part.archive.names.size();
  if (names_kept > limits.names) {
    part.archive.names.clear();
    part.archive.is_cut = true;
  }
  current = nothing;
}

Scanner::Scanner(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;

void Scanner::feed(std::string_view bytes) {
  if (!bytes.empty()) impl_->feed(bytes);
}

Skeleton Scanner::finish() {
  auto& impl = *impl_;
  if (!impl.held.empty()) {
    const auto line = std::exchange(impl.held, {});
    impl.take(line, wire::count_octets(line));
  }
  impl.end_leaf(false);
  return std::move(impl.result);
}

Skeleton read(std::string_view message, const Limits& limits) {
  Scanner scanner(limits);
  scanner.feed(message);
  return scanner.finish();
}

}  // namespace todoku::skeleton
