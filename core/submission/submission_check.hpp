// SPDX-License-Identifier: MIT
// The rules by which a benchmark's server takes or refuses a submission, applied before uploading.
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "core/submission/submission_files.hpp"

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

enum class FindingSeverity {
    Note,  ///< worth knowing
    Error, ///< the server refuses this, or scores something else than was meant
};

struct SubmissionFinding {
    FindingSeverity severity = FindingSeverity::Error;
    std::string text; ///< one line: file, byte or point, what is wrong, what is expected
};

/// What the submission should hold.
struct SubmissionExpectation {
    std::string benchmark; ///< `DatasetReader::benchmark`
    std::string split;     ///< empty = every frame
    std::vector<FrameInfo> frames;
    /// Points that frame `i` of `frames` has in the data set, without those of earlier scans. One
    /// thread.
    std::function<std::size_t(std::size_t i)> pointsOf;
    std::stop_token stop;
    std::function<void(double fraction, std::string_view stage)> progress; ///< may be empty
};

/// Most findings of one kind that are listed; the last one says how many more there are.
inline constexpr std::size_t kMostFindings = 10;

/// Everything wrong with the submission, errors first, then notes; no error = accepted. Sources:
/// semantic-kitti-api's validate_submission and evaluation tools, nuscenes-devkit's lidarseg tools.
/// Throws `Cancelled`, `ConfigError` (unknown benchmark) and what `pointsOf` throws.
std::vector<SubmissionFinding>
checkSubmission(const SubmissionFiles& files, const SubmissionExpectation& expected);

/// No error among them.
bool isAccepted(std::span<const SubmissionFinding> findings) noexcept;

} // namespace siskin
