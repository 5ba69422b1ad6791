// SPDX-License-Identifier: Apache-2.0
// todoku check-address as its users meet it: pages, JSON lines, batch, exit codes.
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/load_words.hpp"
#include "proxy/cli/run_check_address.hpp"

#include <boost/json/parse.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace todoku::cli {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  int code = -1;
  std::string out;
};

Outcome checked(const CheckAddressOptions& options, const std::string& input = {}) {
  static const auto checker = load_checker(true);
  const auto words = load_address_words(options.language == "ja" ? settings::Language::japanese
                                                                 : settings::Language::english);
  std::istringstream in(input);
  std::ostringstream out;
  const auto code = run_check_address(options, {checker, words, {}, in, out});
  return {code, out.str()};
}

CheckAddressOptions given(std::vector<std::string> addresses, const char* language = "en") {
  CheckAddressOptions options;
  options.addresses = std::move(addresses);
  options.language = language;
  return options;
}

std::vector<json::object> lines_of(const std::string& text) {
  std::vector<json::object> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(json::parse(line).as_object());
  return out;
}

TEST(CheckAddress, TellsAPersonWhatWasProbablyMeant) {
  const auto english = checked(given({"rin@gmial.com"}));
  EXPECT_EQ(english.code, exit_data);
  EXPECT_THAT(english.out, HasSubstr("Did you mean: rin@gmail.com"));
  const auto japanese = checked(given({"rin@gmial.com"}, "ja"));
  EXPECT_THAT(japanese.out, HasSubstr("もしかして: rin@gmail.com"));
  EXPECT_THAT(japanese.out, HasSubstr("よく似ていますが"));
}

TEST(CheckAddress, ARightOneIsSaidToBeRightWithoutPromisingMore) {
  const auto outcome = checked(given({"rin@gmail.com"}));
  EXPECT_EQ(outcome.code, exit_ok);
  EXPECT_THAT(outcome.out, HasSubstr("looks right"));
  EXPECT_THAT(outcome.out, HasSubstr("only when"));
}

TEST(CheckAddress, OneOfSeveralThatIsFlaggedDecidesTheExitCode) {
  EXPECT_EQ(checked(given({"rin@gmail.com", "rin@gmial.com", "rin@gmail.com"})).code, exit_data);
  EXPECT_EQ(checked(given({"rin@gmail.com", "sora@gmail.com"})).code, exit_ok);
}

TEST(CheckAddress, NothingReachesTheTerminalThatMovesIt) {
  const auto outcome = checked(given({"rin\x1b[2J@gmial.com", "\u202Erin@koinca.jp"}));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\u202E")));
}

TEST(CheckAddress, JsonHasTheWordsWhenALanguageIsAskedFor) {
  auto options = given({"rin@gmial.com"}, "ja");
  options.json = true;
  const auto lines = lines_of(checked(options).out);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("verdict"), "typo");
  EXPECT_EQ(lines[0].at("suggestion"), "rin@gmail.com");
  EXPECT_EQ(lines[0].at("reason"), "near_name");
  EXPECT_TRUE(lines[0].contains("explanation"));
}

TEST(CheckAddress, ABatchAnswersLineByLineInOrderWithTheAddressAsGiven) {
  CheckAddressOptions options;
  options.batch = true;
  const std::vector<std::string> addresses{
      " rin@gmail.com", "", "ｒｉｎ＠gmail.com", "a\"b\\c@koinca.jp\t", "rin@koinca.jp\r", "@"};
  std::string input;
  for (const auto& address : addresses) input += address + "\n";
  const auto outcome = checked(options, input);
  EXPECT_EQ(outcome.code, exit_ok);
  const auto lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), addresses.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("address").as_string(), addresses[i]);
    EXPECT_FALSE(lines[i].contains("explanation"));
  }
  EXPECT_EQ(lines[0].at("suggestion"), "rin@gmail.com");
  EXPECT_TRUE(lines[1].at("suggestion").is_null());
  EXPECT_EQ(lines[5].at("verdict"), "invalid");
}

TEST(CheckAddress, BrokenUtf8GivesValidJson) {
  CheckAddressOptions options;
  options.batch = true;
  const auto lines = lines_of(checked(options, "rin\xFF@koinca.jp\n\xE3\x81\n").out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].at("verdict"), "invalid");
}

}  // namespace
}  // namespace todoku::cli
