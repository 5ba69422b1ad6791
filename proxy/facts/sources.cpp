// SPDX-License-Identifier: Apache-2.0
#include "proxy/facts/sources.hpp"

namespace todoku::facts {

const addresses::Checker& Sources::checker() {
  if (!checker_) checker_.emplace(around_.make_checker());
  return *checker_;
}

}  // namespace todoku::facts
