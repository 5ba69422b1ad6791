// SPDX-License-Identifier: Apache-2.0
#pragma once

// The addresses in Thunderbird's address books (its SQLiteDirectory, schema version 4: a table
// properties of card, name and value). Blocking; any thread.
#include "proxy/wire/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::setup {

struct Person {
  std::string address;      // as written there
  std::uint32_t times = 1;  // that mail was sent there, as Thunderbird has counted; at least 1
};

struct AddressBook {
  std::filesystem::path file;
  std::vector<Person> people;  // each address once
};

// The address books in a profile folder: abook.sqlite, others that the user made, and
// history.sqlite, in which Thunderbird collects whom mail was sent to.
[[nodiscard]] std::vector<std::filesystem::path> address_books_in(
    const std::filesystem::path& profile);
// scratch: a private folder for a copy, because a running Thunderbird lets nobody open its files;
// the copy is removed again. Errors: of reading; bad_message = it is no address book.
[[nodiscard]] Result<AddressBook> read_address_book(const std::filesystem::path& file,
                                                    const std::filesystem::path& scratch);
// The e-mail addresses of a vCard (RFC 6350 section 6.4.2). Pure.
[[nodiscard]] std::vector<std::string> addresses_in_vcard(std::string_view vcard);

}  // namespace todoku::setup
