// SPDX-License-Identifier: Apache-2.0
#pragma once

// A message of two parts, for the tests of its skeleton.
#include <string_view>

namespace todoku::skeleton {

inline constexpr std::string_view two_parts =
    "From: a@minato.example\r\n"
    "Subject: two\r\n parts\r\n"
    "Content-Type: multipart/mixed; boundary=\"b:1\"\r\n"
    "\r\n"
    "for old programs\r\n"
    "--b:1\r\n"
    "Content-Type: text/plain; charset=iso-2022-jp\r\n"
    "\r\n"
    "\x1b$B$\"\x1b(B\r\n"
    "--b:1\r\n"
    "Content-Type: application/pdf; name*0*=utf-8''%E8%A1%A8; name*1=.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: ATTACHMENT\r\n"
    "\r\n"
    "JVBERi0x\r\nLjQ=\r\n"
    "--b:1--  \r\n"
    "epilogue\r\n";

}  // namespace todoku::skeleton
