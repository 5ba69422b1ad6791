// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/message.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace todoku::bench {
namespace {

constexpr std::string_view digest_field = "X-Bench-Digest: ";
constexpr std::string_view end_mark = ".\r\n";

std::string hexadecimal(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

// Lines of 76 characters; now and then one that begins with a dot.
std::string body_of(std::size_t size) {
  std::string body;
  body.reserve(size + 80);
  for (std::size_t line = 0; body.size() < size; ++line) {
    std::string text(std::min<std::size_t>(76, size - body.size()), 'a');
    for (std::size_t i = 0; i < text.size(); ++i) {
      text[i] = static_cast<char>('A' + (i * 7 + line) % 50);
    }
    if (line % 97 == 5) {
      text[0] = '.';
    }
    body += text + "\r\n";
  }
  return body;
}

}  // namespace

std::uint64_t digest(std::string_view bytes) {
  std::uint64_t value = 14695981039346656037ULL;
  for (const char byte : bytes) {
    value = (value ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
  return value;
}

MessageMaker::MessageMaker(std::size_t size)
    : size_(size),
      run_(fmt::format("{}.{}", std::chrono::system_clock::now().time_since_epoch().count(),
                       getpid())) {
  const std::string body = body_of(size);
  digest_ = hexadecimal(digest(body));
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = body.find('\n', begin) + 1;
    if (body[begin] == '.') {
      wire_body_ += '.';
    }
    wire_body_.append(body, begin, end - begin);
    begin = end;
  }
  wire_body_ += end_mark;
}

std::string MessageMaker::next_header() {
  return fmt::format(
      "Date: Mon, 05 Jan 2026 09:00:00 +0900\r\nFrom: Bench <sender@sender.example>\r\n"
      "To: recipient@recipient.example\r\nSubject: bench {0}\r\n"
      "Message-ID: <{0}.{1}@sender.example>\r\n{2}{3}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
      ++serial_, run_, digest_field, digest_);
}

bool is_unchanged(std::string_view message) {
  const std::size_t field = message.find(digest_field);
  const std::size_t header_end = message.find("\r\n\r\n");
  if (field == std::string_view::npos || header_end == std::string_view::npos) {
    return false;
  }
  return message.substr(field + digest_field.size(), 16) ==
         hexadecimal(digest(message.substr(header_end + 4)));
}

std::string without_dot_stuffing(std::string_view wire) {
  std::string message;
  message.reserve(wire.size());
  while (!wire.empty() && wire != end_mark) {
    const std::size_t size = std::min(wire.find('\n'), wire.size() - 1) + 1;
    const std::size_t dot = wire.front() == '.' ? 1 : 0;
    message += wire.substr(dot, size - dot);
    wire.remove_prefix(size);
  }
  return message;
}

}  // namespace todoku::bench
