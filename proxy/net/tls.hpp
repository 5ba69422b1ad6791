// SPDX-License-Identifier: Apache-2.0
#pragma once

// TLS contexts. Owner of OpenSSL's SSL side. TLS 1.2 and 1.3 (RFC 8996), sensible ciphers.
#include "proxy/wire/result.hpp"

#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace todoku::net {

// Towards mail clients: a certificate and key in PEM files.
class ServerTls {
 public:
  static Result<std::unique_ptr<ServerTls>> from_files(const std::filesystem::path& certificate,
                                                       const std::filesystem::path& key);
  // Takes the renewed files for later handshakes.
  error_code reload(const std::filesystem::path& certificate, const std::filesystem::path& key);
  boost::asio::ssl::context& context() { return *context_; }

 private:
  std::unique_ptr<boost::asio::ssl::context> context_;
};

// Towards relays: the system's roots plus the extra CA file; remembers sessions per host for
// resumption.
class ClientTls {
 public:
  // extra_ca: PEM file, empty = none. Errors: the file cannot be read or holds no certificate.
  static Result<std::unique_ptr<ClientTls>> make(const std::filesystem::path& extra_ca);
  ~ClientTls();
  boost::asio::ssl::context& context();
  // Session resumption: called by Stream before handshakes; this object must outlive those streams,
  // whose sessions come to it later. SSL* as void* keeps OpenSSL out of
  // here.
  void prepare(void* ssl, const std::string& host_and_port);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace todoku::net
