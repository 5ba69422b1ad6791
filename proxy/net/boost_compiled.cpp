// SPDX-License-Identifier: Apache-2.0
// Asio's and Asio SSL's function bodies, compiled here and nowhere else.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
