// SPDX-License-Identifier: MIT
// The table of cuda_bench, the targets beside it, and both as JSON.
#pragma once

#include "tests/bench/cuda_times.hpp"

#include <nlohmann/json_fwd.hpp>

namespace siskin::bench {

void printTimes(const std::vector<CudaTimes>& all);

/// A figure and what it was to be.
struct CudaTarget {
    std::string what;
    double figure = 0.0;
    double target = 0.0;
    double stretch = 0.0;
    bool atMost = true; ///< else at least

    bool isMet() const { return atMost ? figure <= target : figure >= target; }

    bool isStretchMet() const { return atMost ? figure <= stretch : figure >= stretch; }
};

/// Those whose figures are among `all`: of single frames in fp16.
std::vector<CudaTarget> targetsOf(const std::vector<CudaTimes>& all);

/// `judge`: say met or not met, which figures of the emulator are not fit for.
void printTargets(const std::vector<CudaTarget>& targets, bool judge);

nlohmann::json toJson(const CudaTimes& times);
nlohmann::json toJson(const CudaTarget& target, bool judge);

} // namespace siskin::bench
