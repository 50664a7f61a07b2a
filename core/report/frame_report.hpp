// SPDX-License-Identifier: MIT
// Everything that a report says about one scan: the runs of one or more models on it.
#pragma once

#include "core/energy/energy.hpp"
#include "core/report/scores.hpp"
#include "core/run/pipeline.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

/// Where and how the numbers were made.
struct Environment {
    std::string programVersion;
    std::string device; ///< name asked for, e.g. "cpu"; `Trace::device` says what it is
    int threads = 0;
    std::vector<std::pair<std::string, std::string>> libraries; ///< name, version
    std::string command; ///< the exact command line, quoted for a shell
};

/// One model on one scan.
struct ModelRun {
    RunResult result;                  ///< with several repeats, the run of median total time
    std::vector<double> repeatSeconds; ///< total time of every measured run, in order
    std::optional<Scores> scores;      ///< empty when the scan has no labels
    std::optional<Estimate> gramsPer1000Frames; ///< gCO2e; empty when there is no energy figure
};

struct FrameReport {
    std::shared_ptr<const Scan> scan;
    std::vector<ModelRun> runs;
    GridIntensity grid; ///< the region that the grams are for
};

/// IoU, over the classes present, of class `id` of `classMap`, which need not be the map that the
/// model speaks: classes are the same when their raw ids are. Empty when the model has no such
/// class, it does not occur, or there are no labels.
std::optional<double> iouOf(const ModelRun& run, const ClassMap& classMap, ClassId id);

/// Scores the result and turns its joules into grams. `repeats` are all measured runs in order, at
/// least one; the run of (lower) median total time becomes the result.
ModelRun makeModelRun(std::vector<RunResult> repeats, const Scan& scan, const GridIntensity& grid);

} // namespace siskin
