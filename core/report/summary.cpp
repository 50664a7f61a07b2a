// SPDX-License-Identifier: MIT
#include "core/report/summary.hpp"

#include <algorithm>
#include <numeric>

namespace siskin {

namespace {

RunSummary::Model emptyModel(const ModelRun& run) {
    return {
        .label = run.result.model.label,
        .classMap = run.result.model.classMap,
        .seconds = {},
        .joules = {},
        .confusion = {},
        .shapeIous = {}};
}

} // namespace

double RunSummary::Model::medianSeconds() const {
    if (seconds.empty()) {
        return 0.0;
    }
    auto sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
}

std::optional<Estimate> RunSummary::Model::meanJoules() const {
    if (joules.empty()) {
        return std::nullopt;
    }
    Estimate mean;
    for (const auto& frame : joules) {
        mean.value += frame.value;
        mean.low += frame.low;
        mean.high += frame.high;
    }
    const auto count = static_cast<double>(joules.size());
    return Estimate{
        .value = mean.value / count, .low = mean.low / count, .high = mean.high / count};
}

std::optional<double> RunSummary::Model::miou() const {
    if (!confusion) {
        return std::nullopt;
    }
    if (shapeIous.empty()) {
        return intersectionOverUnion(*confusion, AbsentClass::Skipped).mean;
    }
    return std::accumulate(shapeIous.begin(), shapeIous.end(), 0.0) /
           static_cast<double>(shapeIous.size());
}

void RunSummary::add(const FrameReport& frame) {
    ++frames_;
    for (const auto& run : frame.runs) {
        auto model = std::find_if(models_.begin(), models_.end(), [&run](const Model& candidate) {
            return candidate.label == run.result.model.label;
        });
        if (model == models_.end()) {
            model = models_.insert(models_.end(), emptyModel(run));
        }
        model->seconds.push_back(run.result.trace.totalSeconds());
        if (const auto joules = run.result.energy.total()) {
            model->joules.push_back(*joules);
        }
        if (run.scores && !model->confusion) {
            model->confusion = run.scores->confusion;
        } else if (run.scores) {
            model->confusion->add(run.scores->confusion);
        }
        if (run.scores && run.scores->shapeIou) {
            model->shapeIous.push_back(*run.scores->shapeIou);
        }
    }
}

} // namespace siskin
