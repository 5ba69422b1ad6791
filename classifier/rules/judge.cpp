// SPDX-License-Identifier: Apache-2.0
// Weighing: every rule that fits speaks with its weight, the heaviest decides, an earlier one
// before a later one of the same weight. Patterns are tried from the heaviest down, as far as they
// can still say something. The report's text is asked only when the diagnostic says little.
#include "classifier/rules/judge.hpp"

#include "classifier/rules/normal_text.hpp"
#include "classifier/rules/pattern_set.hpp"
#include "classifier/rules/rule.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace todoku::rules {

namespace {

constexpr int says_much = 30;  // from here on the diagnostic is enough
constexpr int text_discount =
    12;  // the report's text is further from the refusal than the diagnostic
constexpr int close_behind = 12;    // another cause this near is a second possibility
constexpr int within_hearing = 20;  // what is lighter by more than this is not asked
constexpr int least_to_confirm = 15;

// One rule that fits, and the pattern that made it fit.
struct Vote {
  const Rule* rule = nullptr;
  int weight = 0;
  int pattern = -1;  // -1: the codes alone
  bool in_text = false;
};

struct Codes {
  std::string_view reply, status, status_in_text;
};

Codes codes_of(const Evidence& evidence) {
  const auto leading = leading_codes(evidence.diagnostic);
  const auto reply = evidence.reply_code.empty() ? leading.reply : evidence.reply_code;
  const auto status = evidence.status.empty() ? leading.status : evidence.status;
  return {reply, status, leading.status};
}

double certainty_of(int weight) {
  if (weight >= 90) return 0.98;
  if (weight >= 70) return 0.94;
  if (weight >= 50) return 0.88;
  if (weight >= 40) return 0.78;
  if (weight >= 30) return 0.65;
  return weight >= 15 ? 0.45 : 0.3;
}

}  // namespace

struct Rules::Compiled {
  std::vector<Rule> rules;
  std::vector<Disguise> disguises;
  PatternSet patterns;
  // For each pattern number the rule (>= 0) or the disguise (-1 - index) it belongs to.
  std::vector<int> owner;
  std::vector<int> turn;     // for each pattern number its turn, heaviest rule first
  std::vector<int> in_turn;  // the other way round
  // Rules without a pattern, by the one code that each of them waits for; "" = look at it always.
  std::map<std::string, std::vector<int>, std::less<>> by_codes;

