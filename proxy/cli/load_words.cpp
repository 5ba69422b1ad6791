// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/load_words.hpp"

#include "classifier/rules/shipped.hpp"
#include "config/embedded.hpp"
#include "proxy/providers/shipped.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace todoku::cli {
namespace {

explain::Catalog read_catalog(const std::string& file) {
  auto parsed = explain::Catalog::parse(config::embedded(file));
  if (auto* catalog = std::get_if<explain::Catalog>(&parsed)) return std::move(*catalog);
  return {};
}

std::string ending(settings::Language language) {
  return language == settings::Language::japanese ? "ja.toml" : "en.toml";
}

}  // namespace

explain::Catalog load_catalog(settings::Language language) {
  return read_catalog("messages/" + ending(language));
}

explain::Catalog load_explanations(settings::Language language) {
  constexpr std::array parts{"explain", "causes", "cases", "situations"};
  auto catalog = load_catalog(language);
  for (const auto* part : parts)
    catalog.add(read_catalog("messages/" + std::string(part) + "." + ending(language)));
  return catalog;
}

explain::Catalog load_check_words(settings::Language language) {
  return read_catalog("messages/checks." + ending(language));
}

checks::Lists load_check_lists() {
  auto read = checks::read_lists(config::embedded("checks/lists.toml"));
  if (auto* lists = std::get_if<checks::Lists>(&read)) return std::move(*lists);
  throw std::logic_error("checks/lists.toml: " + std::get<checks::ListsMistake>(read).what);
}

Classifier load_classifier() {
  std::vector<rules::RuleText> texts;
  for (const auto name : rules::shipped_files)
    texts.push_back({std::string(name), std::string(config::embedded(name)), false});
  auto parsed = rules::Rules::parse(texts);
  if (auto* found = std::get_if<rules::Rules>(&parsed)) return Classifier(std::move(*found));
  const auto& mistake = std::get<std::vector<rules::Mistake>>(parsed).front();
  throw std::logic_error(mistake.file + ":" + std::to_string(mistake.line) + ": " + mistake.what);
}

explain::Situations load_situations() {
  auto parsed = explain::Situations::parse(config::embedded("situations.toml"));
  if (auto* found = std::get_if<explain::Situations>(&parsed)) return std::move(*found);
  throw std::logic_error("situations.toml: " + std::get<explain::CatalogError>(parsed).what);
}

providers::Directory load_providers() {
  std::vector<providers::ProviderText> texts;
  for (const auto id : providers::shipped_ids) {
    const auto text = config::embedded("providers/" + std::string(id) + ".toml");
    texts.push_back({std::string(id), std::string(text)});
  }
  auto parsed = providers::Directory::parse(texts);
  if (auto* found = std::get_if<providers::Directory>(&parsed)) return std::move(*found);
  const auto& mistake = std::get<std::vector<providers::Mistake>>(parsed).front();
  throw std::logic_error(mistake.file + ": " + mistake.what);
}

explain::Catalog load_address_words(settings::Language language) {
  return read_catalog("messages/addresses." + ending(language));
}

addresses::Checker load_checker(bool with_known) {
  addresses::Data data;
  std::vector<addresses::DataMistake> mistakes;
  addresses::read_targets(config::embedded("addresses/targets.toml"), data, mistakes);
  addresses::read_endings(config::embedded("addresses/endings.toml"), data, mistakes);
  if (!mistakes.empty())
    throw std::logic_error(mistakes.front().file + ":" + std::to_string(mistakes.front().line) +
                           ": " + mistakes.front().what);
  if (with_known) data.known = config::embedded("addresses/known.txt");
  return addresses::Checker(std::move(data));
}

}  // namespace todoku::cli
