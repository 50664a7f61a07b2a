// SPDX-License-Identifier: MIT
#include "app/cli/cones_options.hpp"

#include "app/cli/model_argument.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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
    )("device", po::value<Text>()->value_name("NAME"), "cpu (default) or reference"
    )("threads", po::value<int>()->value_name("N"), "processor threads (default: all)"
    )("tdp",
      po::value<double>()->value_name("WATTS"),
      "rated processor power, for the energy estimate where no counter is readable"
    )("quiet", po::bool_switch(), "no progress on standard error")("help,h", "this text");
    return options;
}

Texts kindNames() {
    Texts names;
    for (const auto kind : kObjectNetworks) {
        names.emplace_back(toString(kind));
    }
    return names;
}

} // namespace

ObjectModelSpec parseObjectModel(const std::string& text) {
    ObjectModelSpec spec;
    const auto colon = text.find(':');
    const std::string head = text.substr(0, colon);
    const Texts kinds = kindNames();
    const bool isKind = std::find(kinds.begin(), kinds.end(), head) != kinds.end();
    if (!isKind) {
        std::error_code ignored;
        const bool looksLikePath = text.starts_with("demo:") || text.ends_with(".safetensors") ||
                                   std::filesystem::exists(text, ignored);
        if (!looksLikePath) {
            throw ConfigError(
                fmt::format("unknown network for cones '{}'", head),
                didYouMean(
                    head,
                    kinds,
                    fmt::format(
                        "give a weight file, demo:cones-pvcnn, or KIND:random with KIND of {}",
                        fmt::join(kinds, ", ")
                    )
                )
            );
        }
        spec.weights = text.starts_with("demo:") ? parseModelArgument(text).weights
                                                 : std::filesystem::path(text);
        return spec;
    }
    spec.kind = objectNetworkFromName(head);
    const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (rest.empty()) {
        throw ConfigError(
            fmt::format("--model {}: which weights?", text),
            fmt::format("write {0}:FILE, or {0}:random for untrained ones", head)
        );
    }
    spec.weights = rest == "random" ? std::filesystem::path() : std::filesystem::path(rest);
    return spec;
}

ConesRequest parseConesOptions(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, conesOptions(), "data", kHint);
    ConesRequest request;
    request.help = values.count("help") != 0;
    if (request.help) {
        return request;
    }
    Texts data, models;
    Text out;
    take(values, "data", data);
    take(values, "model", models);
    take(values, "out", out);
    take(values, "frame", request.frames);
    take(values, "device", request.device);
    take(values, "threads", request.threads);
    take(values, "tdp", request.tdpWatts);
    request.quiet = values["quiet"].as<bool>();
    request.out = out;
    if (data.size() != 1) {
        throw ConfigError("'siskin cones' takes one data set", kHint);
    }
    request.data = data.front();
    if (models.empty()) {
        throw ConfigError("no --model", "e.g. --model demo:cones-pvcnn");
    }
    for (const auto& model : models) {
        request.models.push_back(parseObjectModel(model));
    }
    if (request.threads < 0 || (request.threads == 0 && values.count("threads") != 0)) {
        throw ConfigError(
            fmt::format("--threads {} is impossible", request.threads), "give 1 or more"
        );
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
           "another kind, in\nwhich cones are looked for without a score.\n\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin make-dataset track --out track --frames 40 --beams 64 --seed 7\n"
           "  siskin cones track --model demo:cones-pvcnn --model demo:cones-pointnet "
           "--model demo:cones-voxelcnn --out cones\n"
           "  siskin cones track --model mine/best.safetensors --frame 000003\n";
}

} // namespace siskin::cli
