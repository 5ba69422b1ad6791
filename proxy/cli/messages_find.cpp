// SPDX-License-Identifier: Apache-2.0
// Looks an id up by its beginning, with the list's own order: newest id first.
#include "proxy/cli/messages_find.hpp"

#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/look.hpp"

#include <utility>
#include <vector>

namespace todoku::cli {

namespace {

namespace errc = boost::system::errc;

constexpr std::size_t id_length = 12;
constexpr std::size_t max_candidates = 5;

std::filesystem::path file_in(const std::filesystem::path& state_dir) {
  return state_dir / "todoku.db";
}

Problem no_such_message(std::string_view typed) {
  return {"messages.no_such_message", {{"id", cut(shown(typed), 40)}}, exit_no_input};
}

}  // namespace

OpenedReader open_reader(const std::filesystem::path& state_dir,
                         std::shared_ptr<const store::Sealer> sealer) {
  const auto file = file_in(state_dir);
  std::error_code unknown;
  const bool exists = std::filesystem::exists(file, unknown);
  if (unknown)
    return Problem{"messages.not_allowed", {{"file", shown(file.string())}}, exit_no_permission};
  if (!exists)
    return Problem{
        "messages.no_database", {{"directory", shown(state_dir.string())}}, exit_no_input};
  auto reader = store::Reader::open(state_dir, std::move(sealer));
  if (reader.has_value()) return std::move(*reader);
  // It is there, so "no such file" is SQLite's word for "may not be opened".
  const auto why = reader.error();
  if (why == errc::no_such_file_or_directory || why == errc::permission_denied)
    return Problem{"messages.not_allowed", {{"file", shown(file.string())}}, exit_no_permission};
  return reader_problem(state_dir, why);
}

Problem reader_problem(const std::filesystem::path& state_dir, error_code why) {
  const std::string file = shown(file_in(state_dir).string());
  if (why == errc::device_or_resource_busy)
    return {"messages.database_busy", {{"file", file}}, exit_try_later};
  if (why == errc::permission_denied) return {"messages.key_locked", {}, exit_try_later};
  if (why == errc::no_space_on_device)
    return {"messages.disk_full", {{"file", file}}, exit_try_later};
  return {
      "messages.database_damaged", {{"file", file}, {"problem", shown(why.message())}}, exit_io};
}

std::string normal_id(std::string_view typed) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string id;
  for (const char typed_character : typed) {
    char c = typed_character;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (alphabet.find(c) == std::string_view::npos) return {};
    id += c;
  }
  return id.size() > id_length ? std::string() : id;
}

std::variant<store::StoredMessage, Problem> find_message(store::Reader& reader,
                                                         const std::filesystem::path& state_dir,
                                                         std::string_view typed) {
  const auto id = normal_id(typed);
  if (id.empty()) return no_such_message(typed);
  store::ListFilter filter;
  filter.before = id + "~";  // behind every character of an id
  filter.limit = max_candidates;
  const auto listed = reader.list(filter);
  if (listed.has_error()) return reader_problem(state_dir, listed.error());
  std::vector<std::string> candidates;
  for (const auto& message : *listed) {
    if (message.id.starts_with(id)) candidates.push_back(message.id);
  }
  if (candidates.empty()) return no_such_message(typed);
  if (candidates.size() > 1) {
    std::string all;
    for (const auto& one : candidates) all += (all.empty() ? "" : ", ") + one;
    return Problem{"messages.ambiguous_id", {{"id", id}, {"candidates", all}}, exit_usage};
  }
  auto loaded = reader.load(candidates.front());
  if (loaded.has_error()) return reader_problem(state_dir, loaded.error());
  if (!*loaded) return no_such_message(typed);  // removed since
  return std::move(**loaded);
}

}  // namespace todoku::cli
