// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is built into the program and read once at the start of `explain`: the sentences of one
// language and the rules. The tests hold all of these files well-formed.
#include "classifier/classify.hpp"
#include "classifier/explain/messages.hpp"
#include "classifier/explain/situations.hpp"
#include "proxy/checks/lists.hpp"
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

}  // namespace todoku::cli
