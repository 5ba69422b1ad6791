// SPDX-License-Identifier: Apache-2.0
#pragma once

// A non-blocking TCP connection, in clear text or TLS, and the sockets of 127.0.0.1 that it comes
// from. Nagle's algorithm is off everywhere: what is measured is the subject, not the measuring.
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace todoku::bench {

// Both give a non-blocking descriptor; only this machine's loopback is ever used.
int listen_on_loopback(std::uint16_t port);
int connect_to_loopback(std::uint16_t port);
int accept_from(int listener);  // negative = nobody waits
std::uint16_t port_of(int descriptor);

using TlsContext = std::shared_ptr<SSL_CTX>;
TlsContext server_tls(const std::string& certificate_file, const std::string& key_file);
TlsContext client_tls();  // checks nothing: the sink's certificate is made for the run

class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Bytes read; 0 = closed or broken; negative = nothing there now.
  std::ptrdiff_t read(std::span<char> into);
  // Sends text, then shared, in one flight where the kernel takes it; shared must stay alive.
  void write(std::string_view text, std::string_view shared = {});
  bool flush();  // false = broken
  [[nodiscard]] bool has_unsent() const { return !pending_.empty() || !shared_.empty(); }
  void start_tls(const TlsContext& context, bool as_server);
  void end_output();  // closes our direction only
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  bool flush_clear();
  bool flush_tls();
  int descriptor_;
  SSL* tls_ = nullptr;
  std::string pending_;
  std::string_view shared_;
};

// "AUTH PLAIN" of RFC 4616 for "user:password".
std::string plain_response(const std::string& user_and_password);

}  // namespace todoku::bench
