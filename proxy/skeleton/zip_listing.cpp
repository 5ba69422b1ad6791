// SPDX-License-Identifier: Apache-2.0
// The directory stands at the end and is found from there, as unpackers do: what stands in front is
// not believed when they differ.
#include "proxy/skeleton/zip_listing.hpp"

#include "classifier/mail/charset.hpp"

#include <cstdint>
#include <string>

namespace todoku::skeleton {
namespace {

constexpr std::size_t max_entries = 200;
constexpr std::size_t max_name = 255;
constexpr std::size_t entry_size = 46, end_size = 22, local_size = 30;
constexpr std::uint32_t encrypted_flag = 1;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

// Bit 11 says UTF-8; Japanese tools write Shift_JIS without it, and to_utf8 guesses that.
std::string entry_name(std::string_view bytes) {
  return mail::to_utf8(bytes.substr(0, max_name), "");
}

void add_entry(Archive& archive, std::string_view name, std::uint32_t flags) {
  archive.is_encrypted = archive.is_encrypted || (flags & encrypted_flag) != 0;
  if (archive.names.size() < max_entries) {
    archive.names.push_back(entry_name(name));
  } else {
    archive.is_cut = true;
  }
}

// The file's first entry by its own header, for archives whose directory is out of sight.
void read_local_entry(Archive& archive, std::string_view head) {
  archive.is_cut = true;
  if (!head.starts_with("PK\x03\x04") || head.size() < local_size) return;
  const std::size_t size = number(head, 26, 2);
  add_entry(archive, head.substr(local_size, size), number(head, 6, 2));
}

}  // namespace

Archive list_zip(std::string_view head, std::string_view tail) {
  Archive archive;
  if (!is_zip(head)) return archive;
  archive.is_archive = true;
  const auto end = tail.rfind("PK\x05\x06");
  if (end == std::string_view::npos || tail.size() - end < end_size) {
    read_local_entry(archive, head);
    return archive;
  }
  const std::size_t directory = number(tail, end + 12, 4);
  if (directory > end) {  // begins before the tail
    read_local_entry(archive, head);
    return archive;
  }
  auto rest = tail.substr(end - directory, directory);
  while (rest.size() >= entry_size && rest.starts_with("PK\x01\x02")) {
    const std::size_t name = number(rest, 28, 2);
    const std::size_t all = entry_size + name + number(rest, 30, 2) + number(rest, 32, 2);
    add_entry(archive, rest.substr(entry_size, name), number(rest, 8, 2));
    if (all > rest.size()) break;
    rest.remove_prefix(all);
  }
  return archive;
}

}  // namespace todoku::skeleton
