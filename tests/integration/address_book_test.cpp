// SPDX-License-Identifier: Apache-2.0
// What is taken from an address book, and from profiles.ini.
#include "proxy/setup/address_book.hpp"

#include "proxy/setup/thunderbird_profiles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace todoku::setup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AddressBook, a_vcards_addresses_are_found_in_every_form) {
  EXPECT_THAT(addresses_in_vcard("BEGIN:VCARD\r\nEMAIL:a@b.example\r\n"
                                 "email;TYPE=work;PREF=1:c@d.example\r\n"
                                 "item2.EMAIL:e@f\r\n .example\r\nNOTE:EMAIL:x@y.example\r\n"
                                 "EMAILS:z@y.example\r\nEND:VCARD\r\n"),
              ElementsAre("a@b.example", "c@d.example", "e@f.example"));
  for (const auto* text : {"", "EMAIL", "EMAIL;", ":", ".", "\n \n", "EMAIL;TYPE=work"})
    EXPECT_THAT(addresses_in_vcard(text), IsEmpty()) << text;
}

TEST(ThunderbirdProfiles, are_where_profiles_ini_says) {
  const std::string ini =
      "[Install4F96]\r\nDefault=Profiles/a.default\r\n\r\n[Profile1]\r\nName=x\r\nIsRelative=0\r\n"
      "Path=/srv/mail\r\n\n[Profile0]\nPath=Profiles/a.default\nIsRelative=1\n[General]\nVersion=2";
  EXPECT_THAT(profiles_in(ini, "/home/me/.thunderbird"),
              ElementsAre("/srv/mail", "/home/me/.thunderbird/Profiles/a.default"));
  EXPECT_THAT(profiles_in("", "/x"), IsEmpty());
  EXPECT_THAT(find_profiles({"/nowhere/at/all"}), IsEmpty());
}

}  // namespace
}  // namespace todoku::setup
