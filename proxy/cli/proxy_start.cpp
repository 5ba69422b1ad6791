// SPDX-License-Identifier: Apache-2.0
// What the proxy needs of the system before it can start, and how a person is told what is missing.
#include "proxy/cli/exit_codes.hpp"
#include "proxy/cli/proxy_assembly.hpp"
#include "proxy/platform/paths.hpp"

#include <algorithm>
#include <utility>

namespace todoku::cli {

namespace asio = boost::asio;

std::optional<StartFailure> ProxyAssembly::prepare_state_dir() {
  state_dir_ = settings_.state_dir.empty() ? platform::default_state_dir()
                                           : std::filesystem::path(settings_.state_dir);
  if (const auto failed = platform::make_private_dir(state_dir_)) return state_dir_problem(failed);
  int holder = 0;
  auto lock = platform::InstanceLock::take(state_dir_, &holder);
  if (lock.has_error()) return state_dir_problem(lock.error());
  if (!*lock) {
    return StartFailure{exit_try_later,
                        say("serve.state_dir_locked", {{"pid", std::to_string(holder)}})};
  }
  lock_.emplace(std::move(**lock));
  return std::nullopt;
}

std::optional<StartFailure> ProxyAssembly::prepare_tls() {
  auto roots = net::ClientTls::make(settings_.upstream_ca);
  if (roots.has_error()) {
    return StartFailure{exit_no_input,
                        say("serve.upstream_ca_problem", {{"file", settings_.upstream_ca},
                                                          {"problem", roots.error().message()}})};
  }
  client_tls_ = std::move(*roots);
  auto made = net::ensure_certificate(state_dir_, std::chrono::system_clock::now());
  if (made.has_value()) {
    auto context = net::ServerTls::from_files(made->certificate, made->key);
    if (context.has_value()) {
      certificate_ = std::move(*made);
      server_tls_ = std::move(*context);
      return std::nullopt;
    }
    made = context.error();
  }
  return StartFailure{exit_cannot_create,
                      say("serve.certificate_problem", {{"directory", state_dir_.string()},
                                                        {"problem", made.error().message()}})};
}

StartFailure ProxyAssembly::state_dir_problem(error_code why) const {
  return {exit_cannot_create, say("serve.state_dir_problem", {{"directory", state_dir_.string()},
                                                              {"problem", why.message()}})};
}

StartFailure ProxyAssembly::cannot_listen(const settings::ServerUrl& url, error_code why) const {
  const auto free_port =
      std::to_string(net::free_port_near(std::max<std::uint16_t>(url.port, 1024)));
  const auto port = std::to_string(url.port);
  const auto* scheme = url.scheme == settings::Scheme::submissions ? "submissions" : "submission";
  const auto option = "--listen " + std::string(scheme) + "://127.0.0.1:" + free_port;
  if (why == asio::error::address_in_use) {
    const auto owner = net::owner_of_port(url.port);
    const auto* key = owner.empty() ? "serve.port_taken_by_unknown" : "serve.port_taken";
    return {
        exit_unavailable,
        say(key, {{"port", port}, {"owner", owner}, {"option", option}, {"free_port", free_port}})};
  }
  if (why == asio::error::access_denied) {
    return {exit_no_permission,
            say("serve.port_not_allowed", {{"port", port}, {"option", option}})};
  }
  return {exit_unavailable, say("serve.listen_failed", {{"listen", settings::to_string(url)},
                                                        {"problem", why.message()}})};
}

std::optional<StartFailure> ProxyAssembly::open_listeners() {
  for (const auto& url : settings_.listen) {
    auto listener = net::Listener::open(rooms_.executor(), url.host, url.port);
    if (listener.has_error()) return cannot_listen(url, listener.error());
    const auto port = listener->port();
    const bool is_implicit = url.scheme == settings::Scheme::submissions;
    if (!is_implicit && plain_port_ == 0) plain_port_ = port;
    log_.write(platform::LogLevel::info, "listening", "",
               {{"url", settings::to_string(url)}, {"port", std::int64_t{port}}});
    submission_->open(std::move(*listener), is_implicit ? submission::Room::Entrance::implicit_tls
                                                        : submission::Room::Entrance::starttls);
  }
  return std::nullopt;
}

}  // namespace todoku::cli
