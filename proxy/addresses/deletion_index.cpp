// SPDX-License-Identifier: Apache-2.0
// The hash of a text without some letters is put together from the hashes of its parts, so that a
// deletion costs a few instructions and no memory.
#include "proxy/addresses/deletion_index.hpp"

#include <algorithm>
#include <array>

namespace todoku::addresses {
namespace {

constexpr std::uint64_t base = 0x9E3779B97F4A7C15;  // odd; any works

constexpr auto powers = [] {
  std::array<std::uint64_t, DeletionIndex::longest + 1> out{};
  out[0] = 1;
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * base;
  return out;
}();

// Calls use(key) for the text, and for it without one and, within reach, without two letters.
template <typename Use>
void each_key(std::string_view text, DeletionIndex::Reach reach, Use use) {
  if (text.size() > DeletionIndex::longest) return;
  std::array<std::uint64_t, DeletionIndex::longest + 1> begun{};  // hashes of the beginnings
  for (std::size_t i = 0; i < text.size(); ++i)
    begun[i + 1] = begun[i] * base + static_cast<unsigned char>(text[i]) + 1;
  const auto part = [&](std::size_t from, std::size_t to) {
    return begun[to] - begun[from] * powers[to - from];
  };
  const auto give = [&use](std::uint64_t hash) {
    hash ^= hash >> 29U;
    hash *= 0xBF58476D1CE4E5B9;
    use(static_cast<std::uint32_t>(hash >> 32U));
  };
  const auto size = text.size();
  give(begun[size]);
  for (std::size_t i = 0; i < size; ++i) {
    const auto without = begun[i] * powers[size - i - 1] + part(i + 1, size);
    give(without);
    if (reach == DeletionIndex::Reach::one) continue;
    for (std::size_t j = i + 1; j < size; ++j)
      give((begun[i] * powers[j - i - 1] + part(i + 1, j)) * powers[size - j - 1] +
           part(j + 1, size));
  }
}

}  // namespace

void DeletionIndex::add(std::string_view name, Number number) {
  each_key(name, reach_, [&](std::uint32_t key) { entries_.push_back({key, number, true}); });
}

void DeletionIndex::finish() {
  std::size_t size = 64;
  while (size < entries_.size() * 2) size *= 2;
  table_.assign(size, {});
  filter_.assign(size / 8, 0);  // 8 bits for each place
  for (const auto& entry : entries_) {
    const auto bit = entry.key % (filter_.size() * 64);
    filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    auto place = entry.key & (size - 1);
    while (table_[place].is_used &&
           !(table_[place].key == entry.key && table_[place].number == entry.number))
      place = (place + 1) & (size - 1);
    table_[place] = entry;
  }
  entries_.clear();
  entries_.shrink_to_fit();
}

void DeletionIndex::search(std::string_view text, std::vector<Number>& found) const {
  if (table_.empty()) return;
  const auto mask = table_.size() - 1;
  const auto first = static_cast<std::ptrdiff_t>(found.size());
  each_key(text, reach_, [&](std::uint32_t key) {
    const auto bit = key % (filter_.size() * 64);
    if ((filter_[bit / 64] >> (bit % 64) & 1U) == 0) return;
    for (auto place = key & mask; table_[place].is_used; place = (place + 1) & mask) {
      const auto number = table_[place].number;
      if (table_[place].key != key) continue;
      if (std::find(found.begin() + first, found.end(), number) == found.end())
        found.push_back(number);
    }
  });
}

}  // namespace todoku::addresses
