// SPDX-License-Identifier: Apache-2.0
#pragma once

// The skeleton of a message: its header, its parts as a flat list in the order in which they come,
// and what its lines are like. Owns all of its text. Sizes are octets. Floor 0.
#include "classifier/mail/transfer_encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::skeleton {

struct Field {
  std::string name;        // as written
  std::string value;       // unfolded, not decoded
  std::uint64_t line = 0;  // of its name; the first line of the message is 1

  bool operator==(const Field&) const = default;
};

// What is inside an archive, by its directory.
struct Archive {
  bool is_archive = false;
  bool is_encrypted = false;  // at least one entry wants a password
  bool is_cut = false;        // more entries than are listed, or the directory could not be found
  std::vector<std::string> names;  // UTF-8

  bool operator==(const Archive&) const = default;
};

struct Part {
  static constexpr std::size_t no_parent = static_cast<std::size_t>(-1);

  std::size_t parent = no_parent;  // index in Skeleton::parts
  std::size_t depth = 0;           // 0 = the message itself
  std::uint64_t line = 0;          // where its header begins, in lines and octets of the message
  std::uint64_t offset = 0;

  std::string type;           // lower case, "text/plain" where none is given
  bool has_type = false;      // a Content-Type field with a slash in it
  std::string charset;        // as declared
  std::string disposition;    // lower case; "attachment", "inline" or what else is written
  std::string file_name;      // decoded, UTF-8, at most 255 octets
  std::string encoding_name;  // Content-Transfer-Encoding as written
  mail::TransferEncoding encoding = mail::TransferEncoding::none;
  bool has_content_id = false;
  bool has_raw_file_name = false;  // octets above 127 in its Content-Type or Content-Disposition
  bool lacks_blank_line = false;   // the header ended with a line that is none

  // multipart/*
  bool has_boundary = false;  // the parameter is there
  bool is_opened = false;     // at least one boundary line came
  bool is_closed = false;     // and the closing one

  std::uint64_t encoded_size = 0;  // of the content as it travels
  std::uint64_t decoded_size = 0;  // exact for well-formed content
  bool has_eight_bit = false;      // raw octets above 127 in the content
  std::string head;                // the first decoded octets, for magic numbers
  Archive archive;

  // Text parts that are no attachments.
  bool is_text = false;
  bool is_text_cut = false;  // text is the beginning only
  std::string octets;        // without the transfer encoding, line ends are "\n", also the last one
  std::string text;          // the same as UTF-8

  bool operator==(const Part&) const = default;
};

// A line of which there should be none, and where the first one is.
struct LineFault {
  std::uint64_t count = 0;
  std::uint64_t first_line = 0;  // 0 = none

  bool operator==(const LineFault&) const = default;
};

struct Skeleton {
  std::vector<Field> fields;  // of the message's own header
  std::vector<Part> parts;    // at least one; parts[0] is the message itself

  std::uint64_t size = 0;  // octets of the whole message
  std::uint64_t lines = 0;
  std::uint64_t longest_line = 0;  // without its line end
  LineFault too_long;              // more than 998 octets (RFC 5322 2.1.1)
  LineFault bare_feed;             // LF without CR
  LineFault bare_return;           // CR without LF
  LineFault nul;
  LineFault eight_bit_header;  // octets above 127 in the message's own header
  bool is_cut = false;         // a limit was met: something was not looked at

  // The first field of that name, unfolded; empty when missing. Case does not matter.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] const Field* find(std::string_view name) const;

  bool operator==(const Skeleton&) const = default;
};

// A part that people see as an attached file: named, or declared an attachment; not multipart, not
// a picture that the HTML shows, and no signature.
[[nodiscard]] bool is_attachment(const Part& part);
[[nodiscard]] bool is_multipart(const Part& part);
// multipart/signed, multipart/encrypted or S/MIME: bytes that nobody may judge by their text.
[[nodiscard]] bool is_encrypted_message(const Skeleton& skeleton);
// Is index inside another message (message/rfc822)?
[[nodiscard]] bool is_in_forwarded(const Skeleton& skeleton, std::size_t index);

}  // namespace todoku::skeleton
