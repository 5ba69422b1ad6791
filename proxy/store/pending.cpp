// SPDX-License-Identifier: Apache-2.0
// Memory of changes that wait for the disk.
#include "proxy/store/pending.hpp"

#include <algorithm>

namespace todoku::store {

namespace {

constexpr std::size_t bytes_of_a_row = 500;  // a value with its short texts

std::size_t texts_of(const StoredMessage& message) {
  std::size_t bytes = message.subject.size() + message.message_id_header.size();
  for (const auto& outcome : message.outcomes) {
    bytes += 2 * outcome.address.size() + outcome.reply.text.size() + sizeof(outcome);
  }
  return bytes + message.envelope.recipients.size() * sizeof(smtp::Recipient);
}

}  // namespace

std::size_t bytes_of(const Changes& changes) {
  std::size_t bytes = changes.size() * bytes_of_a_row;
  for (const auto& change : changes) {
    if (const auto* body = std::get_if<PutBody>(&change)) bytes += body->bytes.size();
    if (const auto* put = std::get_if<PutMessage>(&change)) {
      bytes += texts_of(put->message) + (put->copy ? put->copy->size() : 0);
    }
    if (const auto* add = std::get_if<AddAttempt>(&change)) {
      bytes += add->attempt.attempt.reply.text.size();
    }
  }
  return bytes;
}

void drop_copies(Changes& changes) {
  for (auto& change : changes) {
    if (auto* put = std::get_if<PutMessage>(&change)) put->copy.reset();
  }
}

bool concerns_open_mail(const Changes& changes) {
  return std::ranges::any_of(changes, [](const Change& change) {
    const auto* put = std::get_if<PutMessage>(&change);
    if (put != nullptr)
      return put->message.has_our_250 || !delivery::is_settled(put->message.state);
    return std::holds_alternative<DropMessage>(change) ||
           std::holds_alternative<AnswerRequest>(change);
  });
}

}  // namespace todoku::store
