// SPDX-License-Identifier: Apache-2.0

// Any text as what a server said, and as a rule file: no crash, no hang, and the decisive phrase
// lies within the text.
#include "classifier/rules/judge.hpp"
#include "classifier/rules/shipped.hpp"
#include "config/embedded.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace todoku::rules;

namespace {

const Rules& shipped() {
  static const Rules rules = [] {
    std::vector<RuleText> texts;
    for (const auto name : shipped_files) {
      texts.push_back({std::string(name), std::string(todoku::config::embedded(name)), false});
    }
    auto parsed = Rules::parse(texts);
    if (!std::holds_alternative<Rules>(parsed)) std::abort();
    return std::get<Rules>(std::move(parsed));
  }();
  return rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Evidence evidence;
  evidence.diagnostic = text;
  evidence.text = text;
  const auto whole = shipped().judge(evidence);
  if (whole.phrase_begin > whole.phrase_end || whole.phrase_end > size) std::abort();
  if (!(whole.certainty >= 0 && whole.certainty <= 1) || whole.rule.empty()) std::abort();
  if (whole.second == whole.cause) std::abort();
  const auto half = size / 2;
  evidence.diagnostic = text.substr(0, half);
  evidence.status = evidence.command = evidence.remote_host = evidence.system = text.substr(half);
  static_cast<void>(shipped().judge(evidence));
  // A short text as an administrator's rule file: compiling long ones costs more than it shows.
  if (size > 400) return 0;
  const auto parsed = Rules::parse({{"fuzz.toml", std::string(text), true}});
  if (const auto* mistakes = std::get_if<std::vector<Mistake>>(&parsed)) {
    if (mistakes->empty() || mistakes->front().what.empty()) std::abort();
  }
  return 0;
}
