// SPDX-License-Identifier: Apache-2.0
// What is inside an attached archive, named without unpacking it, however the message is written.
#include "proxy/skeleton/scanner.hpp"
#include "proxy/skeleton/zip_listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace todoku::skeleton {
namespace {

using testing::ElementsAre;

std::string little(std::uint32_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

// A ZIP file of empty entries, as PKWARE's APPNOTE has it.
std::string zip_of(const std::vector<std::string>& names, std::uint32_t flags,
                   const std::string& content = "") {
  std::string out, directory;
  for (const auto& name : names) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto rest = little(0, 2) + little(0, 4) + little(0, 4) + little(size, 4) +
                      little(size, 4) + little(static_cast<std::uint32_t>(name.size()), 2) +
                      little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + little(20, 2) + little(flags, 2) + rest +
                 little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4) + name;
    out += "PK\x03\x04" + little(20, 2) + little(flags, 2) + rest + name + content;
  }
  const auto count = little(static_cast<std::uint32_t>(names.size()), 2);
  return out + directory + "PK\x05\x06" + little(0, 4) + count + count +
         little(static_cast<std::uint32_t>(directory.size()), 4) + little(0, 4) + little(0, 2);
}

TEST(ZipListing, NamesWhatIsInside) {
  const auto zip = zip_of({"a.txt", "b/c.exe"}, 0);
  const auto archive = list_zip(zip.substr(0, 100), zip);
  EXPECT_TRUE(archive.is_archive);
  EXPECT_FALSE(archive.is_encrypted || archive.is_cut);
  EXPECT_THAT(archive.names, ElementsAre("a.txt", "b/c.exe"));
}

TEST(ZipListing, SeesThatAPasswordIsWanted) {
  const auto zip = zip_of({"a.txt"}, 1);
  EXPECT_TRUE(list_zip(zip, zip).is_encrypted);
}

TEST(ZipListing, WithoutItsDirectoryTheFirstEntryIsNamed) {
  const auto zip = zip_of({"a.txt", "b.txt"}, 1);
  const auto archive = list_zip(zip.substr(0, 60), zip.substr(zip.size() - 40));
  EXPECT_TRUE(archive.is_cut && archive.is_encrypted);
  EXPECT_THAT(archive.names, ElementsAre("a.txt"));
}

TEST(ZipListing, HostileDirectoriesEnd) {
  auto zip = zip_of({"a.txt"}, 0);
  for (std::size_t i = 0; i < zip.size(); ++i) {
    auto broken = zip;
    broken[i] = static_cast<char>(0xff);
    EXPECT_LE(list_zip(broken, broken).names.size(), 2U);
    EXPECT_LE(list_zip(zip, zip.substr(i)).names.size(), 1U);
  }
}

std::string base64(std::string_view octets) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::size_t line = 0;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < octets.size() ? static_cast<unsigned char>(octets[i + k]) : 0);
    for (int k = 3; k >= 0; --k)
      out += i + static_cast<std::size_t>(3 - k) > octets.size() ? '='
                                                                 : letters[group >> (6 * k) & 63];
    if ((line += 4) == 76) {
      out += "\r\n";
      line = 0;
    }
  }
  return out;
}

// The directory of a large archive is at its end, behind what is not kept.
TEST(ZipListing, IsFoundAtTheEndOfALargeFile) {
  const auto zip = zip_of({"big.bin", "setup.exe"}, 0, std::string(1'000'001, 'x'));
  const auto skeleton = read(
      "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      base64(zip));
  ASSERT_EQ(skeleton.parts.size(), 1U);
  EXPECT_EQ(skeleton.parts[0].decoded_size, zip.size());
  EXPECT_THAT(skeleton.parts[0].archive.names, ElementsAre("big.bin", "setup.exe"));
}

Skeleton read_archive(std::string_view content) {
  return read(
      "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      std::string(content));
}

void expect_listed(std::string_view content, std::size_t size) {
  const auto part = read_archive(content).parts.at(0);
  EXPECT_EQ(part.decoded_size, size);
  EXPECT_TRUE(part.archive.is_archive);
  EXPECT_FALSE(part.archive.is_cut);
  EXPECT_THAT(part.archive.names, ElementsAre("a.txt", "b/setup.exe"));
}

// The letters of code in lines of so many, the last of which repeats.
std::string in_lines(std::string_view code, std::vector<std::size_t> sizes,
                     std::string_view line_end = "\r\n") {
  std::string out;
  for (std::size_t at = 0, line = 0; at < code.size(); ++line) {
    const auto size = sizes[std::min(line, sizes.size() - 1)];
    out.append(code.substr(at, size)).append(line_end);
    at += size;
  }
  return out;
}

std::string without_line_ends(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

const std::vector<std::string> two_names{"a.txt", "b/setup.exe"};

TEST(ZipListing, IsTheSameForAnyLinesOfItsCode) {
  const auto zip = zip_of(two_names, 0);
  const auto code = without_line_ends(base64(zip));
  for (std::size_t first = 1; first < 20; ++first) {
    for (const std::size_t later : {1U, 2U, 3U, 5U, 60U, 75U, 77U, 5000U}) {
      for (const std::string_view line_end : {"\r\n", "\n", " \r\n", "\r\n\r\n", " ", "\t", "\r"}) {
        SCOPED_TRACE(testing::Message()
                     << first << ", " << later << ", " << testing::PrintToString(line_end));
        expect_listed(in_lines(code, {first, later}, line_end), zip.size());
      }
    }
  }
}

TEST(ZipListing, IsTheSameWithPaddingInTheMiddle) {
  const auto zip = zip_of(two_names, 0);
  for (std::size_t first = 1; first < 30; ++first) {
    SCOPED_TRACE(first);
    expect_listed(base64(zip.substr(0, first)) + "\r\n" + base64(zip.substr(first)), zip.size());
    expect_listed(base64(zip.substr(0, first)) + base64(zip.substr(first)), zip.size());
  }
}

// Blanks in front count for nothing, however many.
TEST(ZipListing, IsTheSameBehindManyBlanks) {
  const auto zip = zip_of(two_names, 0);
  expect_listed(std::string(3000, ' ') + "\r\n" + base64(zip), zip.size());
  expect_listed(in_lines(std::string(3000, ' '), {70}) + base64(zip), zip.size());
}

// Its directory begins anywhere in what is kept of the end.
TEST(ZipListing, OfALargeFileIsTheSameForAnyLines) {
  for (const std::size_t size : {200'000U, 200'001U, 200'002U}) {
    const auto zip = zip_of(two_names, 0, std::string(size, 'x'));
    const auto code = without_line_ends(base64(zip));
    for (const std::size_t line : {1U, 7U, 76U, 77U, 4095U, 6000U, 600'000U}) {
      SCOPED_TRACE(testing::Message() << size << ", " << line);
      expect_listed(in_lines(code, {line}), zip.size());
      expect_listed(base64(zip.substr(0, size)) +
                        in_lines(without_line_ends(base64(zip.substr(size))), {line}),
                    zip.size());
    }
  }
}

}  // namespace
}  // namespace todoku::skeleton
