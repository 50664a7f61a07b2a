// SPDX-License-Identifier: MIT
#include "app/cli/cones_options.hpp"

#include "app/cli/kind_argument.hpp"
#include "core/base/error.hpp"

#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;
using Text = std::string;
using Texts = std::vector<std::string>;

constexpr auto kHint = "see 'siskin cones --help'";

po::options_description conesOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options()(
        "model",
        po::value<Texts>()->value_name("MODEL"),
        "a weight file of 'siskin train --model cone-...', demo:cones-pvcnn (also -pointnet, "
        "-voxelcnn), or KIND:random, untrained; repeat it to compare several in one run"
    )("out",
      po::value<Text>()->value_name("DIR"),
      "write report.json, report.html, picture.png, cones.csv and cones.jsonl there"
    )("frame",
      po::value<Texts>()->value_name("ID"),
      "only this frame; may be repeated; the first one is drawn"
    )("tdp",
      po::value<double>()->value_name("WATTS"),
      "rated processor power, for the energy estimate where no counter is readable");
    addComputeOptions(options);
    return options;
}

ObjectModelSpec modelSpec(const Text& text) {
    const auto argument = parseKindArgument(text, "network for cones", namesOf(kObjectNetworks));
    ObjectModelSpec spec{.weights = argument.weights};
    if (!argument.kind.empty()) {
        spec.kind = objectNetworkFromName(argument.kind);
    }
    return spec;
}

} // namespace

ConesRequest parseConesOptions(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, conesOptions(), "data", kHint);
    ConesRequest request;
    request.compute = takeComputeOptions(values);
    if (request.compute.help) {
        return request;
    }
    Texts models;
    Text out;
    take(values, "model", models);
    take(values, "out", out);
    take(values, "frame", request.frames);
    take(values, "tdp", request.tdpWatts);
    request.out = out;
    request.data = takeOneData(values, "cones", kHint);
    if (models.empty()) {
        throw ConfigError("no --model", "e.g. --model demo:cones-pvcnn");
    }
    for (const auto& model : models) {
        request.models.push_back(modelSpec(model));
    }
    return request;
}

std::string conesHelp() {
    std::ostringstream options;
    options << conesOptions();
    return "Finds the cones of a race track object by object: takes the ground away, groups what "
           "stands on it, and lets\nsmall networks say of each group which cone it is and where it "
           "stands. Where the cones are known, scores\nthe networks by distance.\n\n"
           "Usage:\n  siskin cones DATA --model MODEL [options]\n\n"
           "DATA is a folder of 'siskin make-dataset track', one of its scans, or LiDAR scans of "
           "another kind with an\nintensity between 0 and 1, in which cones are looked for without "
           "a score.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin make-dataset track --out track --frames 40 --beams 64 --seed 7\n"
           "  siskin cones track --model demo:cones-pvcnn --model demo:cones-pointnet "
           "--model demo:cones-voxelcnn --out cones\n"
           "  siskin cones track --model mine/best.safetensors --frame 000003\n";
}

} // namespace siskin::cli
