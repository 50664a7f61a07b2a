// SPDX-License-Identifier: MIT
// A data set and models that cost nothing, for tests of whole evaluations.
#pragma once

#include "core/benchmark/evaluator.hpp"
#include "core/benchmark/plan.hpp"

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace siskin::fakes {

/// Frames "00/000000" ... with labels of SemanticKITTI; frame i has 20 + i % 7 points.
class FakeReader final : public DatasetReader {
  public:
    explicit FakeReader(std::size_t frames);

    std::string title() const override { return "fake"; }

    std::string_view benchmark() const override { return "semantickitti"; }

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::shared_ptr<const Scan> read(std::size_t index) const override;

    std::set<std::size_t> broken;     ///< frames that cannot be read
    std::set<std::size_t> unlabelled; ///< frames without ground truth

  private:
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

/// Right on most points; which ones depends on the scan and `seed` alone.
class FakeModel final : public ScanModel {
  public:
    FakeModel(std::string label, std::uint64_t seed);

    const ModelInfo& info() const noexcept override { return info_; }

    using ScanModel::run;
    RunResult run(const Scan& scan, const RunOptions& options) const override;

    std::string refuses; ///< id of a scan that it cannot take
    std::function<void(const Scan&)> onRun;

  private:
    ModelInfo info_;
    std::uint64_t seed_;
};

/// Every frame of the reader, by the rules of SemanticKITTI.
EvaluationPlan planOf(const FakeReader& reader, const std::vector<const FakeModel*>& models);

/// A folder that goes away with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Everything that the scores say, as one text.
std::string scoresText(const EvaluationSummary& summary);

} // namespace siskin::fakes
