// SPDX-License-Identifier: Apache-2.0
// One line for each message; what comes next stands below it, so that 80 columns are enough.
#include "proxy/cli/messages_list.hpp"

#include "proxy/demo/layout.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace todoku::cli {

namespace {

using delivery::MessageState;
using States = std::vector<MessageState>;

constexpr std::size_t usual_limit = 50;
constexpr std::size_t usual_settled = 10;
constexpr std::size_t page = 500;  // messages fetched at once
constexpr std::size_t gap = 2;     // spaces between columns

const States& all_states() {
  static const States states{
      MessageState::arriving, MessageState::sending,  MessageState::waiting,
      MessageState::held,     MessageState::unknown,  MessageState::sent,
      MessageState::refused,  MessageState::returned, MessageState::discarded};
  return states;
}

States states_named(const std::vector<std::string>& names) {
  States found;
  for (const auto state : all_states()) {
    if (std::ranges::find(names, delivery::to_string(state)) != names.end()) found.push_back(state);
  }
  return found;
}

// Adds at most so many; in pages, so that a long history does not stand in memory twice.
error_code add(store::Reader& reader, const MessagesOptions& options, const States& states,
               std::size_t limit, MessageList& list) {
  store::ListFilter filter;
  filter.states = states;
  filter.account = options.account.value_or("");
  std::size_t added = 0;
  for (;;) {
    filter.limit = std::min(page, limit - added + 1);
    auto found = reader.list(filter);
    if (found.has_error()) return found.error();
    for (auto& message : *found) {
      if (added == limit) {
        list.has_more = true;
        return {};
      }
      filter.before = message.id;
      list.messages.push_back(std::move(message));
      ++added;
    }
    if (found->size() < filter.limit) return {};
  }
}

struct Row {
  std::array<std::string, 5> cells;               // id, state, arrived, recipients, subject
  const store::StoredMessage* message = nullptr;  // of the list; nothing = the heading
};

Row row_of(const Look& look, const store::StoredMessage& message) {
  return {{message.id, state_word(look, message), time_text(look, message.arrived),
           recipients_text(look, message), subject_text(look, message)},
          &message};
}

using Widths = std::array<std::size_t, 5>;

// The first three as wide as they are; recipients and subject share what is left of the terminal.
Widths widths_of(const Look& look, const std::vector<Row>& rows) {
  Widths widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], demo::display_width(row.cells[i]));
  }
  const std::size_t before = widths[0] + widths[1] + widths[2] + 4 * gap;
  constexpr std::size_t least = 24;
  if (look.columns == 0 || before + widths[3] + widths[4] <= look.columns) return widths;
  const auto left = std::max(least, look.columns - std::min(look.columns, before));
  const auto subject = std::min(widths[4], left / 2);
  widths[3] = std::min(widths[3], left - subject);
  widths[4] = left - widths[3];
  return widths;
}

std::string line_of(const Look& look, const Row& row, const Widths& widths, Colour state_colour) {
  std::string line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const bool is_last = i + 1 == widths.size();
    auto text = cut(row.cells[i], widths[i]);
    if (i == 3 && row.message != nullptr) text = recipients_text(look, *row.message, widths[i]);
    const auto cell = is_last ? text : demo::padded(text, widths[i] + gap);
    line += i == 1 ? coloured(look, state_colour, cell) : cell;
  }
  return line + "\n";
}

std::string closing_text(const Look& look, const MessageList& list) {
  std::string out;
  const auto waits = [](const store::StoredMessage& message) {
    return message.state == MessageState::waiting;
  };
  const auto asks = [](const store::StoredMessage& message) {
    return message.waits_for == store::WaitsFor::person;
  };
  const auto add = [&](const char* key, const explain::Parameters& parameters) {
    out += told(look, key, parameters);
  };
  if (list.has_more) add("messages.more", {});
  if (!look.is_running && std::ranges::any_of(list.messages, waits))
    add("messages.not_running_note", {});
  const auto asking = std::ranges::find_if(list.messages, asks);
  if (asking != list.messages.end()) {
    const auto command = "todoku messages show " + asking->id + look.place_option;
    add("messages.decide_note", {{"command", command}});
  }
  return out.empty() ? out : "\n" + out;
}

}  // namespace

Result<MessageList> select_messages(store::Reader& reader, const MessagesOptions& options) {
  MessageList list;
  const auto no_limit = std::numeric_limits<std::size_t>::max() - 1;
  const auto limit = options.limit.value_or(options.all ? no_limit : usual_limit);
  if (options.all || !options.states.empty()) {
    const auto& states = options.states.empty() ? all_states() : states_named(options.states);
    if (const auto failed = add(reader, options, states, limit, list)) return failed;
    return list;
  }
  const States asking{MessageState::held, MessageState::unknown};
  const States under_way{MessageState::arriving, MessageState::sending, MessageState::waiting};
  const States settled{MessageState::sent, MessageState::refused, MessageState::returned,
                       MessageState::discarded};
  for (const auto* states : {&asking, &under_way}) {
    const auto failed = add(reader, options, *states, limit - list.messages.size(), list);
    if (failed) return failed;
  }
  const bool has_more = list.has_more;
  const auto left = std::min(usual_settled, limit - list.messages.size());
  if (const auto failed = add(reader, options, settled, left, list)) return failed;
  list.has_more = has_more;  // older settled ones are not missed
  return list;
}

std::string list_text(const Look& look, const MessageList& list) {
  if (list.messages.empty()) return indented(look, look.catalog.render("messages.none"), 0);
  Row heading{{look.catalog.render("messages.heading_id"),
               look.catalog.render("messages.heading_state"),
               look.catalog.render("messages.heading_arrived"),
               look.catalog.render("messages.heading_recipients"),
               look.catalog.render("messages.heading_subject")}};
  std::vector<Row> rows{heading};
  for (const auto& message : list.messages) rows.push_back(row_of(look, message));
  const auto widths = widths_of(look, rows);
  const Look plain{look.catalog, look.columns, false, look.now, look.is_running, {}};
  std::string line = line_of(plain, rows.front(), widths, Colour::bold);
  line.pop_back();
  std::string out = coloured(look, Colour::bold, line) + "\n";
  for (std::size_t i = 0; i < list.messages.size(); ++i) {
    const auto& message = list.messages[i];
    out += line_of(look, rows[i + 1], widths, state_colour(message.state));
    const auto next = next_step(look, message);
    if (!next.empty()) out += indented(look, next, widths[0] + gap);
  }
  return out + closing_text(look, list);
}

}  // namespace todoku::cli
