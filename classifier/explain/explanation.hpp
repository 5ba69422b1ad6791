// SPDX-License-Identifier: Apache-2.0
#pragma once

// What happened to a message, put into words: codes and parameters in, sentences out. Pure, floor
// 0; knows no rules and no reports. The words are those of config/messages. Any thread.
#include "classifier/explain/messages.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::explain {

// What is to be explained. The views must live for the call; what is not known is empty.
struct Subject {
  std::string_view kind;           // "bounce", "delayed", "delivered", "auto-reply", ...
  std::string_view cause;          // "user-unknown", a name of classifier/cause.hpp
  std::string_view who_acts;       // "sender-provider"
  std::string_view second;         // another cause that it may be
  std::string_view provider_case;  // "gmail-5.7.26"
  std::string_view reply;          // "550": told when the cause says nothing
  bool reason_hidden = false;      // the server is known to hide its real reason
  Parameters parameters;           // "recipient", "ip", "blocklist", ...; as the server wrote them
};

struct Explanation {
  std::string title;
  std::string what_happened;
  std::string whose_side;
  std::vector<std::string> what_to_do;  // in this order
  std::string how_long;
  std::vector<std::string> do_not;
};

Explanation explain(const Catalog& catalog, const Subject& subject);

// An explanation that stands in the catalog below one key: "situation.sends-not-receives".
Explanation explain_key(const Catalog& catalog, const std::string& key);

// The sentence behind "section.name" with parameters, or nothing when it is not there.
std::string sentence_if_any(const Catalog& catalog, const std::string& key,
                            const Parameters& parameters = {});

// Values as people read them: "10485760" -> "10 MB", "300 seconds" in the catalog's language,
// nothing but one line of at most 200 bytes.
Parameters readable(const Catalog& catalog, const Parameters& parameters);

}  // namespace todoku::explain
