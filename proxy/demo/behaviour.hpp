// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sandbox provider answers, by the recipient's local part at sandbox.test. Pure data and
// functions: no socket, no clock. The texts are what real mail servers say, in their English; what
// people read about them stands in config/messages, section [demo].
#include "proxy/smtp/reply.hpp"
#include "proxy/wire/dialogue.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace todoku::demo {

inline constexpr std::string_view sandbox_domain = "sandbox.test";
inline constexpr std::string_view sandbox_user = "demo@sandbox.test";
inline constexpr std::string_view wrong_password = "wrong";  // the one that is refused

enum class Conduct : std::uint8_t {
  accept,           // takes the message
  refuse,           // refuses the recipient
  refuse_if_large,  // refuses a message above large_message
  accept_slowly,    // takes its time, then accepts
  refuse_once,      // refuses for now, accepts the second try
  elsewhere,        // not an address of the sandbox: refused, since nothing leaves this PC
};

struct Behaviour {
  std::string_view local_part;
  Conduct conduct = Conduct::accept;
  int code = 250;
  std::string_view status;
  std::string_view text;  // {address} stands for the recipient
  std::string_view name;  // the end of its keys: demo.does_NAME, demo.means_NAME
};

inline constexpr std::uint64_t large_message = 10 * 1024;  // bytes
inline constexpr wire::Duration slow_recipient{3'000};     // before the answer to RCPT
inline constexpr wire::Duration slow_end{5'000};           // before the answer to the final dot

// The table, in the order in which people read it.
[[nodiscard]] std::span<const Behaviour> behaviours();
// The row for an address: the local part in any case, with or without "+detail". Unknown local
// parts behave like ok, other domains like Conduct::elsewhere.
[[nodiscard]] const Behaviour& behaviour_of(std::string_view address);
[[nodiscard]] std::string address_of(const Behaviour& behaviour);

// The answer to RCPT. declared_size: SIZE= of MAIL. is_repeat: the same sender tried this address
// before.
[[nodiscard]] smtp::Reply recipient_reply(std::string_view address,
                                          std::optional<std::uint64_t> declared_size,
                                          bool is_repeat);
// The refusal that this recipient has for a whole message of so many bytes, if it has one.
[[nodiscard]] std::optional<smtp::Reply> refusal_at_end(std::string_view address,
                                                        std::uint64_t bytes);

}  // namespace todoku::demo
