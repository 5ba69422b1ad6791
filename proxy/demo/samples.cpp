// SPDX-License-Identifier: Apache-2.0
// The samples' words are part of the messages, not of the program's own speech; so they stand here
// and not in config/messages.
#include "proxy/demo/samples.hpp"

#include "classifier/mail/line_ends.hpp"
#include "proxy/demo/behaviour.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace todoku::demo {

namespace {

struct Letter {
  std::string_view local_part;
  std::string_view subject;
  std::string_view body;             // LF lines
  std::string_view attachment;       // file name, empty = none
  std::size_t attachment_bytes = 0;  // its size
};

constexpr std::array<Letter, 6> japanese{{
    {"ok", "来週の打ち合わせについて",
     "山田様\n\nいつもお世話になっております。\n来週の打ち合わせは、水曜日の 14 "
     "時からでいかがでしょうか。\n"
     "議題の一覧を添付しました。\n\nどうぞよろしくお願いいたします。\n",
     "議題.csv", 600},
    {"nouser", "お見積りの件", "鈴木様\n\nお見積りをお送りします。ご確認をお願いいたします。\n", "",
     0},
    {"full", "写真をお送りします", "佐藤様\n\n先日の写真です。ご覧ください。\n", "", 0},
    {"blocked", "ご注文ありがとうございます",
     "高橋様\n\nご注文を承りました。発送の日が決まりましたらお知らせします。\n", "", 0},
    {"toobig", "資料の送付", "田中様\n\nご依頼の資料をお送りします。\n", "資料.csv", 16 * 1024},
    {"slow", "納期のご連絡", "伊藤様\n\n納期は今月末の予定です。よろしくお願いいたします。\n", "",
     0},
}};

constexpr std::array<Letter, 6> english{{
    {"ok", "Our meeting next week",
     "Dear Anna,\n\nWould Wednesday at 2 pm suit you for our meeting?\nThe list of topics is "
     "attached.\n\nKind regards\n",
     "topics.csv", 600},
    {"nouser", "Your quotation", "Dear Tom,\n\nHere is the quotation that you asked for.\n", "", 0},
    {"full", "Some photos for you", "Dear Kate,\n\nHere are the photos of last weekend.\n", "", 0},
    {"blocked", "Thank you for your order",
     "Dear Paul,\n\nThank you for your order. We will write again when it is on its way.\n", "", 0},
    {"toobig", "The documents", "Dear Sue,\n\nHere are the documents that you asked for.\n",
     "documents.csv", 16 * 1024},
    {"slow", "Delivery date", "Dear Mike,\n\nWe expect to deliver at the end of this month.\n", "",
     0},
}};

constexpr std::string_view crlf = "\r\n";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A table of numbers, so that the attachment is a file that opens.
std::string attachment_of(std::size_t bytes) {
  std::string out = "no,name,amount\r\n";
  for (std::size_t row = 1; out.size() < bytes; ++row) {
    out += std::to_string(row) + ",item-" + std::to_string(row * 7) + "," +
           std::to_string(row * 120) + std::string(crlf);
  }
  return out;
}

std::string text_part(std::string_view body) {
  return "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         base64_lines(mail::with_crlf(body));
}

std::string attachment_part(const Letter& letter) {
  const auto name = encoded_header(letter.attachment);
  return "Content-Type: text/csv; name=\"" + name +
         "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" +
         name + "\"\r\n\r\n" + base64_lines(attachment_of(letter.attachment_bytes));
}

std::string message_of(const Letter& letter, std::string_view to, std::string_view date,
                       std::string_view token) {
  std::string out = "From: Todoku demo <" + std::string(sandbox_user) + ">" + std::string(crlf);
  out += "To: <" + std::string(to) + ">\r\n";
  out += "Subject: " + encoded_header(letter.subject) + std::string(crlf);
  out += "Date: " + std::string(date) + std::string(crlf);
  out += "Message-ID: <" + std::string(letter.local_part) + "." + std::string(token) + "@" +
         std::string(sandbox_domain) + ">\r\nMIME-Version: 1.0\r\n";
  if (letter.attachment.empty()) return out + text_part(letter.body);
  const std::string boundary = "=_todoku_demo_" + std::string(token);
  out += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + std::string(crlf) + text_part(letter.body);
  out += "--" + boundary + std::string(crlf) + attachment_part(letter);
  return out + "--" + boundary + "--\r\n";
}

}  // namespace

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group <<= 8U;
      if (i + j < bytes.size()) group |= static_cast<unsigned char>(bytes[i + j]);
    }
    const std::size_t used = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= used ? digits[(group >> (18 - 6 * j)) & 0x3FU] : '=';
    }
  }
  return out;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t bytes_per_line = 57;
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += bytes_per_line) {
    out += base64(bytes.substr(i, bytes_per_line)) + std::string(crlf);
  }
  return out;
}

std::string encoded_header(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  // "=?UTF-8?B?" + 60 + "?=" is 72; 45 bytes make 60 digits. A character is never cut in two.
  constexpr std::size_t bytes_per_word = 45;
  std::string out;
  while (!utf8.empty()) {
    auto length = std::min(bytes_per_word, utf8.size());
    while (length < utf8.size() && (static_cast<unsigned char>(utf8[length]) & 0xC0U) == 0x80U) {
      --length;
    }
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(utf8.substr(0, length))) + "?=";
    utf8.remove_prefix(length);
  }
  return out;
}

std::vector<Sample> make_samples(settings::Language language, std::string_view date,
                                 std::string_view token) {
  const auto& letters = language == settings::Language::english ? english : japanese;
  std::vector<Sample> samples;
  for (const auto& letter : letters) {
    std::string to = std::string(letter.local_part) + "@" + std::string(sandbox_domain);
    std::string message = message_of(letter, to, date, token);
    samples.push_back({std::move(to), std::string(letter.subject), std::move(message)});
  }
  return samples;
}

}  // namespace todoku::demo
