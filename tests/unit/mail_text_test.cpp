// SPDX-License-Identifier: Apache-2.0
// Line ends, transfer encodings, charsets, header words and HTML.
#include "classifier/mail/ascii.hpp"
#include "classifier/mail/charset.hpp"
#include "classifier/mail/encoded_word.hpp"
#include "classifier/mail/header.hpp"
#include "classifier/mail/html_text.hpp"
#include "classifier/mail/line_ends.hpp"
#include "classifier/mail/transfer_encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace todoku::mail {
namespace {

std::string lines_of(std::string_view text) {
  std::string storage;
  return std::string(with_line_feeds(text, storage));
}

TEST(LineEnds, become_line_feeds_whatever_they_were) {
  EXPECT_EQ(lines_of("a\r\nb\r\n"), "a\nb\n");
  EXPECT_EQ(lines_of("a\rb\r\rc"), "a\nb\n\nc");
  EXPECT_EQ(lines_of("a\r\r\nb\rc\nd\r\n"), "a\nb\nc\nd\n");
  EXPECT_EQ(lines_of("\r"), "\n");
}

TEST(LineEnds, cost_no_copy_without_carriage_returns) {
  const std::string_view text = "a\nb\n";
  std::string storage;
  EXPECT_EQ(with_line_feeds(text, storage).data(), text.data());
}

TEST(TransferEncoding, base64_leaves_out_what_is_no_code) {
  EXPECT_EQ(decode_base64("44Gv\n44GE!", 100), "はい");
  EXPECT_EQ(decode_base64("YQ==Yg==", 100), "ab");
  EXPECT_EQ(decode_base64("YWJj", 2), "ab");
  EXPECT_EQ(decode_base64("====", 100), "");
}

TEST(TransferEncoding, quoted_printable_joins_soft_lines_and_keeps_what_is_broken) {
  EXPECT_EQ(decode_quoted_printable("jiro@shop.ex=\nample =3D=\n", 100), "jiro@shop.example =");
  EXPECT_EQ(decode_quoted_printable("a=  \nb", 100), "ab");
  EXPECT_EQ(decode_quoted_printable("1=2 =zz =", 100), "1=2 =zz ");
  EXPECT_EQ(decode_quoted_printable("line=0D=0Anext", 100), "line\nnext");
  EXPECT_EQ(decode_quoted_printable("abcdef", 3), "abc");
}

TEST(Charset, japanese_charsets_become_utf8) {
  const std::string jis = "\x1b$B$O$$\x1b(B ok";
  EXPECT_EQ(to_utf8(jis, "ISO-2022-JP"), "はい ok");
  EXPECT_EQ(to_utf8("\x82\xcd\x82\xa2", "Shift_JIS"), "はい");
  EXPECT_EQ(to_utf8("\xa4\xcf\xa4\xa4", "EUC-JP"), "はい");
  EXPECT_EQ(to_utf8("caf\xe9", "iso-8859-1"), "café");
  EXPECT_EQ(to_utf8("+MG8wRA- ok", "unicode-1-1-utf-7"), "はい ok");
}

// What Outlook writes as ISO-2022-JP has signs that the standard does not know: NEC's row 13, the
// rows of IBM, half-width kana.
TEST(Charset, iso_2022_jp_has_the_signs_that_mails_use) {
  for (const auto* charset : {"ISO-2022-JP", "iso-2022-jp-ms", "utf-8", ""}) {
    EXPECT_EQ(to_utf8("\x1b$B-!-\"$G$9-j\x1b(B ok", charset), "①②です㈱ ok");
    EXPECT_EQ(to_utf8("\x1b$B|bED\x1b(B ok", charset), "髙田 ok");
    EXPECT_EQ(to_utf8("\x1b(I6^\x1b(B ok", charset), "ｶﾞ ok");
    EXPECT_EQ(to_utf8("\x1b$@F|K\\\x1b(J ok \x1b$B$\"~~\x1b(B", charset).substr(0, 9), "日本 ok");
    EXPECT_EQ(to_utf8("\x1b$B!A\x1b(B\n", charset), "～\n");  // as Shift_JIS is read
  }
  EXPECT_EQ(to_utf8("\x1b$(D0!\x1b(B\x1b$B$\"\x1b(B", "iso-2022-jp-1"), "丂あ");  // JIS X 0212
}

// A line ends in ASCII (RFC 1468), also one that was cut before it said so; what is broken costs
// its own character and none behind it.
TEST(Charset, damaged_iso_2022_jp_is_read_but_for_what_is_broken) {
  const std::string lost = "\xef\xbf\xbd";
  EXPECT_EQ(to_utf8("\x1b$B$O$$\nabc\n", "iso-2022-jp"), "はい\nabc\n");
  EXPECT_EQ(to_utf8("\x1b$B$O$$\r\nabc\n", "iso-2022-jp"), "はい\r\nabc\n");
  EXPECT_EQ(to_utf8("\x1b$B$O$", "iso-2022-jp"), "は" + lost);
  EXPECT_EQ(to_utf8("\x1b$B$O$\nabc", "iso-2022-jp"), "は" + lost + "\nabc");
  EXPECT_EQ(to_utf8("\x1b$B$O/~$$\x1b(B", "iso-2022-jp"), "は" + lost + "い");
  EXPECT_EQ(to_utf8("\x1b$B$O\xff$$\x1b(B", "iso-2022-jp"), "は" + lost + "い");
  EXPECT_EQ(to_utf8("\x1b$B$O$$\x1b", "iso-2022-jp"), "はい\x1b");
}

TEST(Charset, raw_escapes_are_read_whatever_was_declared) {
  EXPECT_EQ(to_utf8("\x1b$B$O$$\x1b(B", "us-ascii"), "はい");
  EXPECT_EQ(to_utf8("\x1b$B$O$$\x1b(B", ""), "はい");
}

TEST(Charset, a_lie_is_seen_and_guessed) {
  EXPECT_EQ(to_utf8("はい", "us-ascii"), "はい");
  EXPECT_EQ(to_utf8("\xa4\xcf\xa4\xa4", "utf-8"), "はい");  // EUC-JP
  EXPECT_EQ(to_utf8("\xa4\xcf\xa4\xa4", "x-no-such-charset//IGNORE"), "はい");
  EXPECT_TRUE(is_valid_utf8(to_utf8("\xff\xfe\xc3", "utf-8")));
  EXPECT_TRUE(is_valid_utf8(to_utf8("a \xf9\x8c\x9e\x98\x9a b", "u\x0etf-8")));
}

TEST(Charset, damaged_utf8_is_read_but_for_what_is_broken) {
  const std::string lost = "\xef\xbf\xbd";
  for (const auto* charset : {"utf-8", ""}) {
    EXPECT_EQ(to_utf8("届きません\xe3\x81", charset), "届きません" + lost);
    EXPECT_EQ(to_utf8("届\xe3き\x81\x82ません", charset), "届" + lost + "き" + lost + "ません");
  }
  EXPECT_EQ(to_utf8("für Empfänger über\xc3", "utf-8"), "für Empfänger über" + lost);
  EXPECT_EQ(decode_words("=?UTF-8?B?5bGK44GN44E=?="), "届き" + lost);
}

TEST(Charset, other_charsets_are_not_taken_for_damaged_utf8) {
  const std::vector<std::pair<std::string, std::string>> texts{
      {"\x88\xb6\x90\xe6\x82\xcc\x83\x81\x81[\x83\x8b\x83"
       "A\x83h\x83\x8c\x83X\x82\xaa\x8c\xa9\x82\xc2\x82\xa9\x82\xe8\x82\xdc\x82\xb9\x82\xf1\x82\xc5"
       "\x82\xb5\x82\xbd\x81"
       "B",
       "宛先のメールアドレスが見つかりませんでした。"},
      {"\x82\xcc\x82\xcc\x82\xcd\x82\xcd", "ののはは"},
      {"\xc3\xbd\xc4 \xd2\xb0\xd9", "ﾃｽﾄ ﾒｰﾙ"},
      {"\x8cg\x91\xd1\x93"
       "d\x98"
       "b\x82\xcc\x8e\xf3\x90M\x8b\x91\x94\xdb\x90\xdd\x92\xe8",
       "携帯電話の受信拒否設定"},
      {"\xb0\xb8\xc0\xe8\xa4\xce\xa5\xe1\xa1\xbc\xa5\xeb\xa5\xa2\xa5\xc9\xa5\xec\xa5\xb9\xa4\xac"
       "\xb8\xab\xa4\xc4\xa4\xab\xa4\xea\xa4\xde\xa4\xbb\xa4\xf3\xa4\xc7\xa4\xb7\xa4\xbf\xa1\xa3",
       "宛先のメールアドレスが見つかりませんでした。"},
      {"\xa4\xce\xa4\xce\xa4\xcf\xa4\xcf", "ののはは"},
      {"\xb7\xc8\xc2\xd3\xc5\xc5\xcf\xc3\xa4\xce\xbc\xf5\xbf\xae\xb5\xf1\xc8\xdd\xc0\xdf\xc4\xea",
       "携帯電話の受信拒否設定"},
      {"caf\xe9 cr\xe8me", "café crème"},
  };
  for (const auto& [octets, text] : texts) {
    for (const auto* charset : {"utf-8", ""}) EXPECT_EQ(to_utf8(octets, charset), text);
  }
}

TEST(Ascii, finds_a_word_whatever_its_case) {
  constexpr auto npos = std::string_view::npos;
  EXPECT_EQ(find_word("say Hello", "hello"), 4U);
  EXPECT_EQ(find_word("<p ID=\"Mail", "id=\"mail"), 3U);
  EXPECT_EQ(find_word("a=b A=B", "a=b", 1), 4U);
  EXPECT_EQ(find_word("a=b A=B", "a=b", 5), npos);
  EXPECT_EQ(find_word("=b", "a=b"), npos);
  EXPECT_EQ(find_word("x=a=", "a=b"), npos);
  EXPECT_EQ(find_word("予定", "定"), 3U);
  EXPECT_EQ(find_word("", "a"), npos);
}

TEST(Charset, knows_valid_utf8) {
  EXPECT_TRUE(is_valid_utf8("aé日𠮷"));
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));      // half of a pair
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // beyond the last character
  EXPECT_FALSE(is_valid_utf8("\xe3\x81"));          // cut
}

