// SPDX-License-Identifier: MIT
// From a scan and a prediction to counts.
#pragma once

#include "core/benchmark/frame_record.hpp"
#include "core/benchmark/plan.hpp"
#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"

#include <string>
#include <vector>

namespace siskin {

/// Scores predictions on one scan; what the models share is computed once.
class FrameScorer {
  public:
    /// `scan` must have ground truth and outlive the scorer.
    FrameScorer(const Scan& scan, std::string_view benchmark);

    /// Throws `DatasetError` when prediction and scan differ in length.
    FrameScores score(const Prediction& prediction, const PlannedModel& model) const;

  private:
    const Scan& scan_;
    std::vector<Stratum> strata_;
    std::vector<std::vector<std::uint8_t>> bins_; ///< one list per stratum
};

/// SHA-256 (hex) of what was read: positions, fields, raw ids, and which points are context.
std::string contentSha256(const Scan& scan);

} // namespace siskin
