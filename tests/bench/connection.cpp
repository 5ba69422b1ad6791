// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace todoku::bench {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_on(int descriptor, int level, int option) {
  const int on = 1;
  setsockopt(descriptor, level, option, &on, sizeof on);
}

int tcp_socket() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    throw std::runtime_error("no socket: too many open files?");
  }
  return descriptor;
}

}  // namespace

int listen_on_loopback(std::uint16_t port) {
  const int descriptor = tcp_socket();
  set_on(descriptor, SOL_SOCKET, SO_REUSEADDR);
  const sockaddr_in address = loopback(port);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(descriptor, 4096) != 0) {
    throw std::runtime_error("cannot listen on port " + std::to_string(port));
  }
  return descriptor;
}

int connect_to_loopback(std::uint16_t port) {
  const int descriptor = tcp_socket();
  set_on(descriptor, IPPROTO_TCP, TCP_NODELAY);
  const sockaddr_in address = loopback(port);
  // An error shows itself at the first read.
  (void)connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return descriptor;
}

int accept_from(int listener) {
  const int descriptor = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    set_on(descriptor, IPPROTO_TCP, TCP_NODELAY);
  }
  return descriptor;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

TlsContext server_tls(const std::string& certificate_file, const std::string& key_file) {
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("cannot read the certificate or its key");
  }
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

TlsContext client_tls() {
  TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Connection::~Connection() {
  SSL_free(tls_);
  close(descriptor_);
}

void Connection::start_tls(const TlsContext& context, bool as_server) {
  tls_ = SSL_new(context.get());
  SSL_set_fd(tls_, descriptor_);
  if (as_server) {
    SSL_set_accept_state(tls_);
  } else {
    SSL_set_connect_state(tls_);
  }
}

std::ptrdiff_t Connection::read(std::span<char> into) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    const int count = SSL_read(tls_, into.data(), static_cast<int>(into.size()));
    if (count > 0) {
      return count;
    }
    const int error = SSL_get_error(tls_, count);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -1 : 0;
  }
  const ssize_t count = recv(descriptor_, into.data(), into.size(), 0);
  if (count < 0) {
    return errno == EAGAIN || errno == EINTR ? -1 : 0;
  }
  return count;
}

void Connection::write(std::string_view text, std::string_view shared) {
  pending_ += text;
  if (tls_ != nullptr) {
    pending_ += shared;  // one run of full records, not a short one first
  } else if (!shared.empty()) {
    shared_ = shared;
  }
}

bool Connection::flush() {
  return tls_ != nullptr ? flush_tls() : flush_clear();
}

bool Connection::flush_tls() {
  while (!pending_.empty()) {
    ERR_clear_error();
    const int count =
        SSL_write(tls_, pending_.data(), static_cast<int>(std::min(pending_.size(), 1UL << 30)));
    if (count <= 0) {
      const int error = SSL_get_error(tls_, count);
      return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    }
    pending_.erase(0, static_cast<std::size_t>(count));
  }
  return true;
}

bool Connection::flush_clear() {
  while (has_unsent()) {
    std::array<iovec, 2> pieces{iovec{pending_.data(), pending_.size()},
                                iovec{const_cast<char*>(shared_.data()), shared_.size()}};
    msghdr flight{};
    flight.msg_iov = pieces.data();
    flight.msg_iovlen = pieces.size();
    const ssize_t count = sendmsg(descriptor_, &flight, MSG_NOSIGNAL);
    if (count < 0) {
      return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
    }
    const auto sent = static_cast<std::size_t>(count);
    const std::size_t of_pending = std::min(sent, pending_.size());
    pending_.erase(0, of_pending);
    shared_.remove_prefix(sent - of_pending);
  }
  return true;
}

void Connection::end_output() {
  shutdown(descriptor_, SHUT_WR);
}

std::string plain_response(const std::string& user_and_password) {
  std::string clear = '\0' + user_and_password;
  clear[clear.find(':')] = '\0';
  std::string encoded(clear.size() * 2 + 4, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(clear.data()),
                                   static_cast<int>(clear.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

}  // namespace todoku::bench
