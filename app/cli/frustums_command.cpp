// SPDX-License-Identifier: MIT
#include "app/cli/frustums_command.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/frustums_options.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/suggest.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/report/format.hpp"
#include "datasets/kitti/kitti_files.hpp"
#include "datasets/kitti/kitti_object_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace siskin::cli {

namespace {

/// The frames to look at, each once, in order.
std::vector<std::string>
chosenFrames(const KittiObjectSet& data, const std::vector<std::string>& wanted) {
    if (wanted.empty()) {
        return data.frames();
    }
    const auto& known = data.frames();
    for (const auto& id : wanted) {
        if (!std::binary_search(known.begin(), known.end(), id)) {
            throw ConfigError(
                fmt::format("no frame '{}' among {}", id, known.size()),
                didYouMean(
                    id, known, fmt::format("frames are {} to {}", known.front(), known.back())
                )
            );
        }
    }
    const std::set<std::string> unique(wanted.begin(), wanted.end());
    return {unique.begin(), unique.end()};
}

/// What happened to the boxes of all frames.
struct Tally {
    std::size_t frames = 0;
    std::size_t boxes = 0; ///< in the picture
    std::size_t frustums = 0;
    std::size_t otherTypes = 0;
    std::size_t tooLow = 0;
    std::size_t tooFew = 0;
    double seconds = 0.0; ///< of the network

    void add(const CameraFrame& frame, const FrustumCut& cut, const FrustumRun& run) {
        ++frames;
        boxes += frame.boxes.size();
        frustums += cut.frustums.size();
        otherTypes += cut.otherTypes;
        tooLow += cut.tooLow;
        tooFew += cut.tooFew;
        seconds += run.trace.totalSeconds();
    }

    std::string text(const FrustumModelInfo& model) const {
        const double each = frustums == 0 ? 0.0 : 1e3 * seconds / static_cast<double>(frustums);
        return fmt::format(
            "{} on {}\n{}, {} in the pictures, {} in space, {:.2f} ms per frustum\n"
            "left out: {} of other types, {} lower than 25 pixels, {} with fewer than 5 points\n",
            model.label,
            model.device,
            formatCounted(frames, "frame"),
            formatCounted(boxes, "box", "es"),
            formatCounted(frustums, "box", "es"),
            each,
            otherTypes,
            tooLow,
            tooFew
        );
    }
};

} // namespace

int frustumsCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto request = parseFrustumsOptions(arguments);
    if (request.compute.help) {
        std::fputs(frustumsHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (request.compute.threads > 0) {
        setThreadCount(request.compute.threads);
    }
    const KittiObjectSet data(request.data, request.boxes);
    if (data.readsFrom(request.out)) {
        throw ConfigError(
            fmt::format(
                "--out {}: the data are read from there, results would replace them",
                request.out.string()
            ),
            "give another folder"
        );
    }
    const auto frames = chosenFrames(data, request.frames);
    requireWritableFolder(request.out);
    Progress progress(Progress::styleFor(request.compute.quiet));
    progress.begin("loading the model");
    const auto detector = FrustumDetector::open(request.model, openDevice(request.compute.device));
    if (!detector->info().trained) {
        progress.warn("untrained weights: the boxes mean nothing");
    }
    progress.begin(fmt::format("frustums of {}", formatCounted(frames.size(), "frame")));
    Tally tally;
    for (const auto& id : frames) {
        throwIfStopRequested(stop);
        const auto frame = data.read(id);
        const auto cut = cutFrustums(frame, request.seed);
        const auto run = detector->run(frame, cut, stop);
        writeFileAtomically(request.out / (id + ".txt"), kittiResultText(run.boxes));
        tally.add(frame, cut, run);
        progress.update(static_cast<double>(tally.frames) / static_cast<double>(frames.size()), id);
    }
    progress.clear();
    std::fputs(tally.text(detector->info()).c_str(), stdout);
    progress.note(
        fmt::format("wrote {} to {}", formatCounted(tally.frames, "file"), request.out.string())
    );
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
