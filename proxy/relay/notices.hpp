// SPDX-License-Identifier: Apache-2.0
#pragma once

// The mails that Todoku writes itself: a message was returned, or waits for long (RFC 3464). They
// are messages of the queue like others, but never returned themselves. Values in, values out.
#include "proxy/delivery/states.hpp"
#include "proxy/delivery/verdict.hpp"
#include "proxy/relay/aftermath.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/store/records.hpp"

#include <functional>
#include <string>

namespace todoku::relay {

using Say = std::function<std::string(const delivery::Sentence&)>;

struct Notice {
  store::StoredMessage record;
  std::string bytes;
};
// header: of the message that it is about. The record is due after notice_mail_after.
[[nodiscard]] Notice notice_about(const store::StoredMessage& message, const Aftermath& aftermath,
                                  const std::string& header, const settings::Settings& settings,
                                  const Say& say, store::Time now, std::string id);
// Some servers refuse the null sender: then once more with the user's own address.
void try_again_with_own_sender(store::StoredMessage& notice, Aftermath& aftermath, store::Time now);

}  // namespace todoku::relay
