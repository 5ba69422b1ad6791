// SPDX-License-Identifier: Apache-2.0
// What comes out of the file is a stranger's: only what looks like an address is taken, and not
// without end.
#include "proxy/setup/address_book.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/store/database.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace todoku::setup {

namespace fs = std::filesystem;
namespace errc = boost::system::errc;

namespace {

constexpr std::size_t most_addresses = 20'000;
constexpr std::size_t longest_address = 320;  // RFC 3696 errata 1690 leaves less
constexpr std::uintmax_t largest_file = 500'000'000;

bool looks_like_address(std::string_view text) {
  const auto at = text.rfind('@');
  const bool has_both = at != std::string_view::npos && at > 0 && at + 1 < text.size();
  const bool is_clean = std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '<' || c == '>' || c == ',';
  });
  return has_both && is_clean && text.size() <= longest_address;
}

// RFC 6350 section 3.2: a line that begins with a blank goes on where the last one ended.
std::string unfolded(std::string_view vcard) {
  std::string out;
  for (std::size_t i = 0; i < vcard.size(); ++i) {
    if (vcard[i] == '\r') continue;
    const bool is_fold =
        vcard[i] == '\n' && i + 1 < vcard.size() && (vcard[i + 1] == ' ' || vcard[i + 1] == '\t');
    if (is_fold) {
      ++i;
    } else {
      out += vcard[i];
    }
  }
  return out;
}

// Files that are read while they may be written: SQLite finds out whether they fit together.
class Copy {
 public:
  Copy(const fs::path& file, const fs::path& scratch) : place_(scratch / "address-book-copy") {
    std::error_code code;
    remove();
    fs::copy_file(file, place_, code);
    failed_ = code;
    if (code) return;
    fs::permissions(place_, fs::perms::owner_read | fs::perms::owner_write, code);
    std::error_code no_log;  // an address book that nobody has open has none
    fs::copy_file(with_wal(file), with_wal(place_), no_log);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() { remove(); }

  [[nodiscard]] const fs::path& place() const { return place_; }
  [[nodiscard]] error_code failed() const { return failed_; }

 private:
  static fs::path with_wal(const fs::path& file) { return fs::path(file).concat("-wal"); }
  void remove() const {
    std::error_code ignored;
    for (const auto* end : {"", "-wal", "-shm", "-journal"})
      fs::remove(fs::path(place_).concat(end), ignored);
  }
  fs::path place_;
  error_code failed_;
};

class Collector {
 public:
  // card: whose property it is.
  void add(const std::string& card, std::string address) {
    if (people_.size() >= most_addresses || !looks_like_address(address)) return;
    if (!seen_.insert(mail::lower_copy(address)).second) return;
    people_.push_back({std::move(address), 1});
    cards_.push_back(card);
  }
  void count(const std::string& card, std::string_view number) {
    std::uint32_t times = 0;
    std::from_chars(number.data(), number.data() + number.size(), times);
    if (times_.size() < most_addresses) times_[card] = times;
  }
  std::vector<Person> take() {
    for (std::size_t i = 0; i < people_.size(); ++i) {
      const auto counted = times_.find(cards_[i]);
      if (counted != times_.end()) people_[i].times = std::clamp(counted->second, 1U, most_times);
    }
    return std::move(people_);
  }

 private:
  static constexpr std::uint32_t most_times = 1000;
  std::set<std::string> seen_;
  std::vector<Person> people_;
  std::vector<std::string> cards_;  // of the people, in their order
  std::map<std::string, std::uint32_t> times_;
};

}  // namespace

std::vector<std::string> addresses_in_vcard(std::string_view vcard) {
  const auto text = unfolded(vcard);
  std::vector<std::string> found;
  for (std::string_view rest = text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto name = line.substr(0, line.find_first_of(":;"));
    const auto dot = name.rfind('.');  // "item1.EMAIL"
    const auto word = dot == std::string_view::npos ? name : name.substr(dot + 1);
    const auto colon = line.find(':');
    if (!mail::same_word(word, "EMAIL") || colon == std::string_view::npos) continue;
    found.emplace_back(line.substr(colon + 1));
  }
  return found;
}

std::vector<fs::path> address_books_in(const fs::path& profile) {
  std::vector<fs::path> found;
  std::error_code code;
  for (auto entry = fs::directory_iterator(profile, code);
       !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const auto name = entry->path().filename().string();
    const bool is_book = name.starts_with("abook") && name.ends_with(".sqlite");
    // "abook.v3.sqlite" is Thunderbird's own copy from before an update.
    const bool is_old = name.find(".v") != std::string::npos;
    if ((is_book && !is_old) || name == "history.sqlite") found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

Result<AddressBook> read_address_book(const fs::path& file, const fs::path& scratch) {
  std::error_code code;
  const auto size = fs::file_size(file, code);
  if (code) return error_code(code);
  if (size > largest_file) return errc::make_error_code(errc::file_too_large);
  const Copy copy(file, scratch);
  if (copy.failed()) return copy.failed();
  auto opened = store::Database::open(copy.place(), store::Database::Access::visitor, "");
  if (opened.has_error()) return opened.error();
  auto& database = **opened;
  if (const auto failed = database.execute("PRAGMA trusted_schema=OFF")) return failed;
  auto rows = database.prepare(
      "SELECT card, name, value FROM properties WHERE name IN ('PrimaryEmail', 'SecondEmail', "
      "'_vCard', 'PopularityIndex')");
  Collector collector;
  while (rows.step()) {
    const auto card = rows.bytes_at(0);
    const auto name = rows.bytes_at(1);
    const auto value = rows.bytes_at(2);
    if (name == "PopularityIndex") {
      collector.count(card, value);
    } else if (name == "_vCard") {
      for (auto& address : addresses_in_vcard(value)) collector.add(card, std::move(address));
    } else {
      collector.add(card, value);
    }
  }
  if (rows.failed()) return errc::make_error_code(errc::bad_message);
  return AddressBook{file, collector.take()};
}

}  // namespace todoku::setup
