// SPDX-License-Identifier: Apache-2.0
#include "proxy/checks/watched_words.hpp"

#include "classifier/mail/ascii.hpp"

#include <utility>

namespace todoku::checks {

WatchedWords::WatchedWords(const std::vector<std::string>& words) {
  std::vector<std::string> long_ones;
  for (const auto& word : words) {
    auto& list = word.size() < WordSet::shortest ? short_ones : long_ones;
    list.push_back(mail::lower_copy(word));
  }
  set = WordSet(std::move(long_ones));
}

}  // namespace todoku::checks
