// SPDX-License-Identifier: Apache-2.0
#pragma once

// Makes the DKIM-Signature field of a message that goes out (RFC 6376, RFC 8463), after all other
// edits. Pure: the time is an argument.
#include "proxy/mailauth/dkim_canonical.hpp"
#include "proxy/mailauth/dkim_key.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace todoku::mailauth {

struct DkimSigner {
  std::string domain;    // d=
  std::string selector;  // s=
  DkimForm header_form = DkimForm::relaxed;
  DkimForm body_form = DkimForm::relaxed;
};

// header: the whole section as it goes out. body_hash: of DkimBodyHash in the same body_form. The
// field with its CRLF, to stand in front of the header; empty = the key cannot sign.
[[nodiscard]] std::string dkim_signature_field(const DkimSigner& signer, const DkimPrivateKey& key,
                                               std::string_view header, std::string_view body_hash,
                                               std::chrono::seconds now);

}  // namespace todoku::mailauth
