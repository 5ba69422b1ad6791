// SPDX-License-Identifier: Apache-2.0
#pragma once

// What can go wrong on a connection beyond the system's own errors. The one category of this
// folder.
#include "proxy/wire/result.hpp"

#include <type_traits>

namespace todoku::net {

enum class error {
  timed_out = 1,     // the limit given with expires_after passed
  interrupted,       // Stream::interrupt woke a read
  tls_failed,        // handshake or record error; Stream::tls_problem tells
  bad_certificate,   // a PEM file cannot be used: unreadable, empty, or does not fit its key
  name_not_literal,  // a listening address is neither an address nor "localhost"
};

const boost::system::error_category& category();
error_code make_error_code(error code);

}  // namespace todoku::net

template <>
struct boost::system::is_error_code_enum<todoku::net::error> : std::true_type {};
