// SPDX-License-Identifier: Apache-2.0
#pragma once

// What each command takes, told to CLI11. The options are filled by the parse and outlive the app.
#include "proxy/cli/options.hpp"

namespace CLI {
class App;
}

namespace todoku::cli {

void declare_serve(CLI::App& app, ServeOptions& options);
void declare_demo(CLI::App& app, DemoOptions& options);
void declare_messages(CLI::App& app, MessagesOptions& options);
void declare_relays(CLI::App& app, RelaysOptions& options);
void declare_secret(CLI::App& app, SecretOptions& options);
void declare_setup(CLI::App& app, SetupOptions& options);
void declare_explain(CLI::App& app, ExplainOptions& options);
void declare_check_address(CLI::App& app, CheckAddressOptions& options);
void declare_check(CLI::App& app, CheckOptions& options);
void declare_config(CLI::App& app, ConfigCheckOptions& options);

}  // namespace todoku::cli
