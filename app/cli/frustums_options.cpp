// SPDX-License-Identifier: MIT
#include "app/cli/frustums_options.hpp"

#include "app/cli/kind_argument.hpp"
#include "core/base/error.hpp"

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
        "a weight file of a frustum network (also KIND:FILE), or KIND:random, untrained, with KIND "
        "of pvcnn (Frustum PVCNN-E), pointnet, pointnet2"
    )("out", po::value<Text>()->value_name("DIR"), "one KITTI result file per frame goes there"
    )("boxes",
      po::value<Text>()->value_name("DIR"),
      "2D detections, one text file per frame in KITTI's form with a score behind (default: the "
      "2D boxes of label_2)"
    )("frame", po::value<Texts>()->value_name("ID"), "only this frame; may be repeated"
    )("seed",
      po::value<std::uint64_t>()->value_name("N"),
      "which points of a frustum are drawn (default 1)");
    addComputeOptions(options);
    return options;
}

FrustumModelSpec modelSpec(const Text& text) {
    const auto argument = parseKindArgument(text, "frustum network", namesOf(kFrustumKinds));
    FrustumModelSpec spec{.weights = argument.weights};
    if (!argument.kind.empty()) {
        spec.kind = frustumKindFromName(argument.kind);
    }
    return spec;
}

} // namespace

FrustumsRequest parseFrustumsOptions(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, frustumsOptions(), "data", kHint);
    FrustumsRequest request;
    request.compute = takeComputeOptions(values);
    if (request.compute.help) {
        return request;
    }
    Text model, out, boxes;
    take(values, "model", model);
    take(values, "out", out);
    take(values, "boxes", boxes);
    take(values, "frame", request.frames);
    take(values, "seed", request.seed);
    request.out = out;
    request.boxes = boxes;
    request.data = takeOneData(values, "frustums", kHint);
    if (values.count("model") == 0) {
        throw ConfigError("no --model", "a weight file, or e.g. --model pvcnn:random");
    }
    if (out.empty()) {
        throw ConfigError("no --out", "say which folder the result files go to");
    }
    request.model = modelSpec(model);
    return request;
}

std::string frustumsHelp() {
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

} // namespace siskin::cli
