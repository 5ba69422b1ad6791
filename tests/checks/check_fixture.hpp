// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of the checks share: files, the shipped lists, and a message judged as its own
// header says who sends and who receives.
#include "config/embedded.hpp"
#include "proxy/checks/judge.hpp"
#include "proxy/checks/people.hpp"
#include "proxy/skeleton/scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

namespace todoku::checks {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline const Lists& shipped_lists() {
  static const Lists lists = [] {
    auto read = read_lists(config::embedded("checks/lists.toml"));
    if (const auto* mistake = std::get_if<ListsMistake>(&read)) {
      ADD_FAILURE() << "lists.toml:" << mistake->line << ": " << mistake->what;
      return Lists{};
    }
    return std::get<Lists>(std::move(read));
  }();
  return lists;
}

inline smtp::Envelope envelope_of(const skeleton::Skeleton& skeleton) {
  smtp::Envelope envelope;
  const auto from = mailboxes(skeleton.value("From"));
  envelope.sender = from.empty() ? "sato@minato.example" : from.front().address;
  for (const auto* field : {"To", "Cc"}) {
    for (const auto& one : mailboxes(skeleton.value(field)))
      envelope.recipients.push_back({one.address, "", ""});
  }
  return envelope;
}

inline std::vector<std::string> codes_of(const Verdict& verdict) {
  std::vector<std::string> codes;
  for (const auto& finding : verdict.findings) codes.push_back(finding.code);
  std::ranges::sort(codes);
  return codes;
}

}  // namespace todoku::checks