TEST(Charset, knows_how_far_utf8_goes) {
  const std::string text = "予定です。plan é 𠮷 한국 ไทย 予定\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto good = cut_utf8(text, size).size();
    EXPECT_EQ(valid_utf8_prefix(text.substr(0, size)), good);
    for (const auto* wrong : {"\xff", "\xe0\x80\x80", "\xed\xa0\x80", "\xe3\x81", "\x80"})
      EXPECT_EQ(valid_utf8_prefix(text.substr(0, good) + wrong + "予定"), good) << good;
  }
}

TEST(Charset, cuts_between_characters) {
  EXPECT_EQ(cut_utf8("日本", 4), "日");
  EXPECT_EQ(cut_utf8("日本", 6), "日本");
  EXPECT_EQ(cut_utf8("日本", 2), "");
}

TEST(EncodedWord, words_in_one_charset_are_glued) {
  EXPECT_EQ(decode_words("=?UTF-8?B?44E=?= =?UTF-8?B?r+OBhA==?= end"), "はい end");
  EXPECT_EQ(decode_words("=?iso-8859-1?Q?caf=E9_au?= lait"), "café au lait");
  EXPECT_EQ(decode_words("Re: =?ISO-2022-JP?B?GyRCJE8kJBsoQg==?="), "Re: はい");
}

