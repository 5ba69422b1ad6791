// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exit codes of sysexits.h by their names; written out because Windows lacks the header.
namespace todoku::cli {

constexpr int exit_ok = 0;
constexpr int exit_usage = 64;          // EX_USAGE: wrong options
constexpr int exit_data = 65;           // EX_DATAERR: the input data is wrong
constexpr int exit_no_input = 66;       // EX_NOINPUT: a named file cannot be read
constexpr int exit_no_host = 68;        // EX_NOHOST: a host name does not exist
constexpr int exit_unavailable = 69;    // EX_UNAVAILABLE: a needed service is not there
constexpr int exit_software = 70;       // EX_SOFTWARE: a bug in Todoku
constexpr int exit_os = 71;             // EX_OSERR: the system refused
constexpr int exit_cannot_create = 73;  // EX_CANTCREAT: a file or folder cannot be made
constexpr int exit_io = 74;             // EX_IOERR: reading or writing failed
constexpr int exit_try_later = 75;      // EX_TEMPFAIL: may work later
constexpr int exit_no_permission = 77;  // EX_NOPERM: not allowed
constexpr int exit_config = 78;         // EX_CONFIG: mistakes in the settings

}  // namespace todoku::cli
