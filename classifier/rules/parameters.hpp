// SPDX-License-Identifier: Apache-2.0
#pragma once

// Facts that a refusal names beside its cause, for the sentences of classifier/explain. Pure, floor
// 0, any thread. What is not said is empty; nothing here is checked to be true, the server said it.
#include <string>
#include <string_view>

namespace todoku::rules {

struct Evidence;

struct Parameters {
  std::string recipient;    // "taro@example.jp"
  std::string remote_host;  // "mx.example.jp"
  std::string ip;           // the sending server's address, as the text names it
  std::string blocklist;    // "Spamhaus", "SpamCop", "S3140", "bl.example.net"
  std::string size_limit;   // "10240000", "25 MB"
  std::string quota;        // "1024 MB"
  std::string wait;         // "300 seconds", "5 minutes"
  std::string spf_domain;   // the domain whose SPF, DKIM or DMARC failed
  std::string spf_ip;
  std::string url;  // the first URL of the text
};

// Bounded: looks at the first few KB of the diagnostic only.
Parameters find_parameters(const Evidence& evidence);

}  // namespace todoku::rules
