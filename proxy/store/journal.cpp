// SPDX-License-Identifier: Apache-2.0
// TEMPORARY.
#include "proxy/store/journal.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <fstream>
#include <map>
#include <sstream>

namespace todoku::store {
static std::map<const Journal*, int> fds;
Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& dir, std::unique_ptr<Files> files) {
  std::unique_ptr<Journal> j(new Journal());
  j->files_ = std::move(files);
  j->file_ = dir / "journal";
  std::ifstream in(j->file_);
  std::map<std::string, Left> found;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string kind, id, key; long long at = 0; int sent = 0;
    words >> kind >> id;
    if (kind == "L") {
      words >> key >> at;
      Left left; left.id = id; left.at = Time(std::chrono::milliseconds(at));
      for (std::size_t i = 0; i < 16 && i * 2 + 1 < key.size(); ++i) left.key[i] = static_cast<std::uint8_t>(std::stoi(key.substr(i * 2, 2), nullptr, 16));
      found[id] = left;
    } else if (kind == "S") {
      words >> sent;
      if (sent == 1) found[id].was_sent = true;
      else found.erase(id);
    }
  }
  for (auto& [id, left] : found) j->left_.push_back(left);
  std::error_code ignored; std::filesystem::rename(j->file_, dir / "journal.old", ignored);
  fds[j.get()] = ::open(j->file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return j;
}
Journal::~Journal() { ::close(fds[this]); }
void Journal::forget_left() { left_.clear(); }
error_code Journal::about_to_leave(std::string_view id, const RepeatKey& key, Time now) {
  std::string line = "L " + std::string(id) + " ";
  for (auto b : key) { char h[3]; std::snprintf(h, 3, "%02x", b); line += h; }
  line += " " + std::to_string(now.time_since_epoch().count()) + "\n";
  (void)!::write(fds[this], line.data(), line.size());
  return {};
}
void Journal::settled(std::string_view id, bool is_sent) {
  std::string line = "S " + std::string(id) + (is_sent ? " 1\n" : " 0\n");
  (void)!::write(fds[this], line.data(), line.size());
}
void Journal::told(std::string_view) {}
void Journal::cut_when_idle() {}
}  // namespace todoku::store
