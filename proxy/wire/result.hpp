// SPDX-License-Identifier: Apache-2.0
#pragma once

// The project's one error vocabulary: a value or an error_code (Asio's own), no third thing.
// Expected outcomes (refused, later, not yet) are values, not errors.
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace todoku {

using boost::system::error_code;

template <class T>
using Result = boost::system::result<T>;

}  // namespace todoku
