// SPDX-License-Identifier: MIT
// All frames of an evaluation taken together, without keeping their counts.
#pragma once

#include "core/benchmark/frame_record.hpp"
#include "core/benchmark/plan.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

/// What a table of frames shows of one model.
struct ModelRow {
    std::optional<double> meanIou;  ///< first rule, over the classes that occur; shapes: shape IoU
    std::optional<double> accuracy; ///< correct / scored points
    std::int64_t voxels = 0;
    FrameMeasurement measured;
};

struct FrameRow {
    std::size_t position = 0;
    std::string frame;
    std::string group;
    std::string dataSha256;
    std::int64_t points = 0;
    double readSeconds = 0.0;
    std::vector<ModelRow> models;
};

/// Mean over shapes, per category and over all; Yi et al., 2016.
struct ShapeScores {
    struct Category {
        std::string name;
        std::size_t shapes = 0;
        double meanIou = 0.0;
    };

    std::vector<Category> categories; ///< those with shapes, in the benchmark's order
    double instanceMeanIou = 0.0;     ///< over all shapes
    double classMeanIou = 0.0;        ///< mean over the categories listed
};

/// What all labelled frames come to, for one model.
struct ModelTotals {
    std::vector<RuleScores> rules;        ///< empty when no frame has labels
    std::optional<ShapeScores> shapes;    ///< rules by shape only
    std::vector<StratifiedCounts> strata; ///< as `strataOf` the benchmark
    std::optional<Calibration> calibration;
};

/// Percentiles of a list of seconds; all 0 when it is empty.
struct Latency {
    double p50 = 0.0;
    double p90 = 0.0;
    double p99 = 0.0;
    double mean = 0.0;
    double minimum = 0.0;
    double maximum = 0.0;
};

/// Nearest-rank percentiles (the smallest value that at least p % of the values do not exceed).
Latency latencyOf(std::vector<double> seconds);

class EvaluationSummary {
  public:
    /// The plan must outlive it.
    explicit EvaluationSummary(const EvaluationPlan& plan);

    /// In any order; every position once.
    void add(const FrameRecord& record);
    void add(const FrameFailure& failure);

    /// Sorted by position.
    const std::vector<FrameRow>& rows() const;
    const std::vector<FrameFailure>& failures() const;

    std::size_t labelledFrames() const noexcept { return labelled_; }

    ModelTotals totals(std::size_t model) const;
    Latency latency(std::size_t model) const;
    /// Mean joules per frame over the frames that have a figure; the interval assumes that all
    /// frames err together. Empty without figures.
    std::optional<Estimate> joulesPerFrame(std::size_t model) const;
    /// Mean seconds per stage, in order of first appearance.
    std::vector<std::pair<std::string, double>> stages(std::size_t model) const;
    /// Positions of the frames with the lowest mean IoU, averaged over the models, worst first.
    std::vector<std::size_t> worstFrames(std::size_t count) const;
    /// Of all frames' data, in the order of the plan. Hex; "" while frames are missing.
    std::string dataSha256() const;

    const EvaluationPlan& plan() const noexcept { return plan_; }

  private:
    struct Sums {
        std::vector<Confusion> perRule;
        std::vector<StratifiedCounts> strata;
        std::optional<Calibration> calibration;
    };

    void sort() const;

    const EvaluationPlan& plan_;
    std::vector<Sums> sums_;
    mutable std::vector<FrameRow> rows_;
    mutable std::vector<FrameFailure> failures_;
    mutable bool sorted_ = true;
    std::size_t labelled_ = 0;
};

} // namespace siskin
