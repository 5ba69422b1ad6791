// SPDX-License-Identifier: Apache-2.0
// Mail that no program writes: every check ends, keeps its bounds and stops nothing by failing.
#include "tests/checks/check_fixture.hpp"

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>

namespace todoku::checks {
namespace {

using settings::CheckLevel;
using testing::Contains;

Verdict judged(const std::string& mail, const Facts& facts = {},
               const settings::Checks& settings = {}) {
  const auto skeleton = skeleton::read(mail);
  return judge({settings, shipped_lists()}, skeleton, envelope_of(skeleton), facts);
}

const std::string head =
    "From: sato@minato.example\r\nTo: yamada@aozora.example\r\nMIME-Version: 1.0\r\n";

TEST(HostileMail, NestedPartsAreBounded) {
  std::string mail = head;
  for (int i = 0; i < 20'000; ++i) {
    const auto name = std::to_string(i);
    mail += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  EXPECT_THAT(codes_of(judged(mail)), Contains("not-all-checked"));
}

TEST(HostileMail, ManyPartsAreBounded) {
  std::string mail = head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 20'000; ++i)
    mail += "--b\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nMZ\r\n";
  const auto verdict = judged(mail);
  EXPECT_LE(verdict.findings.size(), 1100U);
  EXPECT_EQ(verdict.outcome, Outcome::accept);
}

TEST(HostileMail, HeadersOfOneLetterAreBounded) {
  std::string mail = head;
  for (int i = 0; i < 100'000; ++i) mail += "a:\r\n";
  EXPECT_THAT(codes_of(judged(mail + "\r\ntext")), Contains("not-all-checked"));
  EXPECT_FALSE(judged(head + "To: " + std::string(200'000, ',') + "\r\n\r\n").findings.empty());
  EXPECT_FALSE(
      judged(head + "Content-Type: a/b" + std::string(200'000, ';') + "\r\n\r\n").findings.empty());
}

TEST(HostileMail, TagsWithoutEndAreBounded) {
  const auto page = head + "Content-Type: text/html; charset=utf-8\r\n\r\n";
  for (const auto* piece : {"<", "<a ", "<a href=", "<!--", "<img src='", "&", "<blockquote"}) {
    std::string mail = page;
    while (mail.size() < 300'000) mail += piece;
    EXPECT_LE(judged(mail).findings.size(), 10U) << piece;
  }
}

TEST(HostileMail, EveryCutOfAMessageIsJudged) {
  const auto folder = std::filesystem::path(TODOKU_SOURCE_DIR) / "tests/checks/pairs";
  for (const auto* name : {"archive-with-program.faulty.eml", "html-form.faulty.eml",
                           "machine-characters.faulty.eml"}) {
    const auto mail = content_of(folder / name);
    for (std::size_t size = 0; size < mail.size(); size += 7)
      EXPECT_LE(judged(mail.substr(0, size)).findings.size(), 12U);
  }
}

TEST(FailingCheck, IsANoteAndStopsNothing) {
  Facts facts;
  facts.own_password_in = [](std::string_view) -> std::size_t {
    throw std::runtime_error("no digest");
  };
  settings::Checks settings;
  settings.keywords = settings.own_password = CheckLevel::refuse;
  const auto mail = head + "Content-Type: text/plain\r\n\r\nDear all, password: abc123\r\n";
  const auto verdict = judged(mail, facts, settings);
  EXPECT_THAT(codes_of(verdict), testing::ElementsAre("check-failed"));
  EXPECT_EQ(verdict.outcome, Outcome::accept);
  EXPECT_EQ(verdict.findings[0].level, CheckLevel::note);
}

}  // namespace
}  // namespace todoku::checks
