// SPDX-License-Identifier: Apache-2.0
// Replies of a hostile relay: cut anywhere they give the same, and nothing grows without bound.
#include "proxy/smtp/reply_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using todoku::smtp::ReplyParser;

std::vector<todoku::smtp::Reply> replies(std::string_view bytes, std::size_t piece) {
  ReplyParser parser;
  std::vector<todoku::smtp::Reply> out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string_view input = bytes.substr(at, piece);
    while (!input.empty()) {
      const ReplyParser::Progress progress = parser.read(input);
      if (progress == ReplyParser::Progress::malformed) return out;
      if (progress == ReplyParser::Progress::complete) out.push_back(parser.take());
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = replies(bytes, bytes.size() + 1);
  if (whole != replies(bytes, 1) || whole != replies(bytes, 7)) std::abort();
  for (const todoku::smtp::Reply& reply : whole) {
    if (reply.code < 200 || reply.code > 599) std::abort();
    if (reply.text.size() > ReplyParser::max_octets) std::abort();
  }
  return 0;
}
