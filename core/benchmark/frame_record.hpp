// SPDX-License-Identifier: MIT
// What remains of a frame when its points are gone: counts, which add up exactly, and times.
#pragma once

#include "core/energy/energy.hpp"
#include "core/eval/calibration.hpp"
#include "core/eval/point_strata.hpp"
#include "core/eval/score_rule.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

/// Counts of one model on one frame; empty lists where the frame has no labels.
struct FrameScores {
    std::vector<Confusion> perRule;       ///< as the plan's rules of the model
    std::vector<StratifiedCounts> strata; ///< as `strataOf`, in the classes of the first rule
    std::optional<Calibration> calibration;
};

/// What was measured and differs from run to run.
struct FrameMeasurement {
    double seconds = 0.0;                               ///< read to labels, one run
    std::vector<std::pair<std::string, double>> stages; ///< seconds, in order
    std::optional<Estimate> joules;                     ///< empty = not measured
    std::string energyMethod;                           ///< badge
    int framesSideBySide = 1;
};

struct ModelRecord {
    std::int64_t voxels = 0;
    FrameScores scores;
    FrameMeasurement measured;
};

struct FrameRecord {
    std::size_t position = 0; ///< in the plan's list of frames
    std::string frame;        ///< id
    std::string group;
    std::string dataSha256; ///< of positions, fields and labels as read
    std::int64_t points = 0;
    bool labels = false;
    std::vector<std::string> warnings;
    double readSeconds = 0.0;
    std::vector<ModelRecord> models; ///< as the plan's
};

/// A frame that could not be evaluated.
struct FrameFailure {
    std::size_t position = 0;
    std::string frame;
    std::string message; ///< one line
};

} // namespace siskin
