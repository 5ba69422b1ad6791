// SPDX-License-Identifier: Apache-2.0
// The mails that Todoku writes, read by a parser that is not ours (Python's email).
#include "proxy/delivery/notice_mail.hpp"

#include "tests/support/notice_facts.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace todoku {
namespace {

TEST(NoticeMail, IsReadByAnotherParser) {
  const std::string check = std::string(TODOKU_SOURCE_DIR) + "/tests/support/read_notice.py";
  FILE* reader = popen(("/usr/bin/python3 -B '" + check + "'").c_str(), "w");
  ASSERT_NE(reader, nullptr);
  const auto mail = delivery::notice_mail(tests::notice_facts());
  EXPECT_EQ(std::fwrite(mail.bytes.data(), 1, mail.bytes.size(), reader), mail.bytes.size());
  EXPECT_EQ(pclose(reader), 0);
}

}  // namespace
}  // namespace todoku
