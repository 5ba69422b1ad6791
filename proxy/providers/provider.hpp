// SPDX-License-Identifier: Apache-2.0
#pragma once

// One provider of mailboxes or of submission servers. Plain data, as config/providers/README.md
// describes it; what is absent is not known.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace todoku::providers {

enum class Kind : std::uint8_t {
  mailbox,  // a mail service of its own: Gmail
  carrier,  // of a mobile network
  access,   // of an internet access provider
  hosting,  // with the customer's own domain, on a rented server
  sending   // for programs that send much
};

// Where a fact stands.
struct Source {
  std::string page;     // URL
  std::string checked;  // "2026-11-27": the day the page was read; empty: general knowledge
};

enum class Security : std::uint8_t {
  starttls,
  tls  // from the first byte
};

struct Endpoint {
  std::uint16_t port = 0;
  Security security = Security::tls;
};

// A server for the customers' programs.
struct Server {
  std::string host;                 // may hold one "*" for the part that differs by customer
  std::vector<Endpoint> endpoints;  // TLS first
  Source source;
};

// The largest message.
struct SizeLimit {
  enum class Counts : std::uint8_t {
    message,     // all of it, encoded as it is sent
    attachments  // the files, before they are encoded
  };
  std::uint64_t bytes = 0;
  Counts counts = Counts::message;
  Source source;
};

struct RateLimit {
  enum class Counts : std::uint8_t {
    messages,
    recipients
  };
  enum class Per : std::uint8_t {
    message,
    minute,
    hour,
    day
  };
  std::uint32_t count = 0;
  Counts counts = Counts::messages;
  Per per = Per::day;
  std::string whom;  // for whom, when not for everyone: a plan; English
  Source source;
};

struct Provider {
  std::string id;  // the file's name without its ending
  std::string name_ja, name_en;
  Kind kind = Kind::mailbox;
  std::vector<std::string> domains;     // of mailboxes; "*.ocn.ne.jp": names below it
  std::vector<std::string> exchangers;  // names of MX hosts, with one "*"
  std::optional<Server> submission, imap, pop;
  std::optional<SizeLimit> sends;  // for its own customers
  std::optional<SizeLimit> takes;  // from others
  std::vector<RateLimit> rates;    // for its own customers
  std::string spf;                 // what a customer's domain puts behind "include:"; or empty
  std::string desk;                // page with help or a contact form; or empty
  std::vector<Source> sources;     // all that the file names
};

}  // namespace todoku::providers
