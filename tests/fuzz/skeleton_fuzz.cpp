// SPDX-License-Identifier: Apache-2.0
// Any bytes as an outgoing message: bounded parts and texts, whole UTF-8, the same for any pieces,
// and every check comes to an end.
#include "classifier/mail/charset.hpp"
#include "config/embedded.hpp"
#include "proxy/checks/judge.hpp"
#include "proxy/skeleton/scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

using namespace todoku;

namespace {

const checks::Lists& lists() {
  static const auto read = checks::read_lists(config::embedded("checks/lists.toml"));
  return std::get<checks::Lists>(read);
}

void expect(bool is_true) {
  if (!is_true) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const skeleton::Limits limits;
  const auto whole = skeleton::read(bytes);
  expect(!whole.parts.empty() && whole.parts.size() <= limits.parts && whole.size == size);
  for (std::size_t i = 0; i < whole.parts.size(); ++i) {
    const auto& part = whole.parts[i];
    expect(part.depth <= limits.depth && (i == 0 || part.parent < i) && part.offset <= size);
    expect(mail::is_valid_utf8(part.text) && mail::is_valid_utf8(part.file_name));
    for (const auto& name : part.archive.names) expect(mail::is_valid_utf8(name));
  }
  skeleton::Scanner scanner;
  const std::size_t step = size == 0 ? 1 : 1 + data[0] % 99U;
  for (std::size_t at = 0; at < size; at += step) scanner.feed(bytes.substr(at, step));
  expect(scanner.finish() == whole);
  settings::Checks settings;
  settings.watched_words = {"secret"};
  smtp::Envelope envelope;
  envelope.recipients = {{"b@aozora.example", "", ""}};
  const auto verdict = checks::judge({settings, lists()}, whole, envelope, {});
  expect(verdict.findings.size() <= 3000);
  return 0;
}
