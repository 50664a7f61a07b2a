// SPDX-License-Identifier: MIT
#include "core/report/frame_report.hpp"

#include <algorithm>
#include <numeric>

namespace siskin {

ModelRun makeModelRun(std::vector<RunResult> repeats, const Scan& scan, const GridIntensity& grid) {
    ModelRun run;
    for (const auto& repeat : repeats) {
        run.repeatSeconds.push_back(repeat.trace.totalSeconds());
    }
    std::vector<std::size_t> order(repeats.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&run](std::size_t a, std::size_t b) {
        return run.repeatSeconds[a] < run.repeatSeconds[b];
    });
    run.result = std::move(repeats.at(order.at((order.size() - 1) / 2)));
    run.scores = scorePrediction(scan, run.result.prediction);
    if (const auto joules = run.result.energy.total()) {
        run.gramsPer1000Frames = gramsPer1000Frames(*joules, grid);
    }
    return run;
}

std::optional<double> iouOf(const ModelRun& run, const ClassMap& classMap, ClassId id) {
    if (!run.scores) {
        return std::nullopt;
    }
    const ClassMap& spoken = *run.result.prediction.classMap;
    const bool same = spoken.name() == classMap.name();
    const ClassId own = same ? id : spoken.classOf(classMap.info(id).submissionId);
    const auto& perClass = run.scores->presentClasses.perClass;
    return own < perClass.size() ? perClass[own] : std::nullopt;
}

} // namespace siskin
