// SPDX-License-Identifier: Apache-2.0
#pragma once

// A signature of our own (DKIM) for a message that goes by a fallback relay: with it the message is
// aligned with its sender's domain, whatever server it comes from. I/O thread.
#include "proxy/mailauth/dkim_sign.hpp"
#include "proxy/store/body.hpp"
#include "proxy/wire/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace todoku::relay {

struct OwnSignature {
  mailauth::DkimSigner signer;
  mailauth::DkimPrivateKey key;
};

// The field that stands in front of the whole message; waits until all of it is there. Empty =
// it is not to be signed: it is signed already (bytes are sacred), or has no header section of at
// most max_header bytes. Errors: it cannot be read, or never becomes whole (operation_canceled).
boost::asio::awaitable<Result<std::string>> signature_field(const OwnSignature& signature,
                                                            std::shared_ptr<store::Body> body,
                                                            std::size_t max_header,
                                                            boost::asio::any_io_executor executor);

}  // namespace todoku::relay
