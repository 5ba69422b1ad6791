// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who seems to have sent a message, by its header: a mail server, a program, a person. Pure.
#include "classifier/mail/header.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace todoku::report {

enum class Sender : std::uint8_t {
  mail_server,  // MAILER-DAEMON and its kin, or the null return path
  unknown,      // nothing speaks for a person
  person,       // answers or forwards
};

[[nodiscard]] Sender sender_of(const mail::Header& header, std::string_view subject);

// Subjects that tell of a failure or a delay, in the languages that servers write.
[[nodiscard]] bool tells_of_failure(std::string_view subject);
[[nodiscard]] bool tells_of_delay(std::string_view subject);

// RFC 3834: an automatic answer, by header field or by subject.
[[nodiscard]] bool has_automatic_field(const mail::Header& header);
[[nodiscard]] bool has_automatic_subject(std::string_view subject);

}  // namespace todoku::report
