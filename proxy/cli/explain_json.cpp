// SPDX-License-Identifier: Apache-2.0
// Built from Boost.JSON values, which know how to escape; storage is one block for each line.
#include "proxy/cli/explain_json.hpp"

#include "classifier/explain/explanation.hpp"
#include "classifier/mail/charset.hpp"
#include "proxy/cli/explain_words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serializer.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cmath>
#include <vector>

namespace todoku::cli {
namespace {

namespace json = boost::json;

json::array array_of(const std::vector<std::string>& items, const json::storage_ptr& storage) {
  json::array out(storage);
  for (const auto& item : items) out.emplace_back(item);
  return out;
}

json::object object_of(const explain::Explanation& words, const json::storage_ptr& storage) {
  json::object out(storage);
  out["title"] = words.title;
  out["what_happened"] = words.what_happened;
  out["whose_side"] = words.whose_side;
  out["what_to_do"] = array_of(words.what_to_do, storage);
  out["how_long"] = words.how_long;
  out["do_not"] = array_of(words.do_not, storage);
  return out;
}

void add_if_said(json::object& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out[name] = value;
}

std::string_view decisive_phrase(const Diagnosis& one) {
  const auto& judgement = one.judgement;
  const std::string_view text = one.reported.diagnostic;
  if (judgement.phrase_begin >= judgement.phrase_end || judgement.phrase_end > text.size())
    return {};
  return text.substr(judgement.phrase_begin, judgement.phrase_end - judgement.phrase_begin);
}

json::object object_of(const rules::Parameters& found, const json::storage_ptr& storage) {
  json::object out(storage);
  add_if_said(out, "ip", found.ip);
  add_if_said(out, "blocklist", found.blocklist);
  add_if_said(out, "size_limit", found.size_limit);
  add_if_said(out, "quota", found.quota);
  add_if_said(out, "wait", found.wait);
  add_if_said(out, "spf_domain", found.spf_domain);
  add_if_said(out, "spf_ip", found.spf_ip);
  add_if_said(out, "url", found.url);
  return out;
}

void add_judgement(json::object& out, const Diagnosis& one, const json::storage_ptr& storage) {
  const auto& judgement = one.judgement;
  const auto& facts = facts_of(judgement.cause);
  out["certainty"] = std::round(judgement.certainty * 100) / 100;
  out["rule"] = judgement.rule;
  out["stage"] = static_cast<int>(facts.stage);
  out["who_acts"] = to_string(facts.who_acts);
  if (judgement.second) out["second"] = to_string(*judgement.second);
  add_if_said(out, "provider_case", judgement.provider_case);
  if (judgement.reason_hidden) out["reason_hidden"] = true;
  add_if_said(out, "phrase", decisive_phrase(one));
  auto parameters = object_of(judgement.parameters, storage);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
}

json::object object_of(const Diagnosis& one, report::Kind kind, const explain::Catalog* words,
                       const json::storage_ptr& storage) {
  json::object out(storage);
  out.reserve(18);
  out["address"] = one.reported.address;
  out["cause"] = to_string(one.judgement.cause);
  out["status"] = one.status;
  out["reply"] = one.reported.reply_code;
  out["hard"] = is_hard(one, kind);
  out["diagnostic"] = one.reported.diagnostic;
  add_if_said(out, "remote_host", one.reported.remote_host);
  add_judgement(out, one, storage);
  if (words != nullptr) {
    const auto subject = subject_of(one, kind, one.reported.address);
    out["explanation"] = object_of(explain::explain(*words, subject), storage);
  }
  return out;
}

json::object object_of(const report::Original& original, const json::storage_ptr& storage) {
  json::object out(storage);
  out["message_id"] = original.message_id;
  add_if_said(out, "subject", original.subject);
  add_if_said(out, "from", original.from);
  add_if_said(out, "to", original.to);
  add_if_said(out, "date", original.date);
  add_if_said(out, "envelope_id", original.envelope_id);
  return out;
}

void fill(json::object& out, const Classification& found, const explain::Catalog* words,
          const json::storage_ptr& storage) {
  const auto kind = found.report.kind;
  out["kind"] = report::to_string(kind);
  out["kind_reason"] = report::to_string(found.report.kind_reason);
  add_if_said(out, "system", found.report.system);
  json::array recipients(storage);
  for (const auto& one : found.diagnoses)
    recipients.push_back(object_of(one, kind, words, storage));
  out["recipients"] = std::move(recipients);
  out["original"] = object_of(found.report.original, storage);
  for (const auto& inner : found.forwarded) {
    json::object object(storage);
    fill(object, inner, words, storage);
    out["forwarded"] = std::move(object);
  }
}

void append_line(std::string& out, const json::object& object) {
  json::serializer serializer;
  serializer.reset(&object);
  std::array<char, 4096> piece{};
  while (!serializer.done()) out += std::string_view(serializer.read(piece.data(), piece.size()));
  out += '\n';
}

void name_source(json::object& out, const Source& source) {
  std::string storage;
  out[source.member] = mail::view_as_utf8(source.value, "utf-8", storage);
}

}  // namespace

void append_json(std::string& out, const Source& source, const Classification& found,
                 const explain::Catalog* words) {
  std::array<unsigned char, 16384> block{};
  json::monotonic_resource resource(block.data(), block.size());
  const json::storage_ptr storage(&resource);
  json::object object(storage);
  object.reserve(8);
  name_source(object, source);
  fill(object, found, words, storage);
  append_line(out, object);
}

void append_error_json(std::string& out, const Source& source, std::string_view problem) {
  json::object object;
  name_source(object, source);
  object["error"] = problem;
  append_line(out, object);
}

void append_situation_json(std::string& out, const Source& source, std::string_view id,
                           const Classification& found, const explain::Catalog* words) {
  json::object object;
  name_source(object, source);
  object["situation"] = id;
  fill(object, found, nullptr, object.storage());
  if (words != nullptr) {
    const auto key = "situation." + std::string(id);
    object["explanation"] = object_of(explain::explain_key(*words, key), object.storage());
  }
  append_line(out, object);
}

}  // namespace todoku::cli