TEST(EncodedWord, broken_words_stay) {
  EXPECT_EQ(decode_words("=?utf-8?B?44Gv"), "=?utf-8?B?44Gv");
  EXPECT_EQ(decode_words("=?=?=?"), "=?=?=?");
  EXPECT_EQ(decode_words("1 =? 2"), "1 =? 2");
}

TEST(Header, fields_may_be_folded_and_have_blanks_before_the_colon) {
  std::string_view rest;
  const auto header = Header::read("From x Tue\nSubject : a\n b\nTO:c\n\nbody", rest);
  EXPECT_EQ(header.value("subject"), "a b");
  EXPECT_EQ(header.value("To"), "c");
  EXPECT_FALSE(header.has("From"));
  EXPECT_EQ(rest, "body");
}

TEST(Header, ends_where_no_field_is_when_the_empty_line_is_missing) {
  std::string_view rest;
  const auto header = Header::read("To: c\nHi. This is a text\nwith: colons\n", rest);
  EXPECT_EQ(header.fields().size(), 1U);
  EXPECT_EQ(rest, "Hi. This is a text\nwith: colons\n");
}

TEST(Header, parameters_may_be_quoted_and_folded) {
  constexpr std::string_view value =
      "multipart/report; report-type=delivery-status;\n\tboundary=\"a;b\"";
  EXPECT_EQ(parameter(value, "boundary"), "a;b");
  EXPECT_EQ(parameter(value, "report-type"), "delivery-status");
  EXPECT_EQ(parameter(value, "charset"), "");
}

