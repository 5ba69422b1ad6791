// SPDX-License-Identifier: Apache-2.0
#pragma once

// A zone in memory that answers a floor 0 evaluation. What is not in it does not exist.
#include "classifier/mail/ascii.hpp"
#include "proxy/wire/dns.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace todoku::support {

class FakeDns {
 public:
  FakeDns& address(const std::string& name, const std::string& address) {
    const auto parsed = wire::IpAddress::parse(address);
    EXPECT_TRUE(parsed.has_value()) << address;
    const auto type = parsed->is_v6() ? wire::RecordType::aaaa : wire::RecordType::a;
    record(name, type).addresses.push_back(*parsed);
    return *this;
  }
  FakeDns& mx(const std::string& name, const std::string& host) {
    auto& list = record(name, wire::RecordType::mx).exchanges;
    list.push_back({static_cast<std::uint16_t>(list.size() * 10), host});
    return *this;
  }
  FakeDns& txt(const std::string& name, const std::string& text) {
    record(name, wire::RecordType::txt).texts.push_back(text);
    return *this;
  }
  FakeDns& ptr(const std::string& address, const std::string& name) {
    const auto reverse = wire::IpAddress::parse(address)->reverse_name();
    record(reverse, wire::RecordType::ptr).names.push_back(name);
    return *this;
  }
  FakeDns& fails(const std::string& name, wire::RecordType type,
                 wire::DnsStatus status = wire::DnsStatus::server_failed) {
    record(name, type).status = status;
    return *this;
  }

  [[nodiscard]] wire::DnsAnswer answer(const wire::DnsQuestion& question) const {
    const auto name = mail::lower_copy(question.name);
    const auto known = records_.find({name, question.type});
    if (known != records_.end()) return known->second;
    wire::DnsAnswer nothing;
    const auto any = records_.lower_bound({name, wire::RecordType::a});
    const bool exists = any != records_.end() && any->first.name == name;
    nothing.status = exists ? wire::DnsStatus::no_data : wire::DnsStatus::no_such_name;
    return nothing;
  }

  // Answers until it has ended; the names that were asked for.
  std::vector<std::string> run(wire::DnsDialogue& dialogue) const {
    std::vector<std::string> asked;
    auto question = dialogue.next(nullptr);
    while (question && asked.size() < 500) {
      asked.push_back(question->name);
      const auto answered = answer(*question);
      question = dialogue.next(&answered);
    }
    EXPECT_LT(asked.size(), 500U) << "it does not end";
    return asked;
  }

 private:
  wire::DnsAnswer& record(const std::string& name, wire::RecordType type) {
    auto& made = records_[{mail::lower_copy(name), type}];
    made.status = wire::DnsStatus::answered;
    return made;
  }
  std::map<wire::DnsQuestion, wire::DnsAnswer> records_;
};

}  // namespace todoku::support
