// SPDX-License-Identifier: Apache-2.0
#pragma once

// todoku serve: the proxy in the foreground until SIGINT or SIGTERM.
#include "classifier/explain/messages.hpp"
#include "proxy/platform/log.hpp"
#include "proxy/settings/settings.hpp"

#include <memory>

namespace todoku::cli {

// A broken pipe and a file-size limit are errors of write(), not the end of the process.
void ignore_broken_pipes();

// The log as the settings want it.
std::unique_ptr<platform::Log> make_log(const settings::Settings& settings);

// Returns the exit code (sysexits.h). Both outlive the call.
int run_serve(const settings::Settings& settings, const explain::Catalog& catalog);

}  // namespace todoku::cli
