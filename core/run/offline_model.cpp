// SPDX-License-Identifier: MIT
#include "core/run/offline_model.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/trace/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace siskin {

namespace {

namespace fs = std::filesystem;

/// Names of the folders in `folder`, sorted. The data set's own labels ("v1.0-mini") are left out.
std::vector<std::string> foldersIn(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const auto name = entry.path().filename().string();
        if (entry.is_directory(ignored) && !name.starts_with("v1.")) {
            names.push_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

Energy noEnergy() {
    Energy energy;
    energy.domains.push_back(
        {.domain = "cpu+dram",
         .joules = {},
         .method = EnergyMethod::NotAvailable,
         .reason = "no network ran here: the predictions were read from files"}
    );
    return energy;
}

} // namespace

OfflineModel::OfflineModel(OfflineModelSpec spec)
    : folder_(std::move(spec.folder)), format_(spec.benchmark) {
    std::error_code ignored;
    if (!fs::is_directory(folder_, ignored)) {
        throw DatasetError(
            fmt::format("{}: no such folder of predictions", folder_.string()),
            "a zip has to be unpacked first"
        );
    }
    if (!spec.classMap) {
        throw ConfigError("predictions need a class map");
    }
    for (const auto& place : {folder_, folder_ / "lidarseg"}) {
        const auto names = foldersIn(place);
        splits_.insert(splits_.end(), names.begin(), names.end());
    }
    std::sort(splits_.begin(), splits_.end());
    splits_.erase(std::unique(splits_.begin(), splits_.end()), splits_.end());
    info_.label = spec.label.empty() ? fmt::format("predictions:{}", folder_.string())
                                     : std::move(spec.label);
    info_.weightsSource = folder_.string();
    info_.trained = true;
    info_.voxelSize = 0.0;
    info_.device = "files";
    info_.hasConfidence = false;
    info_.classMap = std::move(spec.classMap);
}

std::vector<OfflineModel::Candidate> OfflineModel::candidatesOf(const Scan& scan) const {
    std::vector<Candidate> candidates;
    const auto add = [&](const fs::path& path, LabelEncoding encoding, bool namesGroup) {
        candidates.push_back({path, encoding, namesGroup});
    };
    const auto encoding = format_.encoding();
    const fs::path own = format_.path(scan.id, scan.benchmarkName);
    const auto file = own.filename();
    if (encoding == LabelEncoding::Challenge8) {
        for (const auto& split : splits_) {
            add(fs::path("lidarseg") / split / file, encoding, true);
            add(fs::path(split) / file, encoding, true);
        }
        add(fs::path("lidarseg") / file, encoding, true);
        add(file, encoding, true); // a token belongs to one frame only
    } else {
        const auto slash = scan.id.find('/');
        const bool hasGroup = slash != std::string::npos;
        const auto group = fs::path(scan.id.substr(0, hasGroup ? slash : 0));
        add(own, encoding, true);
        if (hasGroup) {
            add(group / "predictions" / file, encoding, true);
            add(group / file, encoding, true);
            add(fs::path("sequences") / group / file, encoding, true);
        }
        add(fs::path("predictions") / file, encoding, !hasGroup);
        add(file, encoding, !hasGroup);
    }
    const SubmissionFormat written(""); // as `siskin run --out` writes
    add(written.path(scan.id, {}), LabelEncoding::Raw32, true);
    return candidates;
}

OfflineModel::Candidate OfflineModel::findFile(const Scan& scan) const {
    const auto candidates = candidatesOf(scan);
    const auto found =
        std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& candidate) {
            std::error_code ignored;
            return fs::is_regular_file(folder_ / candidate.path, ignored);
        });
    if (found == candidates.end()) {
        throw DatasetError(
            fmt::format("{}: no prediction for {}", folder_.string(), scan.id),
            fmt::format(
                "expected is {}, or the same path shortened", candidates.front().path.string()
            )
        );
    }
    if (found->namesGroup) {
        return *found;
    }
    const auto group = scan.id.substr(0, scan.id.find('/'));
    const std::scoped_lock lock(mutex_);
    if (!onlyGroup_) {
        onlyGroup_ = group;
    }
    if (*onlyGroup_ != group) {
        throw DatasetError(
            fmt::format(
                "{}: cannot tell whether {} is of {} or of {}",
                folder_.string(),
                found->path.string(),
                *onlyGroup_,
                group
            ),
            fmt::format("put it into the folder {}", candidates.front().path.parent_path().string())
        );
    }
    return *found;
}

RunResult OfflineModel::run(const Scan& scan, const RunOptions& options) const {
    throwIfStopRequested(options.stop);
    if (options.progress) {
        options.progress(0.0, "read");
    }
    const auto begin = TraceRecorder::Clock::now();
    TraceRecorder trace(scan.readSeconds);
    RunResult result;
    result.scanId = scan.id;
    result.points = static_cast<std::int64_t>(scan.pointCount());
    const auto expected = scan.pointCount() - std::min(scan.contextPoints, scan.pointCount());
    const auto file = findFile(scan);
    const auto path = folder_ / file.path;
    auto classes = format_.decode(readFile(path), file.encoding, *info_.classMap, path.string());
    if (classes.size() != expected) {
        throw DatasetError(
            fmt::format(
                "{}: has {} labels, but {} has {} points",
                path.string(),
                classes.size(),
                scan.id,
                expected
            ),
            "predictions must be of this very scan, one per point in its order"
        );
    }
    classes.resize(scan.pointCount(), kIgnored);
    result.prediction.model = info_.label;
    result.prediction.classIds = std::move(classes);
    result.prediction.confidence.assign(scan.pointCount(), 1.0F);
    result.prediction.classMap = info_.classMap;
    result.model = info_;
    const std::chrono::duration<double> took = TraceRecorder::Clock::now() - begin;
    trace.addFinished(Span{
        .name = "read", .duration = scan.readSeconds + took.count(), .rowsOut = result.points});
    result.trace = trace.finish();
    result.trace.device = info_.device;
    result.trace.framesSideBySide = sideBySideCount();
    result.energy = noEnergy();
    if (options.progress) {
        options.progress(1.0, "done");
    }
    return result;
}

} // namespace siskin
