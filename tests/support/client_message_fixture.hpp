// SPDX-License-Identifier: Apache-2.0
#pragma once

// One message after another to a scripted relay.
#include "tests/support/client_script.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace todoku::smtp::testing {

using Result = Exchange::Result;

inline const char* const all = "PIPELINING;CHUNKING;8BITMIME";
inline const std::string mail = "MAIL FROM:<hana@a.test>\r\n";
inline const std::string one = "RCPT TO:<one@b.test>\r\n";
inline const std::string two = "RCPT TO:<two@b.test>\r\n";
inline const char* const ok3 = "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 queued\r\n";

// Plays it whole and byte by byte, and holds the script to the letter.
class ClientMessage : public ::testing::Test {
 protected:
  Exchange exchange(const std::string& keywords, const Script& turns, std::vector<Order> orders) {
    Exchange out;
    for (const bool byte_by_byte : {true, false}) {
      dialogue_ = std::make_unique<ClientDialogue>(options_);
      relay_ = std::make_unique<ScriptedRelay>(after_hello(keywords, turns), orders);
      relay_->run(*dialogue_, {byte_by_byte});
      EXPECT_EQ(relay_->mismatch(), "");
      EXPECT_TRUE(relay_->played_out());
      EXPECT_TRUE(dialogue_->exchange());
      const Exchange now = dialogue_->exchange().value_or(Exchange{});
      if (!byte_by_byte) {
        EXPECT_EQ(now.result, out.result);
        EXPECT_EQ(now.reply, out.reply);
      }
      out = now;
    }
    return out;
  }

  ClientOptions options_ = clear_text();
  std::unique_ptr<ClientDialogue> dialogue_;
  std::unique_ptr<ScriptedRelay> relay_;
};

}  // namespace todoku::smtp::testing
