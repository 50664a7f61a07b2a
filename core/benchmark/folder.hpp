// SPDX-License-Identifier: MIT
// The files of an evaluation while it is under way: <root>/ or, of one shard,
// <root>/shard-03-of-16/.
#pragma once

#include "core/benchmark/plan.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

/// Owned by one process at a time: a lock on `.lock`, which dies with the process.
class EvaluationFolder {
  public:
    /// Creates what is missing. Throws `DatasetError` when the folder cannot be written, `Error`
    /// (RunFailed) when another process has it.
    EvaluationFolder(const std::filesystem::path& root, const Shard& shard);
    ~EvaluationFolder();
    EvaluationFolder(const EvaluationFolder&) = delete;
    EvaluationFolder& operator=(const EvaluationFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

    std::filesystem::path planFile() const { return path_ / "plan.json"; }

    std::filesystem::path journalFile() const { return path_ / "journal.jsonl"; }

    /// Forgets everything that was done here.
    void clear();
    /// Removes what a killed process left half-written beside the files named (`*.tmp-*`).
    void removeLeftovers(const std::vector<std::filesystem::path>& files) const;
    /// Removes the pictures of other frames than these.
    void keepPictures(const std::vector<std::size_t>& positions) const;

  private:
    std::filesystem::path root_;
    std::filesystem::path path_;
    int lock_ = -1;
};

/// <root>, or the folder of a shard in it.
std::filesystem::path partFolder(const std::filesystem::path& root, const Shard& shard);

/// PNG of one of the worst frames of a part.
std::filesystem::path pictureFile(const std::filesystem::path& part, std::size_t position);

/// Prediction files of one model, shared by the shards: <root>/submission, with several models a
/// folder each.
std::filesystem::path
submissionFolder(const std::filesystem::path& root, const EvaluationPlan& plan, std::size_t model);

} // namespace siskin
