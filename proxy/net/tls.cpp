// SPDX-License-Identifier: Apache-2.0
// TLS contexts and the memory of client sessions.
#include "proxy/net/tls.hpp"

#include "proxy/net/error.hpp"
#include "proxy/platform/tls_roots.hpp"
#include "proxy/wire/freed.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

namespace todoku::net {
namespace {

constexpr std::size_t remembered_hosts = 64;

using Session = std::unique_ptr<SSL_SESSION, wire::Freed<SSL_SESSION_free>>;
using Sessions = std::map<std::string, Session>;

// What hangs on a client SSL so that a new session finds its place.
struct Place {
  Sessions* sessions;
  std::string host_and_port;
};

void free_place(void*, void* place, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Place*>(place);
}

int place_index() {
  // OpenSSL hands out such a number once per program.
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_place);
  return index;
}

// TLS 1.3 sends tickets after the handshake, so sessions are caught here, not asked for.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* place = static_cast<Place*>(SSL_get_ex_data(ssl, place_index()));
  if (place == nullptr) return 0;
  Sessions& sessions = *place->sessions;
  if (sessions.size() >= remembered_hosts && !sessions.contains(place->host_and_port)) {
    sessions.erase(sessions.begin());
  }
  sessions[place->host_and_port].reset(session);
  return 1;  // the reference is ours now
}

std::unique_ptr<boost::asio::ssl::context> new_context(boost::asio::ssl::context::method method) {
  auto context = std::make_unique<boost::asio::ssl::context>(method);
  SSL_CTX* ctx = context->native_handle();
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);  // RFC 8996
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  return context;
}

Result<std::unique_ptr<boost::asio::ssl::context>> server_context(
    const std::filesystem::path& certificate, const std::filesystem::path& key) {
  auto context = new_context(boost::asio::ssl::context::tls_server);
  SSL_CTX* ctx = context->native_handle();
  static constexpr unsigned char id[] = "todoku";  // sessions are refused without a context id
  SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1);
  SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
  ERR_clear_error();
  const bool is_good =
      SSL_CTX_use_certificate_chain_file(ctx, certificate.string().c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(ctx, key.string().c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(ctx) == 1;
  ERR_clear_error();
  if (!is_good) return make_error_code(error::bad_certificate);
  return context;
}

}  // namespace

Result<std::unique_ptr<ServerTls>> ServerTls::from_files(const std::filesystem::path& certificate,
                                                         const std::filesystem::path& key) {
  auto context = server_context(certificate, key);
  if (!context) return context.error();
  auto tls = std::make_unique<ServerTls>();
  tls->context_ = std::move(*context);
  return tls;
}

// Live connections keep the old context alive: OpenSSL counts its users.
error_code ServerTls::reload(const std::filesystem::path& certificate,
                             const std::filesystem::path& key) {
  auto context = server_context(certificate, key);
  if (!context) return context.error();
  context_ = std::move(*context);
  return {};
}

struct ClientTls::Impl {
  std::unique_ptr<boost::asio::ssl::context> context =
      new_context(boost::asio::ssl::context::tls_client);
  Sessions sessions;
};

ClientTls::~ClientTls() = default;

Result<std::unique_ptr<ClientTls>> ClientTls::make(const std::filesystem::path& extra_ca) {
  auto tls = std::make_unique<ClientTls>();
  tls->impl_ = std::make_unique<Impl>();
  boost::asio::ssl::context& context = *tls->impl_->context;
  error_code code;
  // A system without roots still has the extra CA.
  if (const auto directory = platform::hashed_root_directory()) {
    context.add_verify_path(directory->string(), code);
  } else {
    context.set_default_verify_paths(code);
  }
  context.set_verify_mode(boost::asio::ssl::verify_peer);
  if (!extra_ca.empty()) {
    std::error_code ignored;
    if (!std::filesystem::exists(extra_ca, ignored))
      return make_error_code(boost::system::errc::no_such_file_or_directory);
    context.load_verify_file(extra_ca.string(), code);
    if (code) return make_error_code(error::bad_certificate);
  }
  SSL_CTX* ctx = context.native_handle();
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, keep_session);
  return tls;
}

boost::asio::ssl::context& ClientTls::context() {
  return *impl_->context;
}

void ClientTls::prepare(void* ssl, const std::string& host_and_port) {
  auto* handle = static_cast<SSL*>(ssl);
  auto place = std::make_unique<Place>(Place{&impl_->sessions, host_and_port});
  if (SSL_set_ex_data(handle, place_index(), place.get()) == 1) place.release();
  const auto found = impl_->sessions.find(host_and_port);
  if (found != impl_->sessions.end()) SSL_set_session(handle, found->second.get());
}

}  // namespace todoku::net
