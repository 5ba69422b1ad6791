// SPDX-License-Identifier: Apache-2.0
#pragma once

// For std::unique_ptr: a handle of a C library, released by that library's own function.
//   using Key = std::unique_ptr<EVP_PKEY, wire::Freed<EVP_PKEY_free>>;

namespace todoku::wire {

template <auto release>
struct Freed {
  template <class T>
  void operator()(T* handle) const {
    release(handle);
  }
};

}  // namespace todoku::wire
