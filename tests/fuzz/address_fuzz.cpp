// SPDX-License-Identifier: Apache-2.0
// Whatever is given as an address, the check ends with a finding that makes sense, and what it
// suggests is an address that it has nothing more to say of.
#include "config/embedded.hpp"
#include "proxy/addresses/checker.hpp"
#include "proxy/addresses/correspondents.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using namespace todoku::addresses;

const Checker& shipped() {
  static const Checker checker([] {
    Data data;
    std::vector<DataMistake> mistakes;
    read_targets(todoku::config::embedded("addresses/targets.toml"), data, mistakes);
    read_endings(todoku::config::embedded("addresses/endings.toml"), data, mistakes);
    if (!mistakes.empty()) std::abort();
    return data;
  }());
  return checker;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto finding = shipped().check(text);
  const bool has_suggestion = !finding.suggestion.empty();
  if (finding.verdict != Verdict::typo && has_suggestion) std::abort();
  if ((finding.verdict == Verdict::ok) != (finding.reason == Reason::none)) std::abort();
  if (has_suggestion && finding.suggestion.find('@') == std::string::npos) std::abort();
  static const Correspondents people({{"kumagai@koinca.co.jp", 5}});
  auto facts = people.facts_of(text);
  facts.dns = Dns::no_such_name;
  return shipped().check(text, facts).suggestion.size() > size + 64 ? std::abort(), 0 : 0;
}
