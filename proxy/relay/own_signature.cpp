// SPDX-License-Identifier: Apache-2.0
#include "proxy/relay/own_signature.hpp"

#include "classifier/mail/header_scanner.hpp"
#include "proxy/net/start.hpp"

#include <chrono>
#include <utility>

namespace todoku::relay {

namespace asio = boost::asio;

namespace {

// About a millisecond of hashing: between two of them others have their turn.
constexpr std::size_t piece_size = 128UL * 1024;
constexpr wire::Duration turn_of_others{0};

std::chrono::seconds time_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

asio::awaitable<Result<std::string>> signature_field(const OwnSignature& signature,
                                                     std::shared_ptr<store::Body> body,
                                                     std::size_t max_header,
                                                     asio::any_io_executor executor) {
  using Scan = mail::HeaderScanner::State;
  mail::HeaderScanner header(max_header);
  mailauth::DkimBodyHash hash(signature.signer.body_form);
  std::uint64_t offset = 0;
  for (bool is_last = false; !is_last;) {
    const auto piece = co_await body->read(offset, piece_size);
    if (piece.has_error()) co_return piece.error();
    if (piece->is_abandoned) co_return asio::error::operation_aborted;
    auto bytes = piece->bytes;
    offset += bytes.size();
    is_last = piece->is_last;
    if (header.state() == Scan::reading) bytes.remove_prefix(header.feed(bytes));
    if (is_last) header.finish();
    if (header.state() == Scan::too_large) co_return std::string();
    if (header.state() == Scan::complete && header.is_signed()) co_return std::string();
    hash.add(bytes);
    if (!is_last) co_await net::pause(executor, turn_of_others);
  }
  const auto digest = hash.finish();
  co_return mailauth::dkim_signature_field(signature.signer, signature.key, header.bytes(), digest,
                                           time_now());
}

}  // namespace todoku::relay
