// SPDX-License-Identifier: Apache-2.0
// Whatever is published: an evaluation of SPF ends after a bounded number of questions, its words
// are printable, and DMARC reads the same bytes. Each line is a record; names choose lines.
#include "proxy/mailauth/dmarc.hpp"
#include "proxy/mailauth/spf.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace todoku;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (lines.size() < 20) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

wire::DnsAnswer answer(const wire::DnsQuestion& question, const std::vector<std::string>& lines) {
  std::size_t number = 0;
  for (const char c : question.name) number = number * 31 + static_cast<unsigned char>(c);
  const auto& line = lines[number % lines.size()];
  wire::DnsAnswer made;
  made.status = static_cast<wire::DnsStatus>(line.size() % 7 < 5 ? 0 : line.size() % 5);
  made.texts.push_back(line);
  made.names.assign(12, line);
  made.exchanges.assign(line.size() % 12, {10, line + ".example.jp"});
  made.addresses.assign(3, *wire::IpAddress::parse("192.0.2.1"));
  return made;
}

int run(wire::DnsDialogue& dialogue, const std::vector<std::string>& lines) {
  int count = 0;
  auto question = dialogue.next(nullptr);
  while (question && ++count < 400) {
    const auto answered = answer(*question, lines);
    question = dialogue.next(&answered);
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = lines_of(text.substr(0, 4000));
  const auto client = wire::IpAddress::parse(size % 2 == 0 ? "192.0.2.1" : "2001:db8::1");
  mailauth::SpfCheck spf({*client, lines.back() + "@example.jp", lines.front(), "r", {}});
  if (run(spf, lines) >= 400) std::abort();
  for (const char c : spf.verdict().explanation) {
    if (c < ' ' || c >= 0x7f) std::abort();
  }
  mailauth::DmarcDiscovery dmarc("a.example.jp");
  if (run(dmarc, lines) > 2) std::abort();
  return 0;
}
