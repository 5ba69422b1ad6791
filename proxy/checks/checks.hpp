// SPDX-License-Identifier: Apache-2.0
#pragma once

// The checks, one file each: what they see in a message goes to the end of found. Each may throw;
// judge() turns that into a note. Pure, any thread.
#include "proxy/checks/finding.hpp"
#include "proxy/checks/subject.hpp"

namespace todoku::checks {

void check_size(const Subject& subject, Findings& found);  // size_upstream, _recipient, _own
void check_lines(const Subject& subject, Findings& found);
void check_characters(const Subject& subject, Findings& found);
void check_structure(const Subject& subject, Findings& found);
void check_sender(const Subject& subject, Findings& found);
void check_html(const Subject& subject, Findings& found);  // html, missing_text
void check_forgotten(const Subject& subject, Findings& found);
void check_files(const Subject& subject, Findings& found);  // risky, encrypted, empty, winmail
void check_scan(const Subject& subject, Findings& found);   // virus
void check_recipients(const Subject& subject,
                      Findings& found);  // mistyped, many, new, blocked, external
void check_company(const Subject& subject, Findings& found);
void check_words(const Subject& subject, Findings& found);    // keywords, own_password, wording
void check_account(const Subject& subject, Findings& found);  // same_again, rate, rise, auth

// What can be said before the message itself is there.
void check_declared_size(const Subject& subject, Findings& found);       // at MAIL and RCPT
void check_blocked_recipients(const Subject& subject, Findings& found);  // at RCPT
void check_mistyped(const Subject& subject, Findings& found);            // at RCPT

}  // namespace todoku::checks
