// SPDX-License-Identifier: Apache-2.0
// A few dozen providers: a walk over all of them is quicker than any index would be to build.
#include "proxy/providers/directory.hpp"

#include "proxy/providers/provider_reader.hpp"

#include <algorithm>
#include <optional>

namespace todoku::providers {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  while (out.ends_with('.')) out.pop_back();
  return out;
}

bool any_fits(std::string_view host, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns,
                             [host](const std::string& pattern) { return fits(host, pattern); });
}

bool is_server(const std::optional<Server>& server, std::string_view host) {
  return server && fits(host, server->host);
}

}  // namespace

bool fits(std::string_view host, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return host == pattern;
  const auto begin = pattern.substr(0, star);
  const auto end = pattern.substr(star + 1);
  return host.size() > begin.size() + end.size() && host.starts_with(begin) && host.ends_with(end);
}

std::variant<Directory, std::vector<Mistake>> Directory::parse(
    const std::vector<ProviderText>& texts) {
  Directory directory;
  std::vector<Mistake> mistakes;
  for (const auto& text : texts) directory.providers_.push_back(read_provider(text, mistakes));
  for (const auto& one : directory.providers_) {
    for (const auto& domain : one.domains) {
      const auto* first = directory.of_domain(domain);
      if (first != nullptr && first != &one)
        mistakes.push_back({one.id, 0, "domains.names: " + domain + " is also in " + first->id});
    }
  }
  if (!mistakes.empty()) return mistakes;
  return directory;
}

const Provider* Directory::of_domain(std::string_view domain) const {
  const auto name = lower(domain);
  const auto found = std::ranges::find_if(
      providers_, [&](const Provider& one) { return any_fits(name, one.domains); });
  return found == providers_.end() ? nullptr : &*found;
}

const Provider* Directory::of_host(std::string_view host) const {
  const auto name = lower(host);
  const auto found = std::ranges::find_if(providers_, [&](const Provider& one) {
    return is_server(one.submission, name) || is_server(one.imap, name) ||
           is_server(one.pop, name) || any_fits(name, one.exchangers);
  });
  return found == providers_.end() ? nullptr : &*found;
}

const Provider* Directory::find(std::string_view id) const {
  const auto found = std::ranges::find(providers_, id, &Provider::id);
  return found == providers_.end() ? nullptr : &*found;
}

}  // namespace todoku::providers
