// SPDX-License-Identifier: Apache-2.0
#pragma once

// The content of the part that is being read: its sizes, its first and last octets, its text.
// There is only one such part at a time, so memory stays flat. Pure.
#include "proxy/skeleton/base64_code.hpp"
#include "proxy/skeleton/limits.hpp"
#include "proxy/skeleton/skeleton.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::skeleton {

class PartContent {
 public:
  explicit PartContent(const Limits& limits) : limits_(limits) {}

  // A new part; what it may keep of its text is text_room at most.
  void begin(const Part& part, std::size_t text_room);
  // So many octets of it may come at once.
  void expect(std::size_t size);
  // The next octets: a line with its line end, or a piece of a long one that is cut neither in CRLF
  // nor in an "=41" of quoted-printable.
  void add(std::string_view line, bool has_eight_bit);
  // Fills sizes, head, archive and text of part. The last line end belongs to the boundary behind
  // it (RFC 2046 5.1.1) when there is one.
  void finish(Part& part, bool is_before_boundary);

 private:
  // content: of an encoding base64 the code only.
  void keep_head(std::string_view content);
  void keep_tail(std::string_view content);
  void keep_text(std::string_view line);
  [[nodiscard]] std::string decoded_tail() const;
  [[nodiscard]] std::string decoded(std::string_view text, std::size_t max_size) const;

  Limits limits_;
  mail::TransferEncoding encoding_ = mail::TransferEncoding::none;
  bool wants_text_ = false;
  bool is_kind_known_ = false;  // enough has come to see whether it is an archive
  bool is_archive_ = false;
  bool has_eight_bit_ = false;
  bool is_text_cut_ = false;
  std::size_t text_room_ = 0;   // encoded octets
  std::size_t text_taken_ = 0;  // of them
  std::size_t last_line_end_ = 0;
  std::uint64_t encoded_size_ = 0;
  std::uint64_t quoted_printable_size_ = 0;  // decoded
  Base64Position base64_;
  std::string base64_storage_;  // of a line
  std::string head_;            // encoded
  std::string text_;            // encoded, line ends "\n" but where a line is odd
  // The last octets in two halves; the older one is dropped when the newer one is full.
  std::string older_, newer_;
  Base64Position older_begin_, newer_begin_;
};

}  // namespace todoku::skeleton
