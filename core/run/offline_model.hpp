// SPDX-License-Identifier: MIT
// Predictions that some program wrote earlier, taken for a model.
#pragma once

#include "core/run/scan_model.hpp"
#include "core/submission/submission_format.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace siskin {

struct OfflineModelSpec {
    std::filesystem::path folder;
    std::string benchmark{};                    ///< of the data set: `DatasetReader::benchmark`
    std::shared_ptr<const ClassMap> classMap{}; ///< the classes it is to speak
    std::string label{}; ///< shown to people; empty = "predictions:" and the folder
};

/// A folder of prediction files. A frame's file is looked for where `SubmissionFormat` puts it
/// (nuScenes: in any split's folder), where `siskin run --out` puts it, and without the outer
/// folders of these paths. `info()`: no kind, no confidence, no device, 0 parameters.
class OfflineModel final : public ScanModel {
  public:
    /// Throws `DatasetError` when there is no such folder, `ConfigError` for an unknown benchmark
    /// or without a class map.
    explicit OfflineModel(OfflineModelSpec spec);

    const ModelInfo& info() const noexcept override { return info_; }

    /// Confidence is 1 everywhere, and points of earlier scans get `kIgnored`. The trace has the
    /// stage "read" alone (scan and prediction), the energy is not available.
    /// Throws `DatasetError` when the frame has no file, or one of another number of points, or one
    /// whose place fits several frames (two sequences and a file without its sequence).
    using ScanModel::run;
    RunResult run(const Scan& scan, const RunOptions& options) const override;

  private:
    struct Candidate {
        std::filesystem::path path; ///< below the folder
        LabelEncoding encoding = LabelEncoding::Raw32;
        bool namesGroup = true; ///< says which sequence, area or category it is of
    };

    std::vector<Candidate> candidatesOf(const Scan& scan) const;
    Candidate findFile(const Scan& scan) const;

    std::filesystem::path folder_;
    SubmissionFormat format_;
    std::vector<std::string> splits_; ///< folders in which nuScenes files may lie
    ModelInfo info_;
    mutable std::mutex mutex_;                     // guards the next
    mutable std::optional<std::string> onlyGroup_; ///< the one that files without a group are of
};

} // namespace siskin
