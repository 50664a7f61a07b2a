// SPDX-License-Identifier: MIT
#include "app/cli/frustums_command.hpp"

#include "app/cli/parse_options.hpp"
#include "app/cli/progress.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "datasets/kitti/kitti_files.hpp"
#include "datasets/kitti/kitti_object_set.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;
using Text = std::string;
using Texts = std::vector<std::string>;

constexpr auto kHint = "see 'siskin frustums --help'";

po::options_description frustumsOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "model",
        po::value<Text>()->value_name("MODEL"),
        "a weight file of a frustum network, or KIND:random, untrained, with KIND of pvcnn "
        "(Frustum PVCNN-E), pointnet, pointnet2"
    )("out", po::value<Text>()->value_name("DIR"), "one KITTI result file per frame goes there"
    )("boxes",
      po::value<Text>()->value_name("DIR"),
      "2D detections, one text file per frame in KITTI's form with a score behind (default: the "
      "2D boxes of label_2)"
    )("frame", po::value<Texts>()->value_name("ID"), "only this frame; may be repeated"
    )("seed",
      po::value<std::uint64_t>()->value_name("N"),
      "which points of a frustum are drawn (default 1)"
    )("device", po::value<Text>()->value_name("NAME"), "cpu (default) or reference"
    )("threads", po::value<int>()->value_name("N"), "processor threads (default: all)"
    )("quiet", po::bool_switch(), "no progress on standard error")("help,h", "this text");
    return options;
}

Text frustumsHelp() {
    std::ostringstream options;
    options << frustumsOptions();
    return "Finds the 3D boxes of cars, pedestrians and cyclists in LiDAR scans of the KITTI "
           "object benchmark: the points that\na 2D box selects go through a frustum network, "
           "which says where in space the object is, how large it is\nand which way it faces. "
           "The files are those that KITTI's evaluation reads.\n\n"
           "Usage:\n  siskin frustums DATA --model MODEL --out DIR [options]\n\n"
           "DATA is the root of the KITTI object benchmark, or its 'training' or 'testing' "
           "folder: velodyne/*.bin,\ncalib/*.txt and, without --boxes, label_2/*.txt.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin frustums KITTI --model kitti.frustum.pvcnne.pth.tar --boxes detections "
           "--out results\n"
           "  siskin frustums KITTI/training --model pvcnn:random --frame 000008 --out trial\n";
}

FrustumModelSpec parseFrustumModel(const Text& text) {
    constexpr auto kRandom = ":random";
    FrustumModelSpec spec;
    if (!text.ends_with(kRandom)) {
        spec.weights = text;
        std::error_code ignored;
        if (!std::filesystem::exists(spec.weights, ignored)) {
            throw ConfigError(
                fmt::format("--model {}: no such file", text),
                "give a weight file, or KIND:random with KIND of pvcnn, pointnet, pointnet2"
            );
        }
        return spec;
    }
    spec.kind = frustumKindFromName(text.substr(0, text.size() - std::string_view(kRandom).size()));
    return spec;
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

    Text text(const FrustumModelInfo& model) const {
        const double each = frustums == 0 ? 0.0 : 1e3 * seconds / static_cast<double>(frustums);
        return fmt::format(
            "{} on {}\n{} frames, {} boxes in the pictures, {} boxes in space, {:.2f} ms per "
            "frustum\nleft out: {} of other types, {} lower than 25 pixels, {} with fewer than 5 "
            "points\n",
            model.label,
            model.device,
            frames,
            boxes,
            frustums,
            each,
            otherTypes,
            tooLow,
            tooFew
        );
    }
};

} // namespace

FrustumsRequest parseFrustumsOptions(const Texts& arguments) {
    const auto values = parseOptions(arguments, frustumsOptions(), "data", kHint);
    FrustumsRequest request;
    request.help = values.count("help") != 0;
    if (request.help) {
        return request;
    }
    Texts data;
    Text model, out, boxes;
    take(values, "data", data);
    take(values, "model", model);
    take(values, "out", out);
    take(values, "boxes", boxes);
    take(values, "frame", request.frames);
    take(values, "seed", request.seed);
    take(values, "device", request.device);
    take(values, "threads", request.threads);
    request.quiet = values["quiet"].as<bool>();
    request.out = out;
    request.boxes = boxes;
    if (data.size() != 1) {
        throw ConfigError("'siskin frustums' takes one data set", kHint);
    }
    request.data = data.front();
    if (model.empty()) {
        throw ConfigError("no --model", "a weight file, or e.g. --model pvcnn:random");
    }
    if (out.empty()) {
        throw ConfigError("no --out", "say which folder the result files go to");
    }
    request.model = parseFrustumModel(model);
    if (request.threads < 0 || (request.threads == 0 && values.count("threads") != 0)) {
        throw ConfigError(
            fmt::format("--threads {} is impossible", request.threads), "give 1 or more"
        );
    }
    return request;
}

int frustumsCommand(const Texts& arguments, const std::stop_token& stop) {
    const auto request = parseFrustumsOptions(arguments);
    if (request.help) {
        std::fputs(frustumsHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    if (request.threads > 0) {
        setThreadCount(request.threads);
    }
    const KittiObjectSet data(request.data, request.boxes);
    const auto& frames = request.frames.empty() ? data.frames() : request.frames;
    Progress progress(Progress::styleFor(request.quiet));
    progress.begin("loading the model");
    const auto detector = FrustumDetector::open(request.model, openDevice(request.device));
    if (!detector->info().trained) {
        progress.warn("untrained weights: the boxes mean nothing");
    }
    progress.begin(fmt::format("frustums of {} frames", frames.size()));
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
    progress.note(fmt::format("wrote {} files to {}", tally.frames, request.out.string()));
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
