// SPDX-License-Identifier: MIT
// What several frames come to, per model: median times, scores over all points.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/run/batch.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

/// Collects frames one by one without keeping their predictions.
class RunSummary {
  public:
    struct Model {
        std::string label;
        std::shared_ptr<const ClassMap> classMap;
        std::vector<double> seconds;        ///< total time of each frame
        std::vector<Estimate> joules;       ///< of the frames that have a figure
        std::optional<Confusion> confusion; ///< summed over the labelled frames
        std::vector<double> shapeIous;      ///< of the labelled shapes, in order

        double medianSeconds() const;
        /// Mean per frame; the interval assumes that all frames err together. Empty without
        /// figures.
        std::optional<Estimate> meanJoules() const;
        /// Mean over the shapes (ShapeNetPart's instance mIoU), else over the classes present in
        /// all frames together. Empty without labels.
        std::optional<double> miou() const;
    };

    void add(const FrameReport& frame);

    const std::vector<Model>& models() const noexcept { return models_; }

    std::size_t frames() const noexcept { return frames_; }

    void setThroughput(BatchReport report) { throughput_ = std::move(report); }

    /// Empty until a batch is complete, and where frames were timed one by one.
    const std::optional<BatchReport>& throughput() const noexcept { return throughput_; }

  private:
    std::vector<Model> models_;
    std::optional<BatchReport> throughput_;
    std::size_t frames_ = 0;
};

} // namespace siskin
