// SPDX-License-Identifier: Apache-2.0
// TLS on a non-blocking socket by OpenSSL, with a BIO that goes through Asio's socket (portable,
// and never SIGPIPE).
#include "proxy/net/tls_layer.hpp"

#include "proxy/net/error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <new>
#include <string>

namespace todoku::net {
namespace asio = boost::asio;

TlsLayer::TlsLayer(asio::ip::tcp::socket& socket, SSL_CTX* context)
    : socket_(socket), ssl_(SSL_new(context)) {
  BIO* bio = ssl_ ? BIO_new(socket_bio()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_set_read_ahead(ssl_.get(), 1);  // header and record in one system call
}

TlsLayer::~TlsLayer() {
  // Without this OpenSSL marks the session unfit for resumption when the peer just went away.
  if (is_established_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

const BIO_METHOD* TlsLayer::socket_bio() {
  // A table of functions, made once: OpenSSL has no way to state it as a constant.
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "asio socket");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

int TlsLayer::bio_read(BIO* bio, char* into, int size) {
  auto& self = *static_cast<TlsLayer*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  error_code error;
  const std::size_t count =
      self.socket_.read_some(asio::buffer(into, static_cast<std::size_t>(size)), error);
  if (!error) return static_cast<int>(count);
  if (error == asio::error::would_block) {
    BIO_set_retry_read(bio);
    return -1;
  }
  self.at_end_ = true;
  if (error == asio::error::eof) return 0;
  self.socket_error_ = error;
  return -1;
}

int TlsLayer::bio_write(BIO* bio, const char* from, int size) {
  auto& self = *static_cast<TlsLayer*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  error_code error;
  const std::size_t count =
      self.socket_.write_some(asio::buffer(from, static_cast<std::size_t>(size)), error);
  if (!error) return static_cast<int>(count);
  if (error == asio::error::would_block) {
    BIO_set_retry_write(bio);
  } else {
    self.socket_error_ = error;
  }
  return -1;
}

long TlsLayer::bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;  // nothing is held back here
  if (command == BIO_CTRL_EOF) return static_cast<TlsLayer*>(BIO_get_data(bio))->at_end_ ? 1 : 0;
  return 0;
}

void TlsLayer::expect_host(const std::string& host) {
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl_.get());
  error_code not_literal;
  asio::ip::make_address(host, not_literal);
  if (!not_literal) {
    X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(param, host.data(), host.size());
    // SSL_set_tlsext_host_name is a macro with a C cast; this is what it stands for.
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
  }
}

Progress TlsLayer::accept() {
  if (SSL_in_before(ssl_.get()) != 0) SSL_set_accept_state(ssl_.get());
  return handshake();
}

Progress TlsLayer::connect() {
  if (SSL_in_before(ssl_.get()) != 0) SSL_set_connect_state(ssl_.get());
  return handshake();
}

Progress TlsLayer::handshake() {
  ERR_clear_error();
  const Progress progress = judge(SSL_do_handshake(ssl_.get()));
  if (progress == Progress::done) is_established_ = true;
  if (progress != Progress::failed) return progress;
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK) {
    problem_ = X509_verify_cert_error_string(verified);
  } else if (failure_ == asio::error::eof) {
    problem_ = "the connection was closed during the TLS handshake";
  }
  if (failure_ == asio::error::eof) failure_ = error::tls_failed;
  return progress;
}

Progress TlsLayer::read(char* into, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  return judge(SSL_read_ex(ssl_.get(), into, size, &count));
}

Progress TlsLayer::write(const char* from, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  return judge(SSL_write_ex(ssl_.get(), from, size, &count));
}

Progress TlsLayer::judge(int result) {
  if (result > 0) return Progress::done;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Progress::want_write;
    case SSL_ERROR_ZERO_RETURN:
      failure_ = asio::error::eof;
      return Progress::failed;
    default:
      break;
  }
  const unsigned long code = ERR_peek_error();
  is_established_ = false;  // RFC 8446 section 6.2: forget the session after a fatal error
  if (socket_error_) {
    failure_ = socket_error_;
    problem_ = socket_error_.message();
  } else if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    is_established_ = true;  // many peers leave without close_notify; SMTP knows its own end
    failure_ = asio::error::eof;
  } else {
    failure_ = error::tls_failed;
    const char* reason = ERR_reason_error_string(code);
    problem_ = reason != nullptr ? reason : "TLS protocol error";
  }
  ERR_clear_error();
  return Progress::failed;
}

void TlsLayer::say_goodbye() {
  if (!is_established_ || SSL_in_init(ssl_.get()) != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool TlsLayer::is_quiet() {
  char byte = 0;
  std::size_t count = 0;
  ERR_clear_error();
  return judge(SSL_peek_ex(ssl_.get(), &byte, 1, &count)) == Progress::want_read;
}

}  // namespace todoku::net
