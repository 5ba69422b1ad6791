// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailauth/dmarc.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/mailauth/organisational_domain.hpp"
#include "proxy/mailauth/tag_list.hpp"

#include <algorithm>
#include <charconv>

namespace todoku::mailauth {

namespace {

constexpr std::string_view version = "DMARC1";

std::optional<DmarcPolicy> policy_named(std::string_view name) {
  for (const auto policy : {DmarcPolicy::none, DmarcPolicy::quarantine, DmarcPolicy::reject}) {
    if (mail::same_word(name, to_string(policy))) return policy;
  }
  return std::nullopt;
}

AlignmentMode mode_of(const TagList& tags, std::string_view name) {
  return mail::same_word(tags.packed(name), "s") ? AlignmentMode::strict : AlignmentMode::relaxed;
}

unsigned percent_of(const TagList& tags) {
  const auto text = tags.packed("pct");
  unsigned percent = 100;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, percent);
  return read.ec == std::errc{} && read.ptr == end && percent <= 100 ? percent : 100;
}

bool has_report_address(const TagList& tags) {
  return mail::has_word(tags.packed("rua"), "mailto:");
}

// Records of another kind at the same name are left out before anything else is judged.
bool is_dmarc(std::string_view text) {
  const auto tag = mail::trim(text.substr(0, text.find(';')));
  const auto sign = tag.find('=');
  return sign != std::string_view::npos && mail::trim(tag.substr(0, sign)) == "v" &&
         mail::trim(tag.substr(sign + 1)) == version;
}

}  // namespace

const char* to_string(DmarcPolicy policy) {
  switch (policy) {
    case DmarcPolicy::none:
      return "none";
    case DmarcPolicy::quarantine:
      return "quarantine";
    case DmarcPolicy::reject:
      return "reject";
  }
  return "?";
}

std::variant<DmarcRecord, std::string> parse_dmarc(std::string_view text) {
  if (!is_dmarc(text)) return "it does not begin with v=DMARC1";
  const auto tags = TagList::parse(text);
  if (!tags) return "it is no list of tags";
  DmarcRecord record;
  const auto policy = policy_named(tags->packed("p"));
  const auto below = policy_named(tags->packed("sp"));
  const bool is_sp_broken = tags->value("sp") && !below;
  // Section 6.6.3: a policy that cannot be read counts as "none" when reports are wanted.
  if ((!policy || is_sp_broken) && !has_report_address(*tags)) {
    return "it has no policy (p=) that can be read";
  }
  record.policy = is_sp_broken ? DmarcPolicy::none : policy.value_or(DmarcPolicy::none);
  record.subdomain_policy = below.value_or(record.policy);
  record.percent = percent_of(*tags);
  record.dkim = mode_of(*tags, "adkim");
  record.spf = mode_of(*tags, "aspf");
  return record;
}

DmarcDiscovery::DmarcDiscovery(std::string_view from_domain)
    : from_domain_(mail::lower_copy(from_domain)),
      organisation_(organisational_domain(from_domain)) {
  if (from_domain_.ends_with('.')) from_domain_.pop_back();
}

std::optional<wire::DnsQuestion> DmarcDiscovery::next(const wire::DnsAnswer* answer) {
  if (from_domain_.empty()) return std::nullopt;
  if (answer == nullptr) {
    asked_ = from_domain_;
  } else if (take(*answer) || asked_ == organisation_) {
    return std::nullopt;
  } else {
    asked_ = organisation_;
  }
  return wire::DnsQuestion{"_dmarc." + asked_, wire::RecordType::txt};
}

bool DmarcDiscovery::take(const wire::DnsAnswer& answer) {
  if (answer.has_failed()) {
    found_.status = DmarcFound::Status::temperror;
    return true;
  }
  const auto is_record = [](const std::string& text) { return is_dmarc(text); };
  const auto count = std::ranges::count_if(answer.texts, is_record);
  if (count == 0) return false;
  // Several records are as good as none, and the search ends with them.
  if (count > 1) return true;
  const auto parsed = parse_dmarc(*std::ranges::find_if(answer.texts, is_record));
  const auto* record = std::get_if<DmarcRecord>(&parsed);
  if (record == nullptr) return true;
  const bool is_below = asked_ != from_domain_;
  found_ = {DmarcFound::Status::found, *record, asked_,
            is_below ? record->subdomain_policy : record->policy};
  return true;
}

bool is_aligned(std::string_view domain, std::string_view from_domain, AlignmentMode mode) {
  if (domain.empty() || from_domain.empty()) return false;
  if (mail::same_word(domain, from_domain)) return true;
  return mode == AlignmentMode::relaxed && share_organisation(domain, from_domain);
}

DmarcVerdict judge_dmarc(std::string_view from_domain, const DmarcRecord& record, SpfResult spf,
                         std::string_view spf_domain, const std::vector<DkimIdentity>& signatures) {
  DmarcVerdict verdict;
  verdict.spf_aligned = spf == SpfResult::pass && is_aligned(spf_domain, from_domain, record.spf);
  verdict.dkim_aligned = std::ranges::any_of(signatures, [&](const DkimIdentity& signature) {
    return signature.passes && is_aligned(signature.domain, from_domain, record.dkim);
  });
  return verdict;
}

}  // namespace todoku::mailauth
