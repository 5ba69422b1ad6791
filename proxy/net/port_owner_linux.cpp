// SPDX-License-Identifier: Apache-2.0
// Which process listens on a port: the socket's inode from /proc/net/tcp, then who has it open.
// Processes of other users do not show their descriptors; then the answer is empty.
#include "proxy/net/listener.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace todoku::net {
namespace fs = std::filesystem;

namespace {

// Lines: "sl local_address rem_address st ... uid timeout inode"; state 0A = listening.
void add_inodes(const char* table, std::uint16_t port, std::set<std::string>& links) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmit, uid, timeout, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmit >> uid >>
        timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (state != "0A" || colon == std::string::npos) continue;
    if (std::stoul(local.substr(colon + 1), nullptr, 16) == port) {
      links.insert("socket:[" + inode + "]");
    }
  }
}

bool has_open(const fs::path& process, const std::set<std::string>& links) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(process / "fd", code)) {
    std::error_code gone;
    if (links.contains(fs::read_symlink(entry.path(), gone).string())) return true;
  }
  return false;
}

}  // namespace

std::string owner_of_port(std::uint16_t port) {
  std::set<std::string> links;
  add_inodes("/proc/net/tcp", port, links);
  add_inodes("/proc/net/tcp6", port, links);
  if (links.empty()) return {};
  std::error_code code;
  for (const auto& entry : fs::directory_iterator("/proc", code)) {
    const std::string pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_open(entry.path(), links)) continue;
    std::ifstream file(entry.path() / "comm");
    std::string name;
    std::getline(file, name);
    return name + " (pid " + pid + ")";
  }
  return {};
}

}  // namespace todoku::net
