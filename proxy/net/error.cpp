// SPDX-License-Identifier: Apache-2.0
// The words for this folder's errors.
#include "proxy/net/error.hpp"

#include <string>

namespace todoku::net {
namespace {

class Category : public boost::system::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "net"; }
  [[nodiscard]] std::string message(int code) const override {
    switch (static_cast<error>(code)) {
      case error::timed_out:
        return "no answer within the time limit";
      case error::interrupted:
        return "interrupted";
      case error::tls_failed:
        return "TLS failed";
      case error::bad_certificate:
        return "the certificate or key file is not usable";
      case error::name_not_literal:
        return "not an IP address of this machine";
    }
    return "unknown error";
  }
};

}  // namespace

const boost::system::error_category& category() {
  static const Category instance;  // stateless; error_category objects are compared by address
  return instance;
}

error_code make_error_code(error code) {
  return {static_cast<int>(code), category()};
}

}  // namespace todoku::net