  void compile(std::vector<Mistake>& mistakes) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].patterns.empty()) wait_for_code(static_cast<int>(i));
      add(rules[i].patterns, static_cast<int>(i), rules[i].id, mistakes);
    }
    for (std::size_t i = 0; i < disguises.size(); ++i) {
      add(disguises[i].patterns, -1 - static_cast<int>(i), disguises[i].id, mistakes);
    }
    patterns.compile();
    in_turn.resize(owner.size());
    std::iota(in_turn.begin(), in_turn.end(), 0);
    std::stable_sort(in_turn.begin(), in_turn.end(),
                     [this](int left, int right) { return weight_of(left) > weight_of(right); });
    turn.resize(owner.size());
    for (std::size_t i = 0; i < in_turn.size(); ++i)
      turn[static_cast<std::size_t>(in_turn[i])] = static_cast<int>(i);
  }

  const Rule* rule_of(int pattern) const {
    const auto whose = owner[static_cast<std::size_t>(pattern)];
    return whose < 0 ? nullptr : &rules[static_cast<std::size_t>(whose)];
  }
  // Patterns of disguises come last: they are asked about when a cause is found.
  int weight_of(int pattern) const {
    const auto* rule = rule_of(pattern);
    return rule == nullptr ? -1 : rule->weight;
  }

  void wait_for_code(int index) {
    const auto& when = rules[static_cast<std::size_t>(index)].when;
    const auto is_whole = [](const std::string& code) {
      return code.size() >= 3 && !code.ends_with('.');
    };
    for (const auto* codes : {&when.status, &when.reply}) {
      if (codes->empty() || !std::ranges::all_of(*codes, is_whole)) continue;
      for (const auto& code : *codes) by_codes[code].push_back(index);
      return;
    }
    by_codes[""].push_back(index);
  }

  void add(const std::vector<std::string>& texts, int whose, const std::string& id,
           std::vector<Mistake>& mistakes) {
    for (const auto& text : texts) {
      if (const auto wrong = patterns.add(text)) {
        mistakes.push_back({"", 0, id + ": pattern \"" + text + "\": " + *wrong});
      } else {
        owner.push_back(whose);
      }
    }
  }

  // The words' votes, heaviest first. `heaviest` is how much the votes before them say.
  void vote(std::vector<Vote>& votes, std::string_view text, const Evidence& evidence,
            const Codes& codes, int heaviest, bool in_text) const {
    auto turns = patterns.candidates(text);
    for (auto& number : turns) number = turn[static_cast<std::size_t>(number)];
    std::sort(turns.begin(), turns.end());
    const Rule* last = nullptr;  // one pattern of a rule is enough
    for (const int place : turns) {
      const int number = in_turn[static_cast<std::size_t>(place)];
      const auto* rule = rule_of(number);
      if (rule == nullptr) return;
      const int weight = rule->weight - (in_text ? text_discount : 0);
      if (weight + within_hearing < heaviest) return;
      if (rule == last || (in_text && rule->only_said)) continue;
      if (!fits(rule->when, evidence, codes.reply, codes.status, codes.status_in_text)) continue;
      if (!patterns.occurs(number, text)) continue;
      votes.push_back({rule, weight, number, in_text});
      last = rule;
      heaviest = std::max(heaviest, weight);
    }
  }

  void vote_by_codes(std::vector<Vote>& votes, const Evidence& evidence, const Codes& codes) const {
    const auto ask = [&](std::string_view code) {
      const auto waiting = by_codes.find(code);
      if (waiting == by_codes.end()) return;
      for (const int index : waiting->second) {
        const auto& rule = rules[static_cast<std::size_t>(index)];
        if (fits(rule.when, evidence, codes.reply, codes.status, codes.status_in_text)) {
          votes.push_back({&rule, rule.weight, -1, false});
        }
      }
    };
    ask("");
    if (!codes.reply.empty()) ask(codes.reply);
    if (!codes.status.empty()) ask(codes.status);
    if (!codes.status_in_text.empty() && codes.status_in_text != codes.status)
      ask(codes.status_in_text);
  }

  bool has_words(const std::vector<std::string>& wanted, int whose, std::string_view text) const {
    if (wanted.empty()) return true;
    for (std::size_t number = 0; number < owner.size(); ++number) {
      if (owner[number] == whose && patterns.occurs(static_cast<int>(number), text)) return true;
    }
    return false;
  }

  // The disguise that the cause wears here, if any.
  const Disguise* see_through(const Vote& best, std::string_view text, const Evidence& evidence,
                              const Codes& codes) const {
    for (std::size_t i = 0; i < disguises.size(); ++i) {
      const auto& disguise = disguises[i];
      if (disguise.from != best.rule->cause || best.weight > disguise.heaviest) continue;
      if (disguise.reported && !evidence.reported) continue;
      if (!fits(disguise.when, evidence, codes.reply, codes.status, codes.status_in_text)) continue;
      if (has_words(disguise.patterns, -1 - static_cast<int>(i), text)) return &disguise;
    }
    return nullptr;
  }
};

namespace {

// Heaviest first; among equals the rule that stands earlier.
const Vote* heaviest(const std::vector<Vote>& votes) {
  const Vote* best = nullptr;
  for (const auto& vote : votes) {
    if (best == nullptr || vote.weight > best->weight ||
        (vote.weight == best->weight && vote.rule < best->rule)) {
      best = &vote;
    }
  }
  return best;
}

// The heaviest vote for another cause, when it is nearly as heavy.
std::optional<Cause> runner_up(const std::vector<Vote>& votes, const Vote& best) {
  const Vote* second = nullptr;
  for (const auto& vote : votes) {
    if (vote.rule->cause == best.rule->cause || vote.weight + close_behind < best.weight) continue;
    if (second == nullptr || vote.weight > second->weight) second = &vote;
  }
  if (second == nullptr) return std::nullopt;
  return second->rule->cause;
}

bool is_confirmed(const std::vector<Vote>& votes, const Vote& best) {
  return std::any_of(votes.begin(), votes.end(), [&](const Vote& vote) {
    return &vote != &best && vote.rule != best.rule && vote.rule->cause == best.rule->cause &&
           vote.weight >= least_to_confirm;
  });
}

}  // namespace

