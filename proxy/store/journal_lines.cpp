// SPDX-License-Identifier: Apache-2.0
// Reading believes nothing that its checksum does not confirm.
#include "proxy/store/journal_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace todoku::store {
namespace {

constexpr std::size_t check_size = 16;
constexpr std::size_t longest_id = 100;
constexpr char digits[] = "0123456789abcdef";

std::string check_of(std::string_view text) {
  std::uint64_t digest = 0xcbf29ce484222325ULL;
  for (const char byte : text) digest = (digest ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  std::string check(check_size, '0');
  for (std::size_t i = 0; i < check_size; ++i) check[i] = digits[(digest >> (60 - 4 * i)) & 15];
  return check;
}

std::string with_check(std::string text) {
  text += ' ';
  text += check_of(text);
  text += '\n';
  return text;
}

int value_of(char digit) {
  const auto* const found = std::find(digits, digits + 16, digit);
  return found == digits + 16 ? -1 : static_cast<int>(found - digits);
}

std::optional<RepeatKey> parse_key(std::string_view hex) {
  RepeatKey key{};
  if (hex.size() != 2 * key.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = value_of(hex[2 * i]);
    const int low = value_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return key;
}

std::optional<Time> parse_time(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Time(std::chrono::milliseconds(count));
}

std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

class Replay {
 public:
  void take(std::string_view line) {
    if (line.size() <= check_size) return;
    const std::string_view said = line.substr(0, line.size() - check_size);
    if (check_of(said) != line.substr(said.size())) return;
    std::string_view rest = said.substr(0, said.size() - 1);
    const std::string_view what = take_word(rest);
    const std::string id(take_word(rest));
    if (!is_journal_id(id)) return;
    if (what == "leaving") {
      leave(id, rest);
    } else if (const auto found = places_.find(id); found != places_.end()) {
      settle(what, found->second);
    }
  }

  std::vector<JournalLeft> left() {
    std::erase_if(left_, [](const JournalLeft& one) { return one.id.empty(); });
    return std::move(left_);
  }

 private:
  // The same id again, after a refusal, starts anew.
  void leave(const std::string& id, std::string_view rest) {
    const auto key = parse_key(take_word(rest));
    const auto at = parse_time(take_word(rest));
    if (!key || !at || !rest.empty()) return;
    const auto [place, is_new] = places_.try_emplace(id, left_.size());
    if (is_new) left_.emplace_back();
    left_[place->second] = {id, *key, *at, false, false};
  }

  void settle(std::string_view what, std::size_t place) {
    JournalLeft& one = left_[place];
    if (what == "sent") one.was_sent = true;
    if (what == "told") one.was_told = true;
    if (what == "refused") one = {};
  }

  std::vector<JournalLeft> left_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace

bool is_journal_id(std::string_view id) {
  return !id.empty() && id.size() <= longest_id &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127; });
}

std::string leaving_line(std::string_view id, const RepeatKey& key, Time now) {
  std::string line = "leaving ";
  line += id;
  line += ' ';
  for (const std::uint8_t byte : key) {
    line += digits[byte >> 4];
    line += digits[byte & 15];
  }
  line += ' ';
  line += std::to_string(now.time_since_epoch().count());
  return with_check(std::move(line));
}

std::string settled_line(std::string_view id, bool is_sent) {
  return with_check((is_sent ? "sent " : "refused ") + std::string(id));
}

std::string told_line(std::string_view id) {
  return with_check("told " + std::string(id));
}

std::vector<JournalLeft> read_journal(std::string_view text) {
  Replay replay;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // torn
    replay.take(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return replay.left();
}

}  // namespace todoku::store
