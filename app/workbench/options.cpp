// SPDX-License-Identifier: MIT
#include "app/workbench/options.hpp"

#include "app/cli/model_argument.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/run_options.hpp"
#include "core/base/error.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace siskin::workbench {

namespace {

namespace po = boost::program_options;

constexpr int kMostPanes = 4;
constexpr double kLongestPlay = 86'400.0; // seconds

po::options_description visibleOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description options("Options", kWidth);
    options.add_options(
    )("model",
      po::value<std::vector<std::string>>()->value_name("MODEL[@PRECISION]"),
      "add a network; repeat it to compare several. KIND:WEIGHTS[:CONFIG] with minkunet, spvcnn or "
      "spvnas for LiDAR scans, pvcnn, pvcnn2, pointnet, pointnet2ssg, pointnet2msg or dgcnn for "
      "shapes and rooms as KIND; FILE for weights that 'siskin train' wrote; demo:NAME for one "
      "that comes with the program; KIND:random:CR for an untrained one of width CR; "
      "predictions:FOLDER for what another program wrote"
    )("panes", po::value<int>()->value_name("N"), "1 to 4 panes side by side"
    )("run", po::bool_switch(), "run the networks as soon as they are loaded"
    )("preset",
      po::value<std::string>()->value_name("pvcnn-paper"),
      "run the networks that the PVCNN paper compares on a shape or room, and show the table"
    )("votes",
      po::value<int>()->value_name("N"),
      "how often each point of a shape is asked about (default 1; its benchmark: 10)"
    )("device", po::value<std::string>()->value_name("NAME"), "cpu (default), reference ..."
    )("region",
      po::value<std::string>()->value_name("CODE"),
      "electricity for gCO2e, see 'siskin regions' (default WORLD)"
    )("play",
      po::value<double>()->value_name("SECONDS"),
      "when everything is loaded, play the drive that long (looping, with the networks running), "
      "print frames per second, lag, dropped frames and where the time went as one line, and end"
    )("screenshot",
      po::value<std::string>()->value_name("FILE"),
      "when everything is loaded and run (or at the end of --play), save the window as PNG and end"
    )("help", po::bool_switch(), "this text")("version", po::bool_switch(), "versions and devices");
    return options;
}

ModelSpec specOf(const std::string& text) {
    const cli::ModelArgument argument = cli::parseModelArgument(text);
    if (!argument.random && argument.weights.empty() && argument.predictions.empty()) {
        throw ConfigError(
            fmt::format("--model {} has no weights", text),
            fmt::format("write {0}:FILE, or {0}:random:0.25 for an untrained network", text)
        );
    }
    return cli::makeModelSpec(argument);
}

} // namespace

Options parseOptions(const std::vector<std::string>& arguments) {
    using cli::take;
    const auto values =
        cli::parseOptions(arguments, visibleOptions(), "path", "see 'siskin-workbench --help'");
    Options options;
    options.help = values["help"].as<bool>();
    options.version = values["version"].as<bool>();
    options.run = values["run"].as<bool>();
    std::vector<std::string> paths;
    take(values, "path", paths);
    if (paths.size() > 1) {
        throw ConfigError(
            fmt::format("{} paths were given, one can be opened", paths.size()),
            "quote a path that has spaces in it"
        );
    }
    if (!paths.empty()) {
        options.path = paths.front();
    }
    take(values, "panes", options.panes);
    take(values, "screenshot", options.screenshot);
    take(values, "play", options.playSeconds);
    take(values, "device", options.device);
    take(values, "region", options.region);
    std::vector<std::string> models;
    take(values, "model", models);
    for (const std::string& model : models) {
        options.models.push_back(specOf(model));
    }
    if (values.count("panes") != 0 && (options.panes < 1 || options.panes > kMostPanes)) {
        throw ConfigError(
            fmt::format("--panes {} is impossible", options.panes),
            fmt::format("give 1 to {}", kMostPanes)
        );
    }
    if (values.count("preset") != 0) {
        options.paperPreset = values["preset"].as<std::string>() == cli::kPaperPreset;
        const bool foreign = options.run || !models.empty() || values.count("votes") != 0 ||
                             values.count("play") != 0;
        if (!options.paperPreset || options.path.empty() || foreign) {
            throw ConfigError(
                "--preset is pvcnn-paper, needs a shape or a room, brings its own networks and "
                "runs by itself",
                "e.g. siskin-workbench demo:rooms --preset pvcnn-paper"
            );
        }
    }
    int votes = 1;
    take(values, "votes", votes);
    if (votes < 1 || votes > kMostVotes) {
        throw ConfigError(
            fmt::format("--votes {} is impossible", votes), fmt::format("give 1 to {}", kMostVotes)
        );
    }
    for (ModelSpec& spec : options.models) {
        spec.votes = votes;
    }
    if (options.run && (options.path.empty() || options.models.empty())) {
        throw ConfigError("--run needs a scan and a --model", "see 'siskin-workbench --help'");
    }
    const bool mayPlay = options.playSeconds > 0.0 && options.playSeconds <= kLongestPlay;
    if (values.count("play") != 0 && !mayPlay) {
        throw ConfigError(
            fmt::format("--play {} is impossible", options.playSeconds),
            fmt::format("give up to {} seconds", kLongestPlay)
        );
    }
    if (options.playSeconds > 0.0 && (options.path.empty() || options.run)) {
        throw ConfigError(
            "--play needs a drive and runs the networks itself", "name a data set, without --run"
        );
    }
    return options;
}

int startingPanes(const Options& options) {
    if (options.panes > 0) {
        return options.panes;
    }
    const int models = static_cast<int>(options.models.size());
    return std::clamp(models == 0 ? 2 : models + 2, 2, kMostPanes);
}

std::string helpText() {
    std::ostringstream text;
    text
        << "Usage: siskin-workbench [PATH] [options]\n\n"
           "Shows LiDAR scans, rooms and shapes and what networks make of them, side by side, "
           "with\n"
           "time, energy and carbon. PATH is the folder of a data set, a scan (.bin, .ply, .pcd,\n"
           ".xyz ...), demo:street, demo:rooms or demo:shapes.\n\n"
        << visibleOptions()
        << "\nExamples:\n"
           "  siskin-workbench demo:street\n"
           "  siskin-workbench demo:rooms --model pvcnn:random:1 --run\n"
           "  siskin-workbench demo:shapes --preset pvcnn-paper\n"
           "  siskin-workbench kitti --model spvcnn:spvcnn.pt --model minkunet:mink.pt --run\n"
           "  siskin-workbench kitti --model spvcnn:spvcnn.pt --panes 1 --play 20\n"
           "  siskin-workbench 000000.bin --model spvnas:init:net.config --run --screenshot a.png\n"
           "\nExit codes: 0 ok, 1 something failed, 2 usage, 3 data missing or invalid, 4 no "
           "display or\ndevice.\n";
    return text.str();
}

} // namespace siskin::workbench
