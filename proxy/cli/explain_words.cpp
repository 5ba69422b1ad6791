// SPDX-License-Identifier: Apache-2.0
#include "proxy/cli/explain_words.hpp"

namespace todoku::cli {

namespace {

explain::Parameters parameters_of(const Diagnosis& diagnosis, std::string_view recipient) {
  const auto& found = diagnosis.judgement.parameters;
  const auto& reported = diagnosis.reported;
  const auto& host = found.remote_host.empty() ? reported.remote_host : found.remote_host;
  return {{"recipient", std::string(recipient)},
          {"remote_host", host},
          {"ip", found.ip.empty() ? found.spf_ip : found.ip},
          {"blocklist", found.blocklist},
          {"size_limit", found.size_limit},
          {"quota", found.quota},
          {"wait", found.wait},
          {"spf_domain", found.spf_domain},
          {"spf_ip", found.spf_ip},
          {"url", found.url}};
}

}  // namespace

explain::Subject subject_of(const Diagnosis& diagnosis, report::Kind kind,
                            std::string_view recipient) {
  const auto& judgement = diagnosis.judgement;
  explain::Subject subject;
  subject.kind = report::to_string(kind);
  subject.cause = to_string(judgement.cause);
  subject.who_acts = to_string(facts_of(judgement.cause).who_acts);
  if (judgement.second) subject.second = to_string(*judgement.second);
  subject.provider_case = judgement.provider_case;
  subject.reply = diagnosis.reported.reply_code;
  subject.reason_hidden = judgement.reason_hidden;
  subject.parameters = parameters_of(diagnosis, recipient);
  return subject;
}

Cause cause_of_kind(report::Kind kind) {
  switch (kind) {
    case report::Kind::bounce:
    case report::Kind::delayed:
      return Cause::unclear;
    case report::Kind::delivered:
      return Cause::delivered;
    case report::Kind::auto_reply:
      return Cause::auto_reply;
    case report::Kind::feedback:
      return Cause::complaint;
    case report::Kind::not_a_bounce:
      return Cause::undefined;
  }
  return Cause::undefined;
}

bool is_hard(const Diagnosis& diagnosis, report::Kind kind) {
  return kind == report::Kind::bounce && facts_of(diagnosis.judgement.cause).hard;
}

}  // namespace todoku::cli
