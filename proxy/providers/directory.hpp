// SPDX-License-Identifier: Apache-2.0
#pragma once

// All providers that are known, and which one a domain or a host belongs to. Pure; any thread once
// it is read.
#include "proxy/providers/provider.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace todoku::providers {

struct ProviderText {
  std::string id;    // the file's name without its ending
  std::string text;  // TOML
};

struct Mistake {
  std::string file;
  std::uint32_t line = 0;  // 0 = not known
  std::string what;        // English, one sentence; begins with the key
};

class Directory {
 public:
  // The directory, or everything that is wrong in the texts.
  static std::variant<Directory, std::vector<Mistake>> parse(
      const std::vector<ProviderText>& texts);

  // What is found lives as long as the directory; nullptr: nobody's that is known.
  // domain: behind the @, in any case.
  [[nodiscard]] const Provider* of_domain(std::string_view domain) const;
  // host: of a submission, IMAP or POP server, or a mail exchanger, in any case.
  [[nodiscard]] const Provider* of_host(std::string_view host) const;
  [[nodiscard]] const Provider* find(std::string_view id) const;
  [[nodiscard]] const std::vector<Provider>& all() const { return providers_; }

 private:
  std::vector<Provider> providers_;
};

// "mx1.example.jp" fits "*.example.jp": "*" stands for one or more letters, also for dots.
[[nodiscard]] bool fits(std::string_view host, std::string_view pattern);

}  // namespace todoku::providers
