// SPDX-License-Identifier: Apache-2.0
// Every mail of the golden set gives what its JSON file says. Only members that stand there count.
#include "classifier/classify.hpp"
#include "classifier/rules/shipped.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace todoku {
namespace {

namespace json = boost::json;

const std::filesystem::path folder = std::filesystem::path(TODOKU_SOURCE_DIR) / "tests/bounces";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".eml") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

const Classifier& classifier() {
  static const Classifier shipped = [] {
    std::vector<rules::RuleText> texts;
    for (const auto name : rules::shipped_files) {
      const auto path = std::filesystem::path(TODOKU_SOURCE_DIR) / "config" / name;
      texts.push_back({std::string(name), content_of(path), false});
    }
    auto parsed = rules::Rules::parse(texts);
    return Classifier(std::get<rules::Rules>(std::move(parsed)));
  }();
  return shipped;
}

json::object object_of(const Diagnosis& diagnosis) {
  const auto& one = diagnosis.reported;
  return {{"cause", to_string(diagnosis.judgement.cause)},
          {"address", one.address},
          {"final_address", one.final_address},
          {"action", one.action},
          {"status", one.status},
          {"reply_code", one.reply_code},
          {"diagnostic", one.diagnostic},
          {"remote_host", one.remote_host},
          {"remote_ip", one.remote_ip},
          {"command", one.command}};
}

json::object object_of(const Classification& classification) {
  const auto& report = classification.report;
  json::array recipients;
  for (const auto& one : classification.diagnoses) recipients.push_back(object_of(one));
  const auto& original = report.original;
  json::object out{{"kind", to_string(report.kind)},
                   {"kind_reason", to_string(report.kind_reason)},
                   {"system", report.system},
                   {"reporting_host", report.reporting_host},
                   {"recipients", recipients},
                   {"original", json::object{{"message_id", original.message_id},
                                             {"subject", original.subject},
                                             {"from", original.from},
                                             {"to", original.to},
                                             {"date", original.date},
                                             {"envelope_id", original.envelope_id}}}};
  if (!classification.forwarded.empty()) {
    out["forwarded"] = object_of(classification.forwarded.front());
  }
  return out;
}

void expect_members(const json::value& wanted, const json::value& got, const std::string& place) {
  if (wanted.is_object() && got.is_object()) {
    for (const auto& [name, value] : wanted.as_object()) {
      const auto* found = got.as_object().if_contains(name);
      const std::string here = place + "." + std::string(name);
      ASSERT_NE(found, nullptr) << here << " is missing";
      expect_members(value, *found, here);
    }
  } else if (wanted.is_array() && got.is_array()) {
    ASSERT_EQ(wanted.as_array().size(), got.as_array().size()) << place << ": " << got;
    for (std::size_t i = 0; i < wanted.as_array().size(); ++i) {
      expect_members(wanted.at(i), got.at(i), place + "[" + std::to_string(i) + "]");
    }
  } else {
    EXPECT_EQ(wanted, got) << place;
  }
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, is_read_as_expected) {
  const auto wanted = json::parse(content_of(folder / (GetParam() + ".json")));
  expect_members(wanted,
                 object_of(classifier().classify_mail(content_of(folder / (GetParam() + ".eml")))),
                 GetParam());
}

INSTANTIATE_TEST_SUITE_P(Bounces, Golden, testing::ValuesIn(golden_names()),
                         [](const auto& one) { return one.param; });

TEST(Golden, has_one_of_every_kind) {
  std::vector<std::string> kinds;
  for (const auto& name : golden_names()) {
    kinds.emplace_back(to_string(report::read(content_of(folder / (name + ".eml"))).kind));
  }
  using report::Kind;
  for (const Kind kind : {Kind::bounce, Kind::delayed, Kind::delivered, Kind::auto_reply,
                          Kind::feedback, Kind::not_a_bounce}) {
    EXPECT_TRUE(std::ranges::count(kinds, to_string(kind))) << to_string(kind);
  }
}

}  // namespace
}  // namespace todoku
