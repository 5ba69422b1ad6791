// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that a check looks at: the message, read once for all of them, and what is known around it.
// The references live for the time of judge(). Floor 0.
#include "proxy/checks/facts.hpp"
#include "proxy/checks/lists.hpp"
#include "proxy/checks/people.hpp"
#include "proxy/checks/watched_words.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/skeleton/skeleton.hpp"
#include "proxy/smtp/envelope.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace todoku::checks {

// What several checks need of the message, which lives as long.
struct Reading {
  Reading() = default;
  Reading(const skeleton::Skeleton& skeleton, const Lists& lists);
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  std::size_t text_part = skeleton::Part::no_parent;  // the first plain text that is no attachment
  std::size_t html_part = skeleton::Part::no_parent;
  std::string subject;        // decoded
  std::string_view own_text;  // what was written now: the plain text's words, else the HTML's
  std::vector<Mailbox> from, reply_to, to, cc;
  bool is_reply = false;
  bool is_sealed = false;  // encrypted: its parts say nothing

 private:
  std::string own_storage_;  // of own_text, where it is no piece of the message
};

struct Subject {
  const skeleton::Skeleton& skeleton;
  const Reading& reading;
  const smtp::Envelope& envelope;
  const Facts& facts;
  const settings::Checks& settings;
  const Lists& lists;
  const WatchedWords& watched;

  // The sender's own domain or one of internal_domains, or below them.
  [[nodiscard]] bool is_internal(std::string_view address) const;
  // Recipients outside, by envelope.
  [[nodiscard]] std::vector<std::string> external_recipients() const;
};

// For parameters: "a, b, c (+4)", the first few and how many more.
[[nodiscard]] std::string joined(const std::vector<std::string>& items, std::size_t most = 5);

}  // namespace todoku::checks
