// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailauth/dkim_verify.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/mailauth/tag_list.hpp"
#include "proxy/smtp/login.hpp"
#include "proxy/wire/domain_name.hpp"

#include <algorithm>
#include <charconv>

namespace todoku::mailauth {

namespace {

std::optional<std::uint64_t> number_in(const TagList& tags, std::string_view name) {
  const auto text = tags.packed(name);
  std::uint64_t number = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(number) : std::nullopt;
}

// c=: header form, and perhaps "/" and body form.
bool read_forms(const TagList& tags, DkimSignature& into) {
  const auto text = tags.packed("c", "simple");
  const auto forms = wire::split(text, '/');
  if (forms.size() > 2) return false;
  for (const auto& form : forms) {
    if (form != "simple" && form != "relaxed") return false;
  }
  into.header_form = forms[0] == "relaxed" ? DkimForm::relaxed : DkimForm::simple;
  if (forms.size() == 2 && forms[1] == "relaxed") into.body_form = DkimForm::relaxed;
  return true;
}

bool read_algorithm(const TagList& tags, DkimSignature& into) {
  const auto name = tags.packed("a");
  if (name == "ed25519-sha256") into.algorithm = DkimAlgorithm::ed25519_sha256;
  return name == "ed25519-sha256" || name == "rsa-sha256";
}

bool read_bytes(const TagList& tags, std::string_view name, std::string& into) {
  auto bytes = smtp::decode_base64(tags.packed(name));
  if (bytes) into = std::move(*bytes);
  return bytes && !into.empty();
}

bool read_names(const TagList& tags, DkimSignature& into) {
  const auto text = tags.packed("h");
  for (const auto name : wire::split(text, ':')) into.names.emplace_back(name);
  return std::ranges::any_of(into.names,
                             [](const auto& name) { return mail::same_word(name, "from"); });
}

// t= of the signature is not looked at: clocks differ.
bool read_numbers(const TagList& tags, DkimSignature& into) {
  if (tags.value("l")) {
    into.limit = number_in(tags, "l");
    if (!into.limit) return false;
  }
  if (tags.value("x")) {
    const auto seconds = number_in(tags, "x");
    if (!seconds || *seconds > 0xFFFFFFFFFFULL) return false;
    into.expires = std::chrono::seconds(*seconds);
  }
  return true;
}

bool read_names_of_the_signer(const TagList& tags, DkimSignature& into) {
  into.domain = mail::lower_copy(tags.packed("d"));
  into.selector = mail::lower_copy(tags.packed("s"));
  const auto identity = tags.packed("i", "@" + into.domain);
  const auto at = identity.rfind('@');
  if (at == std::string::npos) return false;
  into.identity_domain = mail::lower_copy(identity.substr(at + 1));
  return !into.domain.empty() && !into.selector.empty() &&
         wire::is_same_or_below(into.identity_domain, into.domain);
}

// The field as it was signed: with nothing behind "b=".
std::string without_signature(std::string_view field) {
  std::size_t begin = field.find(':') + 1;
  while (begin < field.size()) {
    const auto end = std::min(field.find(';', begin), field.size());
    const auto sign = field.find('=', begin);
    if (sign < end && mail::trim(field.substr(begin, sign - begin)) == "b") {
      return std::string(field.substr(0, sign + 1)) + std::string(field.substr(end));
    }
    begin = end + 1;
  }
  return std::string(field);
}

bool lists(const TagList& tags, std::string_view name, std::string_view otherwise,
           std::string_view wanted) {
  const auto text = tags.packed(name, otherwise);
  return std::ranges::any_of(wire::split(text, ':'), [wanted](std::string_view item) {
    return item == "*" || mail::same_word(item, wanted);
  });
}

}  // namespace

const char* to_string(DkimResult result) {
  switch (result) {
    case DkimResult::pass:
      return "pass";
    case DkimResult::fail:
      return "fail";
    case DkimResult::permerror:
      return "permerror";
    case DkimResult::temperror:
      return "temperror";
  }
  return "?";
}

std::variant<DkimSignature, std::string> parse_dkim_signature(std::string_view value) {
  const auto tags = TagList::parse(value);
  if (!tags || tags->packed("v") != "1") return "it is no signature of version 1";
  DkimSignature signature;
  if (!read_names_of_the_signer(*tags, signature)) return "d=, s= or i= cannot be used";
  if (!read_algorithm(*tags, signature)) return "its algorithm is not known or no longer safe";
  if (!read_forms(*tags, signature)) return "c= is not known";
  if (!lists(*tags, "q", "dns/txt", "dns/txt")) return "q= is not known";
  if (!read_names(*tags, signature)) return "From is not signed";
  if (!read_numbers(*tags, signature)) return "l= or x= is no number";
  if (!read_bytes(*tags, "bh", signature.body_hash) ||
      !read_bytes(*tags, "b", signature.signature)) {
    return "b= or bh= cannot be read";
  }
  return signature;
}

std::variant<DkimPublicKey, std::string> parse_dkim_key(std::string_view record,
                                                        const DkimSignature& signature) {
  const auto tags = TagList::parse(record);
  const bool is_right_version =
      tags && (!tags->value("v") || (tags->first_name() == "v" && tags->packed("v") == "DKIM1"));
  if (!is_right_version || !tags->value("p")) return "the published record is no key";
  if (tags->packed("p").empty()) return "the key was withdrawn";
  const bool is_rsa = signature.algorithm == DkimAlgorithm::rsa_sha256;
  if (tags->packed("k", "rsa") != (is_rsa ? "rsa" : "ed25519")) {
    return "the key is of another kind than the signature";
  }
  if (!lists(*tags, "h", "*", "sha256")) return "the key is not for SHA-256";
  if (!lists(*tags, "s", "*", "email")) return "the key is not for mail";
  const auto text = tags->packed("t");
  const auto flags = wire::split(text, ':');
  const bool is_strict = std::ranges::find(flags, "s") != flags.end();
  if (is_strict && signature.identity_domain != signature.domain) {
    return "the key is not for domains below its own";
  }
  const auto bytes = smtp::decode_base64(tags->packed("p"));
  if (!bytes) return "the published key cannot be read";
  return DkimPublicKey::from_bytes(signature.algorithm, *bytes);
}

DkimVerification::DkimVerification(std::string header, std::chrono::seconds now)
    : header_(std::move(header)), now_(now), fields_(fields_of(header_)) {
  for (const auto& field : fields_) {
    if (outcomes_.size() == most_signatures) break;
    if (mail::same_word(field.name, "dkim-signature")) read_field(field);
  }
}

void DkimVerification::read_field(const HeaderField& field) {
  auto& outcome = outcomes_.emplace_back();
  auto parsed = parse_dkim_signature(field.text.substr(field.text.find(':') + 1));
  if (auto* problem = std::get_if<std::string>(&parsed)) {
    outcome.problem = std::move(*problem);
    return;
  }
  auto& signature = std::get<DkimSignature>(parsed);
  outcome.domain = signature.domain;
  outcome.selector = signature.selector;
  if (signature.expires && *signature.expires < now_) {
    outcome.problem = "the signature has expired";
    return;
  }
  DkimBodyHash body(signature.body_form, signature.limit);
  candidates_.push_back({std::move(signature), field.text, std::move(body), outcomes_.size() - 1});
}

void DkimVerification::add_body(std::string_view bytes) {
  for (auto& candidate : candidates_) candidate.body.add(bytes);
}

std::optional<wire::DnsQuestion> DkimVerification::next(const wire::DnsAnswer* answer) {
  if (answer != nullptr) judge(candidates_[asked_++], *answer);
  if (asked_ == candidates_.size()) return std::nullopt;
  const auto& signature = candidates_[asked_].signature;
  return wire::DnsQuestion{dkim_key_name(signature.selector, signature.domain),
                           wire::RecordType::txt};
}

void DkimVerification::judge(Candidate& candidate, const wire::DnsAnswer& answer) {
  auto& outcome = outcomes_[candidate.outcome];
  outcome.result = DkimResult::permerror;
  outcome.problem = fault_of(candidate, answer, outcome.result);
  if (outcome.problem.empty()) outcome.result = DkimResult::pass;
}

std::string DkimVerification::fault_of(Candidate& candidate, const wire::DnsAnswer& answer,
                                       DkimResult& result) {
  const auto& signature = candidate.signature;
  if (answer.has_failed()) {
    result = DkimResult::temperror;
    return "the DNS did not answer";
  }
  if (answer.texts.empty()) return "no key is published";
  const auto key = parse_dkim_key(answer.texts.front(), signature);
  if (const auto* problem = std::get_if<std::string>(&key)) return *problem;
  const auto body_hash = candidate.body.finish();
  if (signature.limit && *signature.limit > candidate.body.size()) {
    return "l= is more than the body has";
  }
  result = DkimResult::fail;
  if (body_hash != signature.body_hash) return "the body was changed";
  const auto bytes = signed_bytes(fields_, signature.names, without_signature(candidate.field),
                                  signature.header_form);
  const bool is_right = std::get<DkimPublicKey>(key).verifies(bytes, signature.signature);
  return is_right ? "" : "the header was changed, or another key has signed";
}

}  // namespace todoku::mailauth
