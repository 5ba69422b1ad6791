// SPDX-License-Identifier: Apache-2.0
#pragma once

// TLS records on a non-blocking socket, for Stream only. OpenSSL reads and writes the socket
// through a small BIO of ours, so every call either makes progress or says what to wait for.
// Chosen over asio::ssl::stream because a waiting read can be cancelled here at any time without
// harm, and an idle connection holds no record buffers (that class keeps 34 KB for life).
#include "proxy/wire/freed.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace todoku::net {

enum class Progress : std::uint8_t {
  done,
  want_read,   // wait until the socket is readable, then call again
  want_write,  // wait until it is writable, then call again with the same bytes
  failed       // see error()
};

class TlsLayer {
 public:
  // The socket must outlive the layer and keep its address.
  TlsLayer(boost::asio::ip::tcp::socket& socket, SSL_CTX* context);
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;
  ~TlsLayer();

  // Verify the peer as this host (RFC 9525) and name it in SNI unless it is an address.
  void expect_host(const std::string& host);
  Progress accept();
  Progress connect();
  Progress read(char* into, std::size_t size, std::size_t& count);
  Progress write(const char* from, std::size_t size, std::size_t& count);
  // Sends close_notify if it goes at once.
  void say_goodbye();
  // Nothing to read and not ended; takes in waiting session tickets (RFC 8446 section 4.6.1).
  bool is_quiet();

  [[nodiscard]] SSL* handle() { return ssl_.get(); }
  [[nodiscard]] error_code failure() const { return failure_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  static const BIO_METHOD* socket_bio();
  static int bio_read(BIO* bio, char* into, int size);
  static int bio_write(BIO* bio, const char* from, int size);
  static long bio_control(BIO* bio, int command, long number, void* pointer);
  Progress judge(int result);
  Progress handshake();

  boost::asio::ip::tcp::socket& socket_;
  std::unique_ptr<SSL, wire::Freed<SSL_free>> ssl_;
  error_code failure_;
  error_code socket_error_;
  std::string problem_;
  bool at_end_ = false;  // the socket has given its end of file
  bool is_established_ = false;
};

}  // namespace todoku::net
