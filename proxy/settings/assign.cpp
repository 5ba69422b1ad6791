// SPDX-License-Identifier: Apache-2.0

// Turns what was written into the type of its key, within the row's bounds, or says what is wrong.
#include "proxy/settings/host_name.hpp"
#include "proxy/settings/nearest.hpp"
#include "proxy/settings/registry.hpp"

#include <array>
#include <charconv>
#include <type_traits>
#include <utility>

namespace todoku::settings {
namespace {

template <class E>
struct Words;
template <>
struct Words<bool> {
  static constexpr std::array<std::pair<std::string_view, bool>, 6> list{{{"on", true},
                                                                          {"off", false},
                                                                          {"true", true},
                                                                          {"false", false},
                                                                          {"yes", true},
                                                                          {"no", false}}};
  static constexpr std::string_view wanted = "on or off";
};
template <>
struct Words<Language> {
  static constexpr std::array<std::pair<std::string_view, Language>, 3> list{
      {{"auto", Language::automatic}, {"ja", Language::japanese}, {"en", Language::english}}};
  static constexpr std::string_view wanted = "auto, ja or en";
};
template <>
struct Words<LogFormat> {
  static constexpr std::array<std::pair<std::string_view, LogFormat>, 2> list{
      {{"text", LogFormat::text}, {"json", LogFormat::json}}};
  static constexpr std::string_view wanted = "text or json";
};
template <>
struct Words<LogLevel> {
  static constexpr std::array<std::pair<std::string_view, LogLevel>, 4> list{
      {{"debug", LogLevel::debug},
       {"info", LogLevel::info},
       {"warning", LogLevel::warning},
       {"error", LogLevel::error}}};
  static constexpr std::string_view wanted = "debug, info, warning or error";
};
template <>
struct Words<BareNewline> {
  static constexpr std::array<std::pair<std::string_view, BareNewline>, 2> list{
      {{"repair", BareNewline::repair}, {"refuse", BareNewline::refuse}}};
  static constexpr std::string_view wanted = "repair or refuse";
};
template <>
struct Words<WhenUnknown> {
  static constexpr std::array<std::pair<std::string_view, WhenUnknown>, 2> list{
      {{"ask", WhenUnknown::ask}, {"resend", WhenUnknown::resend}}};
  static constexpr std::string_view wanted = "ask or resend";
};

template <>
struct Words<CheckLevel> {
  static constexpr std::array<std::pair<std::string_view, CheckLevel>, 4> list{
      {{"off", CheckLevel::off},
       {"note", CheckLevel::note},
       {"hold", CheckLevel::hold},
       {"refuse", CheckLevel::refuse}}};
  static constexpr std::string_view wanted = "off, note, hold or refuse";
};

// What was written, for messages.
std::string written(const Scalar& scalar) {
  if (const auto* text = std::get_if<std::string>(&scalar.value)) return quoted(*text);
  if (const auto* flag = std::get_if<bool>(&scalar.value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&scalar.value)) return std::to_string(*number);
  return "this kind of value";
}

std::string bound_text(const Row& row, std::uint64_t bound) {
  switch (row.unit) {
    case Unit::duration:
      return bound == 0 ? "0s" : duration_text(Duration(static_cast<Duration::rep>(bound)));
    case Unit::bytes:
      return size_text(bound);
    case Unit::none:
    case Unit::count:
      return std::to_string(bound);
  }
  return {};
}

std::string wanted_number(const Row& row) {
  switch (row.unit) {
    case Unit::duration:
      return "a duration like 500ms, 20s, 5m, 24h or 7d";
    case Unit::bytes:
      return "a size like 64KiB, 25MB or a number of bytes";
    case Unit::none:
    case Unit::count:
      return "a whole number";
  }
  return {};
}

// The number in the row's smallest unit; nullopt = not a number of that kind.
std::optional<std::uint64_t> raw_number(const Row& row, const Scalar& scalar) {
  std::string text;
  if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) text = std::to_string(*number);
  if (const auto* given = std::get_if<std::string>(&scalar.value)) text = *given;
  if (row.unit == Unit::bytes) return parse_size(text);
  if (row.unit == Unit::duration) {
    const auto duration = parse_duration(text);
    if (!duration) return std::nullopt;
    return static_cast<std::uint64_t>(duration->count());
  }
  std::uint64_t number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

using Faults = std::vector<Fault>;

std::optional<std::uint64_t> read_number(const Row& row, const Scalar& scalar, Faults& faults) {
  const auto number = raw_number(row, scalar);
  if (!number) {
    faults.push_back({scalar.line, written(scalar) + " is not " + wanted_number(row)});
    return std::nullopt;
  }
  if (*number < row.least || *number > row.most) {
    faults.push_back({scalar.line, written(scalar) + " is out of range; write a value from " +
                                       bound_text(row, row.least) + " to " +
                                       bound_text(row, row.most)});
    return std::nullopt;
  }
  return number;
}

template <class E>
void put_word(E& place, const Scalar& scalar, Faults& faults) {
  if constexpr (std::is_same_v<E, bool>) {
    if (const auto* flag = std::get_if<bool>(&scalar.value)) {
      place = *flag;
      return;
    }
  }
  std::vector<std::string_view> names;
  const auto* text = std::get_if<std::string>(&scalar.value);
  for (const auto& [name, value] : Words<E>::list) {
    names.push_back(name);
    if (text != nullptr && *text == name) {
      place = value;
      return;
    }
  }
  std::string message =
      written(scalar) + " is not known here; write " + std::string(Words<E>::wanted);
  const auto near = text == nullptr ? std::string_view{} : nearest(lower(*text), names);
  if (!near.empty()) message += " (did you mean " + std::string(near) + "?)";
  faults.push_back({scalar.line, message});
}

void put(bool& place, const Row&, const Scalar& scalar, Faults& faults) {
  put_word(place, scalar, faults);
}

template <class E>
requires std::is_enum_v<E>
void put(E& place, const Row&, const Scalar& scalar, Faults& faults) {
  put_word(place, scalar, faults);
}

template <class N>
requires(std::is_same_v<N, std::uint32_t> ||
         std::is_same_v<N, std::uint64_t>) void put(N& place, const Row& row, const Scalar& scalar,
                                                    Faults& faults) {
  if (const auto number = read_number(row, scalar, faults)) place = static_cast<N>(*number);
}

void put(Duration& place, const Row& row, const Scalar& scalar, Faults& faults) {
  if (const auto number = read_number(row, scalar, faults))
    place = Duration(static_cast<Duration::rep>(*number));
}

void put(std::string& place, const Row& row, const Scalar& scalar, Faults& faults) {
  const auto* text = std::get_if<std::string>(&scalar.value);
  if (text == nullptr) {
    faults.push_back({scalar.line, written(scalar) + " is not a text in quotes"});
  } else if (auto fault = row.text_fault(*text)) {
    faults.push_back({scalar.line, *fault});
  } else {
    place = *text;
  }
}

void put_url(ServerUrl& place, const Scalar& scalar, UrlUse use, Faults& faults) {
  const auto* text = std::get_if<std::string>(&scalar.value);
  if (text == nullptr) {
    faults.push_back({scalar.line, written(scalar) + " is not a URL in quotes"});
    return;
  }
  auto parsed = parse_url(*text, use);
  if (auto* url = std::get_if<ServerUrl>(&parsed)) {
    place = std::move(*url);
  } else {
    faults.push_back({scalar.line, std::get<std::string>(parsed)});
  }
}

void put(ServerUrl& place, const Row&, const Scalar& scalar, Faults& faults) {
  put_url(place, scalar, UrlUse::listen, faults);
}

void put(std::optional<ServerUrl>& place, const Row&, const Scalar& scalar, Faults& faults) {
  const auto* text = std::get_if<std::string>(&scalar.value);
  if (text != nullptr && text->empty()) {
    place.reset();
    return;
  }
  ServerUrl url;
  put_url(url, scalar, UrlUse::mailbox, faults);
  if (faults.empty()) place = std::move(url);
}

std::vector<Scalar> list_items(const Given& given) {
  if (!given.commas || given.items.empty()) return given.items;
  const auto* text = std::get_if<std::string>(&given.items[0].value);
  if (text == nullptr || text->empty()) return {};
  std::vector<Scalar> items;
  std::string_view rest = *text;
  while (true) {
    const auto end = rest.find(',');
    auto item = rest.substr(0, end);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    items.push_back({std::string(item), given.line});
    if (end == std::string_view::npos) return items;
    rest.remove_prefix(end + 1);
  }
}

template <class T>
Faults fill(T& place, const Row& row, const Given& given) {
  if (given.is_list || given.items.size() != 1)
    return {{given.line, "a list cannot stand here; write one value"}};
  Faults faults;
  put(place, row, given.items[0], faults);
  return faults;
}

template <class T>
Faults fill(std::vector<T>& place, const Row& row, const Given& given) {
  const auto items = list_items(given);
  constexpr bool urls = std::is_same_v<T, ServerUrl>;
  if (urls && items.empty()) return {{given.line, "the list is empty; give at least one URL"}};
  constexpr std::size_t most = std::is_same_v<T, std::string> ? 1000 : 64;
  if (items.size() > most)
    return {{given.line, "the list has more than " + std::to_string(most) + " items"}};
  Faults faults;
  std::vector<T> values;
  for (const auto& item : items) {
    T value{};
    put(value, row, item, faults);
    values.push_back(std::move(value));
  }
  if (faults.empty()) place = std::move(values);
  return faults;
}

std::string text_of(const std::string& text) {
  return text;
}
std::string text_of(Duration duration) {
  return duration_text(duration);
}
std::string text_of(const ServerUrl& url) {
  return to_string(url);
}
std::string text_of(const std::optional<ServerUrl>& url) {
  return url ? to_string(*url) : "";
}
std::string text_of(bool flag) {
  return flag ? "on" : "off";
}
template <class E>
requires std::is_enum_v<E> std::string text_of(E value) {
  for (const auto& [name, each] : Words<E>::list) {
    if (each == value) return std::string(name);
  }
  return {};
}
template <class T>
std::string text_of(const std::vector<T>& list) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : ",") + text_of(item);
  return text;
}

}  // namespace

std::vector<Fault> assign(Settings& settings, const Row& row, const Given& given) {
  return std::visit([&](auto* place) { return fill(*place, row, given); }, row.target(settings));
}

std::string show(const Settings& settings, const Row& row) {
  Settings copy = settings;  // the table's places are for writing; this is not a hot path
  const auto text = [&row](const auto* place) -> std::string {
    using T = std::remove_cvref_t<decltype(*place)>;
    if constexpr (std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t>) {
      return row.unit == Unit::bytes ? size_text(*place) : std::to_string(*place);
    } else {
      return text_of(*place);
    }
  };
  return std::visit(text, row.target(copy));
}

}  // namespace todoku::settings
