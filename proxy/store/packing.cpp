// SPDX-License-Identifier: Apache-2.0
// Values to bytes and back.
#include "proxy/store/packing.hpp"

namespace todoku::store {

void Packer::number(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  bytes_ += static_cast<char>(value);
}

void Packer::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
}

std::uint64_t Unpacker::number() {
  std::uint64_t value = 0;
  for (unsigned int shift = 0; shift < 64; shift += 7) {
    if (left_.empty()) break;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  is_damaged_ = true;
  return 0;
}

std::string Unpacker::text() {
  const auto size = number();
  if (size > left_.size()) {
    is_damaged_ = true;
    return {};
  }
  std::string value(left_.substr(0, size));
  left_.remove_prefix(size);
  return value;
}

std::size_t Unpacker::count() {
  const auto value = number();
  if (value <= left_.size()) return value;
  is_damaged_ = true;
  return 0;
}

namespace {

void put(Packer& packer, const smtp::Reply& reply) {
  packer.number(static_cast<std::uint64_t>(reply.code));
  packer.text(reply.status);
  packer.text(reply.text);
}

smtp::Reply reply_from(Unpacker& unpacker) {
  smtp::Reply reply;
  reply.code = static_cast<int>(unpacker.number() % 1000);
  reply.status = unpacker.text();
  reply.text = unpacker.text();
  return reply;
}

void put(Packer& packer, Time time) {
  packer.number(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}

Time time_from(Unpacker& unpacker) {
  return Time(std::chrono::milliseconds(static_cast<std::int64_t>(unpacker.number())));
}

void put(Packer& packer, const smtp::Envelope& envelope) {
  packer.text(envelope.sender);
  packer.number(envelope.declared_size ? *envelope.declared_size + 1 : 0);
  packer.number(static_cast<std::uint64_t>(envelope.body));
  packer.number(envelope.smtputf8 ? 1 : 0);
  packer.text(envelope.ret);
  packer.text(envelope.envelope_id);
}

void read(Unpacker& unpacker, smtp::Envelope& envelope) {
  envelope.sender = unpacker.text();
  const auto size = unpacker.number();
  if (size > 0) envelope.declared_size = size - 1;
  envelope.body = static_cast<smtp::BodyType>(unpacker.number() % 3);
  envelope.smtputf8 = unpacker.number() != 0;
  envelope.ret = unpacker.text();
  envelope.envelope_id = unpacker.text();
}

// An outcome's address is written only where it is not the envelope's own.
bool is_address_of(const smtp::Envelope& envelope, std::size_t i, std::string_view address) {
  return i < envelope.recipients.size() && envelope.recipients[i].address == address;
}

void read_recipients(Unpacker& unpacker, smtp::Envelope& envelope) {
  const auto count = unpacker.count();
  for (std::size_t i = 0; i < count && !unpacker.is_damaged(); ++i) {
    smtp::Recipient recipient;
    recipient.address = unpacker.text();
    recipient.notify = unpacker.text();
    recipient.original_recipient = unpacker.text();
    envelope.recipients.push_back(std::move(recipient));
  }
}

}  // namespace

std::string pack(const StoredMessage& message) {
  Packer packer;
  packer.text(message.user);
  packer.text(message.message_id_header);
  packer.text(message.subject);
  packer.text(message.notice_about);
  put(packer, message.envelope);
  packer.number(message.envelope.recipients.size());
  for (const auto& recipient : message.envelope.recipients) {
    packer.text(recipient.address);
    packer.text(recipient.notify);
    packer.text(recipient.original_recipient);
  }
  packer.number(message.outcomes.size());
  for (std::size_t i = 0; i < message.outcomes.size(); ++i) {
    const auto& outcome = message.outcomes[i];
    packer.text(is_address_of(message.envelope, i, outcome.address) ? "" : outcome.address);
    packer.number(static_cast<std::uint64_t>(outcome.state));
    put(packer, outcome.reply);
  }
  packer.text(message.from_address);
  packer.number(message.is_signed ? 1 : 0);
  return packer.take();
}

bool unpack(std::string_view bytes, StoredMessage& into) {
  Unpacker unpacker(bytes);
  into.user = unpacker.text();
  into.message_id_header = unpacker.text();
  into.subject = unpacker.text();
  into.notice_about = unpacker.text();
  read(unpacker, into.envelope);
  read_recipients(unpacker, into.envelope);
  const auto count = unpacker.count();
  for (std::size_t i = 0; i < count && !unpacker.is_damaged(); ++i) {
    delivery::RecipientOutcome outcome;
    outcome.address = unpacker.text();
    if (outcome.address.empty() && i < into.envelope.recipients.size()) {
      outcome.address = into.envelope.recipients[i].address;
    }
    outcome.state = static_cast<delivery::RecipientState>(unpacker.number() % 5);
    outcome.reply = reply_from(unpacker);
    into.outcomes.push_back(std::move(outcome));
  }
  if (unpacker.has_more()) into.from_address = unpacker.text();
  into.is_signed = !unpacker.has_more() || unpacker.number() != 0;  // of an older row: to be safe
  return !unpacker.is_damaged();
}

std::string pack(const delivery::Attempt& attempt) {
  Packer packer;
  packer.text(attempt.relay);
  packer.number(static_cast<std::uint64_t>(attempt.phase));
  put(packer, attempt.reply);
  packer.number(static_cast<std::uint64_t>(attempt.obstacle));
  packer.text(attempt.detail);
  packer.number(static_cast<std::uint64_t>(attempt.took.count()));
  return packer.take();
}

bool unpack(std::string_view bytes, delivery::Attempt& into) {
  Unpacker unpacker(bytes);
  into.relay = unpacker.text();
  into.phase = static_cast<smtp::Phase>(unpacker.number() % 10);
  into.reply = reply_from(unpacker);
  into.obstacle = static_cast<delivery::Obstacle>(unpacker.number() % 12);
  into.detail = unpacker.text();
  into.took = std::chrono::milliseconds(unpacker.number());
  return !unpacker.is_damaged();
}

std::string pack(const Pairs& pairs) {
  Packer packer;
  packer.number(pairs.size());
  for (const auto& [name, value] : pairs) {
    packer.text(name);
    packer.text(value);
  }
  return packer.take();
}

bool unpack(std::string_view bytes, Pairs& into) {
  Unpacker unpacker(bytes);
  const auto count = unpacker.count();
  for (std::size_t i = 0; i < count && !unpacker.is_damaged(); ++i) {
    auto name = unpacker.text();
    auto value = unpacker.text();
    into.emplace_back(std::move(name), std::move(value));
  }
  return !unpacker.is_damaged();
}

std::string pack(const delivery::RememberedPath& path) {
  Packer packer;
  packer.text(path.relay);
  packer.text(path.domain);
  packer.text(path.fallback);
  for (const auto time : {path.since, path.until, path.next_probe}) put(packer, time);
  packer.number(path.evidence.size());
  for (const auto& one : path.evidence) {
    put(packer, one.at);
    packer.text(one.message_id);
    packer.number(static_cast<std::uint64_t>(one.cause));
    packer.text(one.reply);
  }
  return packer.take();
}

bool unpack(std::string_view bytes, delivery::RememberedPath& into) {
  Unpacker unpacker(bytes);
  into.relay = unpacker.text();
  into.domain = unpacker.text();
  into.fallback = unpacker.text();
  for (auto* time : {&into.since, &into.until, &into.next_probe}) *time = time_from(unpacker);
  const auto count = unpacker.count();
  for (std::size_t i = 0; i < count && !unpacker.is_damaged(); ++i) {
    delivery::PathEvidence one;
    one.at = time_from(unpacker);
    one.message_id = unpacker.text();
    one.cause = static_cast<delivery::FallbackCause>(unpacker.number() % 4);
    one.reply = unpacker.text();
    into.evidence.push_back(std::move(one));
  }
  return !unpacker.is_damaged();
}

}  // namespace todoku::store
