// SPDX-License-Identifier: MIT
// The seam between data-set files and everything else: a list of frames, each read into a Scan.
#pragma once

#include "core/scan/scan.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// What is known about a frame before it is read.
struct FrameInfo {
    std::string id;             ///< unique inside the data set, e.g. "00/000000"
    std::string group;          ///< sequence, scene or category, e.g. "00"
    std::filesystem::path file; ///< empty when generated
    bool hasLabels = false;
    std::string benchmarkName{};       ///< as `Scan::benchmarkName`
    std::vector<std::string> splits{}; ///< of the benchmark that it belongs to, e.g. "train"
};

/// Implemented once per data set, in `datasets/`. Immutable after construction; `read` may be
/// called from any thread.
class DatasetReader {
  public:
    virtual ~DatasetReader() = default;
    virtual std::string title() const = 0; ///< e.g. "SemanticKITTI, 4 frames"
    virtual const std::vector<FrameInfo>& frames() const = 0;
    virtual std::shared_ptr<const ClassMap> classMap() const = 0;

    /// Whose rules score it: "semantickitti", "nuscenes", "s3dis", "shapenetpart"; empty for files
    /// of no benchmark.
    virtual std::string_view benchmark() const { return {}; }

    /// Frames per second as the sensor delivered them; the LiDARs of the usual data sets turn ten
    /// times a second.
    virtual double framesPerSecond() const { return 10.0; }

    /// What was found odd while opening, one line each: a sequence that was left out, unusable
    /// poses.
    virtual std::vector<std::string> warnings() const { return {}; }

    /// Throws `DatasetError` with file and place when the frame is bad.
    virtual std::shared_ptr<const Scan> read(std::size_t index) const = 0;
};

} // namespace siskin
