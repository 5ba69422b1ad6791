// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is built into the program and read once when a command begins: the sentences of one
// language, the rules, what is known of addresses. The tests hold all of these files well-formed.
#include "classifier/classify.hpp"
#include "classifier/explain/messages.hpp"
#include "classifier/explain/situations.hpp"
#include "proxy/addresses/checker.hpp"
#include "proxy/checks/lists.hpp"
#include "proxy/providers/directory.hpp"
#include "proxy/settings/settings.hpp"

namespace todoku::cli {

// language: japanese or english; automatic counts as english.
explain::Catalog load_catalog(settings::Language language);
// The same with the words that explain a returned message.
explain::Catalog load_explanations(settings::Language language);
// The words of the pre-send checks alone.
explain::Catalog load_check_words(settings::Language language);
// What those go by. Throws std::logic_error when the file is wrong, which is a bug.
checks::Lists load_check_lists();
// The vendor's rules. Throws std::logic_error when one of them is wrong, which is a bug.
Classifier load_classifier();
explain::Situations load_situations();
// What is known of each provider. Throws likewise.
providers::Directory load_providers();
// The words of check-address.
explain::Catalog load_address_words(settings::Language language);
// with_known: with the list of real domains that look like a slip. Throws like load_classifier().
addresses::Checker load_checker(bool with_known);

}  // namespace todoku::cli
