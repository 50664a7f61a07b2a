// SPDX-License-Identifier: MIT
// The gates of a comparison, one by one.
#pragma once

#include "core/report/evaluation_compare.hpp"

#include <vector>

namespace siskin {

/// The verdicts of every gate that is set, for one model.
std::vector<GateVerdict> judge(const ModelComparison& model, const Gates& gates);

/// The same for a model of the baseline that the other report lacks: none passes.
std::vector<GateVerdict> judgeMissing(const std::string& label, const Gates& gates);

} // namespace siskin