TEST(Header, what_a_quoted_parameter_holds_is_no_parameter) {
  constexpr std::string_view value =
      "multipart/mixed; name=\"a; boundary=wrong\"; boundary = \"right; charset=no\"; x=1";
  EXPECT_EQ(parameter(value, "boundary"), "right; charset=no");
  EXPECT_EQ(parameter(value, "name"), "a; boundary=wrong");
  EXPECT_EQ(parameter(value, "charset"), "");
  EXPECT_EQ(parameter(value, "x"), "1");
  // A quote that does not end, and one within a word.
  EXPECT_EQ(parameter("a/b; name=\"x; charset=utf-8", "charset"), "utf-8");
  EXPECT_EQ(parameter("a/b; name=5\" disk; charset=utf-8; x=\"", "charset"), "utf-8");
  // Shift_JIS has letters that end with the octet of a backslash.
  EXPECT_EQ(parameter("a/b; name=\"\x95\\\"; charset=x", "charset"), "x");
}

TEST(HtmlText, keeps_words_and_lines) {
  EXPECT_EQ(
      text_from_html("<style>p{}</style><p>Not&nbsp;sent to<br>&lt;a@b&gt; <!-- x --></p>", 100),
      "\nNot sent to\n<a@b> \n");
  EXPECT_EQ(text_from_html("a < b", 100), "a ");
}

TEST(HtmlText, keeps_the_lines_of_what_is_set_as_it_stands) {
  EXPECT_EQ(
      text_from_html("<PRE class=x>550 no\n  such  user\n\nto <b>you\n</b></pre>and\nmore", 100),
      "\n550 no\n  such  user\n\nto you\n\nand more");
  EXPECT_EQ(text_from_html("a\nb<pre>c\nd", 100), "a b\nc\nd");
  EXPECT_EQ(text_from_html("<prefix>a\nb", 100), "a b");
}

// Outlook writes so what the charset of the mail has not.
TEST(HtmlText, reads_characters_by_number) {
  EXPECT_EQ(text_from_html("&#39641;&#x6a4b;&#X6A4B;様 &#128512;&#39;&#65;", 100), "髙橋橋様 😀'A");
  EXPECT_EQ(text_from_html("a&#160;&#13;&#10;b", 100), "a b");
  for (const auto* text : {"&#;", "&#x;", "&#65", "&#xd800;", "&#1114112;", "&#99999999999;",
                           "&#0;", "&#27;", "&#-1;", "&# 65;", "&#6a;", "&#x;65;"})
    EXPECT_EQ(text_from_html(text, 100), text);
}

TEST(HtmlText, is_no_longer_than_allowed_and_ends_with_a_whole_character) {
  EXPECT_EQ(text_from_html(std::string(5000, 'x'), 1000).size(), 1000U);
  EXPECT_EQ(text_from_html("届きません", 4), "届");
  EXPECT_EQ(text_from_html("ab&#39641;", 4), "ab");
}

}  // namespace
}  // namespace todoku::mail