Judgement Rules::judge(const Evidence& evidence) const {
  const auto& own = *compiled_;
  const auto codes = codes_of(evidence);
  const NormalText diagnostic(evidence.diagnostic);
  std::vector<Vote> votes;
  own.vote(votes, diagnostic.text(), evidence, codes, 0, false);
  const auto* spoken = heaviest(votes);
  const int said = spoken == nullptr ? 0 : spoken->weight;
  if (said < says_much && !evidence.text.empty()) {
    own.vote(votes, NormalText(evidence.text).text(), evidence, codes, said, true);
  }
  own.vote_by_codes(votes, evidence, codes);

  Judgement judgement;
  judgement.parameters = find_parameters(evidence);
  const auto* best = heaviest(votes);
  if (best == nullptr) {
    judgement.rule = "none";
    return judgement;
  }
  judgement.cause = best->rule->cause;
  judgement.rule = best->rule->id;
  judgement.provider_case = best->rule->provider_case;
  judgement.reason_hidden = best->rule->hides;
  judgement.second = best->rule->second ? best->rule->second : runner_up(votes, *best);
  judgement.certainty = certainty_of(best->weight);
  if (judgement.second) judgement.certainty -= 0.12;
  if (is_confirmed(votes, *best)) judgement.certainty = std::min(0.99, judgement.certainty + 0.04);
  if (best->pattern >= 0 && !best->in_text) {
    const auto [begin, end] = own.patterns.where(best->pattern, diagnostic.text());
    std::tie(judgement.phrase_begin, judgement.phrase_end) = diagnostic.origin(begin, end);
  }
  if (const auto* disguise = own.see_through(*best, diagnostic.text(), evidence, codes)) {
    judgement.second = judgement.cause;
    judgement.cause = disguise->to;
    judgement.rule += " as " + disguise->id;
    judgement.certainty = std::min(judgement.certainty, 0.8);
    judgement.reason_hidden = disguise->hides;
    if (!disguise->provider_case.empty()) judgement.provider_case = disguise->provider_case;
  }
  if (judgement.second == judgement.cause) judgement.second.reset();
  return judgement;
}

namespace {

// A later rule of the same id takes the place of the earlier one, which an administrator's alone
// may.
void lay_over(std::vector<Rule>& below, std::vector<Rule> above, const RuleText& source,
              std::vector<Mistake>& mistakes) {
  std::vector<Rule> added;
  for (auto& rule : above) {
    const auto is_same = [&](const Rule& other) { return other.id == rule.id; };
    const auto same = std::find_if(below.begin(), below.end(), is_same);
    const bool twice = std::any_of(added.begin(), added.end(), is_same);
    if (same == below.end() && !twice) {
      added.push_back(std::move(rule));
    } else if (source.admin && !twice) {
      *same = std::move(rule);
    } else {
      mistakes.push_back({source.name, 0, "rule \"" + rule.id + "\" stands twice"});
    }
  }
  // An administrator's rules win over vendor rules of the same weight: they stand in front.
  below.insert(source.admin ? below.begin() : below.end(), std::make_move_iterator(added.begin()),
               std::make_move_iterator(added.end()));
}

}  // namespace

std::variant<Rules, std::vector<Mistake>> Rules::parse(const std::vector<RuleText>& texts) {
  auto compiled = std::make_unique<Compiled>();
  std::vector<Mistake> mistakes;
  for (const auto& source : texts) {
    auto file = read_rules(source, mistakes);
    lay_over(compiled->rules, std::move(file.rules), source, mistakes);
    compiled->disguises.insert(
        source.admin ? compiled->disguises.begin() : compiled->disguises.end(),
        std::make_move_iterator(file.disguises.begin()),
        std::make_move_iterator(file.disguises.end()));
    for (const auto& id : file.disabled) {
      std::erase_if(compiled->rules, [&](const Rule& rule) { return rule.id == id; });
      std::erase_if(compiled->disguises,
                    [&](const Disguise& disguise) { return disguise.id == id; });
    }
  }
  compiled->compile(mistakes);
  if (!mistakes.empty()) return mistakes;
  return Rules(std::move(compiled));
}

Rules::Rules(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Rules::Rules(Rules&&) noexcept = default;
Rules& Rules::operator=(Rules&&) noexcept = default;
Rules::~Rules() = default;

std::size_t Rules::size() const {
  return compiled_->rules.size();
}

std::vector<Sample> Rules::samples() const {
  std::vector<Sample> samples;
  for (const auto& rule : compiled_->rules) {
    for (const auto& text : rule.samples) {
      samples.push_back({rule.id, rule.cause, text, rule.sample_status, rule.sample_stage,
                         rule.sample_receiver, rule.sample_system, rule.sample_action});
    }
  }
  return samples;
}

}  // namespace todoku::rules
