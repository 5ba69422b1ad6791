// SPDX-License-Identifier: Apache-2.0
// Reads all records of the answer first, then follows the aliases from the name that was asked for.
#include "proxy/wire/dns_message.hpp"

#include "proxy/wire/domain_name.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace todoku::wire {

namespace {

// RFC 1035 section 3.2.2, RFC 3596.
enum Type : std::uint16_t {
  type_a = 1,
  type_cname = 5,
  type_soa = 6,
  type_ptr = 12,
  type_mx = 15,
  type_txt = 16,
  type_aaaa = 28,
};
constexpr std::uint16_t internet = 1;
constexpr int most_aliases = 16;
constexpr std::chrono::seconds lifetime_of_nothing{60};
constexpr std::chrono::seconds longest_of_nothing{3'600};  // RFC 2308 section 5: one to three hours

std::uint16_t number_of(RecordType type) {
  switch (type) {
    case RecordType::a:
      return type_a;
    case RecordType::aaaa:
      return type_aaaa;
    case RecordType::mx:
      return type_mx;
    case RecordType::txt:
      return type_txt;
    case RecordType::ptr:
      return type_ptr;
  }
  return 0;
}

struct Record {
  std::string owner;
  std::uint16_t type = 0;
  std::uint32_t lifetime = 0;
  std::size_t data = 0;  // where it begins in the message
  std::size_t size = 0;
};

// Walks a message. Past the end it gives zeros and says so.
class Walker {
 public:
  explicit Walker(std::string_view message, std::size_t at = 0) : message_(message), at_(at) {}

  std::uint8_t byte() {
    if (at_ >= message_.size()) {
      is_broken_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(message_[at_++]);
  }
  std::uint16_t two() {
    const auto high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  }
  std::uint32_t four() {
    const auto high = two();
    return static_cast<std::uint32_t>(high) << 16 | two();
  }
  std::string_view bytes(std::size_t count) {
    if (count > message_.size() - std::min(at_, message_.size())) {
      is_broken_ = true;
      return {};
    }
    const auto found = message_.substr(at_, count);
    at_ += count;
    return found;
  }
  std::string name();
  void skip(std::size_t count) { static_cast<void>(bytes(count)); }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  std::string_view message_;
  std::size_t at_;
  bool is_broken_ = false;
};

// Section 4.1.4: a pointer leads to an earlier place, so that following them ends.
std::string Walker::name() {
  std::string text;
  Walker here(message_, at_);
  bool has_jumped = false;
  std::size_t earliest = at_;
  while (true) {
    const auto length = here.byte();
    if (here.is_broken_ || text.size() > 255) break;
    if (length >= 0xC0) {
      const auto target = static_cast<std::size_t>(length & 0x3F) << 8 | here.byte();
      if (!has_jumped) at_ = here.at_;
      has_jumped = true;
      if (here.is_broken_ || target >= earliest) break;
      earliest = target;
      here = Walker(message_, target);
      continue;
    }
    if (length == 0) {
      if (!has_jumped) at_ = here.at_;
      return normal_name(text);
    }
    if (length > 63) break;
    if (!text.empty()) text += '.';
    // A dot inside a label would make another name of it.
    for (const char c : here.bytes(length)) text += c == '.' || c == '\0' ? '?' : c;
  }
  is_broken_ = true;
  return {};
}

Record read_record(Walker& walker) {
  Record record;
  record.owner = walker.name();
  record.type = walker.two();
  if (walker.two() != internet) record.type = 0;
  record.lifetime = walker.four();
  // RFC 2181 section 8: a first bit makes it 0.
  if (record.lifetime > 0x7FFFFFFFU) record.lifetime = 0;
  record.size = walker.two();
  record.data = walker.at();
  walker.skip(record.size);
  return record;
}

struct Message {
  unsigned code = 0;  // RCODE
  std::vector<Record> answers;
  std::vector<Record> authority;
};

std::optional<Message> read_message(std::string_view bytes) {
  Walker walker(bytes);
  walker.skip(2);
  const auto flags = walker.two();
  const auto questions = walker.two();
  const auto answers = walker.two();
  const auto authorities = walker.two();
  walker.skip(2);
  Message message;
  message.code = flags & 0xFU;
  for (int i = 0; i < questions && !walker.is_broken(); ++i) {
    static_cast<void>(walker.name());
    walker.skip(4);
  }
  for (int i = 0; i < answers && !walker.is_broken(); ++i) {
    message.answers.push_back(read_record(walker));
  }
  if (walker.is_broken()) return std::nullopt;
  for (int i = 0; i < authorities && !walker.is_broken(); ++i) {
    message.authority.push_back(read_record(walker));
  }
  return message;
}

std::string joined_strings(std::string_view message, const Record& record) {
  Walker walker(message, record.data);
  std::string text;
  while (!walker.is_broken() && walker.at() < record.data + record.size) {
    const auto length = walker.byte();
    text += walker.bytes(std::min<std::size_t>(length, record.data + record.size - walker.at()));
  }
  return text;
}

void add_record(DnsAnswer& answer, std::string_view message, const Record& record) {
  Walker walker(message, record.data);
  if (record.type == type_a && record.size == 4) {
    answer.addresses.emplace_back(
        std::array<std::uint8_t, 4>{walker.byte(), walker.byte(), walker.byte(), walker.byte()});
  } else if (record.type == type_aaaa && record.size == 16) {
    std::array<std::uint8_t, 16> address{};
    for (auto& one : address) one = walker.byte();
    answer.addresses.emplace_back(address);
  } else if (record.type == type_mx && record.size > 2) {
    const auto preference = walker.two();
    auto host = walker.name();
    // A host that cannot be read must not look like "takes no mail".
    if (!walker.is_broken()) answer.exchanges.push_back({preference, std::move(host)});
  } else if (record.type == type_ptr) {
    auto name = walker.name();
    if (!walker.is_broken()) answer.names.push_back(std::move(name));
  } else if (record.type == type_txt) {
    answer.texts.push_back(joined_strings(message, record));
  }
}

bool has_records(const DnsAnswer& answer) {
  return !answer.addresses.empty() || !answer.exchanges.empty() || !answer.names.empty() ||
         !answer.texts.empty();
}

// RFC 2308 section 5: the smaller of the SOA's own lifetime and its last number.
std::chrono::seconds lifetime_without(std::string_view bytes, const Message& message) {
  for (const auto& record : message.authority) {
    if (record.type != type_soa) continue;
    Walker walker(bytes, record.data);
    static_cast<void>(walker.name());
    static_cast<void>(walker.name());
    walker.skip(16);
    const auto minimum = walker.four();
    if (walker.is_broken()) break;
    const std::chrono::seconds said(std::min(minimum, record.lifetime));
    return std::min(said, longest_of_nothing);
  }
  return lifetime_of_nothing;
}

// Where the aliases lead from the name; lifetime: the shortest of theirs.
std::string follow_aliases(std::string_view bytes, const Message& message, std::string name,
                           std::uint32_t& lifetime) {
  for (int i = 0; i < most_aliases; ++i) {
    const auto alias = std::ranges::find_if(message.answers, [&name](const Record& record) {
      return record.type == type_cname && record.owner == name;
    });
    if (alias == message.answers.end()) break;
    lifetime = std::min(lifetime, alias->lifetime);
    name = Walker(bytes, alias->data).name();
  }
  return name;
}

}  // namespace

DnsAnswer read_dns_answer(std::string_view message, const DnsQuestion& question) {
  DnsAnswer answer;
  const auto read = read_message(message);
  constexpr unsigned no_such_name = 3;
  if (!read || (read->code != 0 && read->code != no_such_name)) {
    answer.status = DnsStatus::server_failed;
    return answer;
  }
  std::uint32_t lifetime = 0x7FFFFFFFU;
  const auto name = follow_aliases(message, *read, normal_name(question.name), lifetime);
  for (const auto& record : read->answers) {
    if (record.type != number_of(question.type) || record.owner != name) continue;
    lifetime = std::min(lifetime, record.lifetime);
    add_record(answer, message, record);
  }
  std::ranges::stable_sort(answer.exchanges, {}, &MailExchange::preference);
  if (has_records(answer)) {
    answer.status = DnsStatus::answered;
    answer.lifetime = std::chrono::seconds(lifetime);
    return answer;
  }
  answer.status = read->code == no_such_name ? DnsStatus::no_such_name : DnsStatus::no_data;
  answer.lifetime = std::min(lifetime_without(message, *read), std::chrono::seconds(lifetime));
  return answer;
}

}  // namespace todoku::wire
