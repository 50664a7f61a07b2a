// SPDX-License-Identifier: MIT
#include "app/cli/check_submission.hpp"

#include "core/base/error.hpp"
#include "core/submission/submission_check.hpp"
#include "core/submission/submission_zip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace siskin::cli {

namespace {

namespace fs = std::filesystem;

/// Points of a scan: by its file's size where points are records of a fixed length, else by
/// reading it.
std::size_t pointsOf(const DatasetReader& reader, std::size_t index) {
    const fs::path& file = reader.frames().at(index).file;
    const auto benchmark = reader.benchmark();
    const std::size_t record = benchmark == "semantickitti" ? 16 : benchmark == "nuscenes" ? 20 : 0;
    std::error_code status;
    if (record != 0 && file.extension() == ".bin") {
        const auto bytes = fs::file_size(file, status);
        if (!status && bytes % record == 0) {
            return bytes / record;
        }
    }
    const auto scan = reader.read(index);
    return scan->pointCount() - std::min(scan->contextPoints, scan->pointCount());
}

std::string textOf(std::span<const SubmissionFinding> findings, const std::string& verdict) {
    std::string text = verdict + "\n";
    for (const SubmissionFinding& finding : findings) {
        const bool isError = finding.severity == FindingSeverity::Error;
        text += fmt::format("  {}: {}\n", isError ? "error" : "note", finding.text);
    }
    return text;
}

} // namespace

int checkSubmissionCommand(
    const DatasetReader& reader,
    std::span<const std::size_t> frames,
    const CheckRequest& request,
    Progress& progress,
    const std::stop_token& stop
) {
    const auto files = fs::is_directory(request.path) ? openSubmissionFolder(request.path)
                                                      : openSubmissionZip(request.path);
    SubmissionExpectation expected{
        .benchmark = std::string(reader.benchmark()),
        .split = request.split,
        .frames = {},
        .pointsOf = [&](std::size_t i) { return pointsOf(reader, frames[i]); },
        .stop = stop,
        .progress = [&](double fraction,
                        std::string_view stage) { progress.update(fraction, stage); }};
    for (const std::size_t index : frames) {
        expected.frames.push_back(reader.frames().at(index));
    }
    progress.begin(fmt::format("checking {}", request.path.string()));
    const auto findings = checkSubmission(*files, expected);
    progress.clear();
    const bool accepted = isAccepted(findings);
    const auto verdict = fmt::format(
        "{}: {} ({} frames)",
        request.path.string(),
        accepted ? "fit to be uploaded" : "would not be taken as it is",
        frames.size()
    );
    std::fputs(textOf(findings, verdict).c_str(), stdout);
    return static_cast<int>(accepted ? ExitCode::Ok : ExitCode::BadData);
}

} // namespace siskin::cli
