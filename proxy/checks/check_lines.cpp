// SPDX-License-Identifier: Apache-2.0
// Lines and line ends (RFC 5322 2.1.1 and 2.3): what servers cut or refuse.
#include "proxy/checks/checks.hpp"

namespace todoku::checks {
namespace {

void add(Findings& found, const char* code, const skeleton::LineFault& fault,
         Parameters parameters) {
  if (fault.count == 0) return;
  Finding finding;
  finding.check = Check::line_length;
  finding.code = code;
  finding.parameters = std::move(parameters);
  finding.parameters.emplace_back("count", std::to_string(fault.count));
  finding.place.line = fault.first_line;
  finding.parameters.emplace_back("line", std::to_string(fault.first_line));
  found.push_back(std::move(finding));
}

}  // namespace

void check_lines(const Subject& subject, Findings& found) {
  const auto& skeleton = subject.skeleton;
  add(found, "line-too-long", skeleton.too_long,
      {{"longest", std::to_string(skeleton.longest_line)}});
  // A file whose every line ends with LF was saved so; mail programs never send it.
  const bool is_saved_file = skeleton.bare_feed.count >= skeleton.lines;
  if (!is_saved_file) add(found, "line-end-broken", skeleton.bare_feed, {});
  add(found, "line-end-broken", skeleton.bare_return, {});
}

}  // namespace todoku::checks
