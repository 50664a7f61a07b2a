// SPDX-License-Identifier: MIT
#include "core/report/precision_cost.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace siskin {

namespace {

bool isSameNetworkInFloat32(const ModelInfo& candidate, const ModelInfo& model) {
    return candidate.precision == Precision::Float32 && candidate.kind == model.kind &&
           candidate.weightsSource == model.weightsSource &&
           candidate.parameters == model.parameters;
}

} // namespace

std::optional<PrecisionCost> precisionCost(const FrameReport& frame, const ModelRun& run) {
    if (run.result.model.precision == Precision::Float32) {
        return std::nullopt;
    }
    const auto exact =
        std::find_if(frame.runs.begin(), frame.runs.end(), [&run](const ModelRun& candidate) {
            return isSameNetworkInFloat32(candidate.result.model, run.result.model);
        });
    if (exact == frame.runs.end()) {
        return std::nullopt;
    }
    const auto& labels = run.result.prediction.classIds;
    const auto& expected = exact->result.prediction.classIds;
    const auto equal = std::transform_reduce(
        labels.begin(),
        labels.end(),
        expected.begin(),
        std::size_t{0},
        std::plus<>(),
        std::equal_to<>()
    );
    return PrecisionCost{
        .speedup = exact->result.trace.totalSeconds() / run.result.trace.totalSeconds(),
        .equalLabels =
            labels.empty() ? 1.0 : static_cast<double>(equal) / static_cast<double>(labels.size())};
}

} // namespace siskin
