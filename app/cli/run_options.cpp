// SPDX-License-Identifier: MIT
#include "app/cli/run_options.hpp"

#include "app/cli/parse_options.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/scan/shape_categories.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

constexpr int kPaperRepeats = 3;
constexpr std::string_view kDefaultPng = "*"; ///< value of --png without a file

po::options_description visibleOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description models("Model", kWidth);
    models.add_options()(
        "model",
        po::value<std::vector<std::string>>()->value_name("MODEL[@PRECISION]"),
        "network; repeat it to compare several. KIND:WEIGHTS[:CONFIG] with KIND minkunet, spvcnn, "
        "spvnas (LiDAR scans), pvcnn, pointnet (shapes, rooms), pointnet2ssg, pointnet2msg "
        "(shapes), pvcnn2 or dgcnn (rooms); FILE for weights that 'siskin train' wrote; demo:NAME "
        "for one that comes "
        "with the program; KIND:random:CR for an untrained one of width CR, for timing only; "
        "predictions:FOLDER for what another program wrote, in the layout of the data set's "
        "benchmark"
    )("weights",
      po::value<std::string>()->value_name("FILE"),
      "weight file of the one --model KIND (.pt, .pth, .pth.tar, .t7, .safetensors)"
    )("preset",
      po::value<std::string>()->value_name("NAME"),
      "in place of --model: pvcnn-paper runs PVCNN and the networks of its paper's tables on one "
      "shape or room, in turns (--repeat, default 3), and puts the figures beside the published "
      "ones; networks without weights run untrained, for their cost only"
    )("weights-folder",
      po::value<std::string>()->value_name("DIR"),
      "where --preset looks for weights (default: those that come with the program)"
    )("config", po::value<std::string>()->value_name("FILE"), "net.config of an SPVNAS network"
    )("class-map",
      po::value<std::string>()->value_name("NAME|FILE"),
      "classes that the weights speak, e.g. semantickitti-official, or a JSON file (default: what "
      "the weights say, else what is usual for the data set)");
    po::options_description how("How to run", kWidth);
    how.add_options(
    )("device", po::value<std::string>()->value_name("NAME"), "cpu (default), reference, cuda:0 ..."
    )("fallback",
      po::value<std::string>()->value_name("cpu"),
      "go on on the processor, in fp32, where the device is missing, runs out of memory or is "
      "lost; "
      "results say so"
    )("threads", po::value<int>()->value_name("N"), "processor threads (default: all)"
    )("precision",
      po::value<std::string>()->value_name("NAME"),
      "number format of the multiplications: fp32 (default), fp16, bf16 or int8, where the "
      "processor has it; int8 is calibrated on the first frames; tf32 on GPUs only. --model "
      "...@NAME says it for one model"
    )("parallel",
      po::value<std::string>()->value_name("WAY"),
      "over many frames: auto (default) measures on the first ones which is faster, frames (side "
      "by "
      "side, one thread each) or threads (one frame at a time on all threads)"
    )("repeat",
      po::value<int>()->value_name("N"),
      "measured runs per frame, after one warm-up that does not count; the median run is reported "
      "(default 1, without warm-up)"
    )("frame",
      po::value<std::vector<std::string>>()->value_name("ID"),
      "only this frame of a folder, e.g. 00/000000; may be repeated"
    )("votes",
      po::value<int>()->value_name("N"),
      "shapes: ask the network N times about every point, in another mix of points each time, and "
      "keep the most confident answer (default 1; the benchmark's protocol, and 'siskin eval', "
      "take 10)"
    )("category",
      po::value<std::string>()->value_name("NAME"),
      "what the scans show, e.g. chair: for shapes in files that do not say it"
    )("sweeps",
      po::value<int>()->value_name("N"),
      "merge the N scans before each frame into it, moved by the vehicle's motion (default 0)"
    )("region",
      po::value<std::string>()->value_name("CODE"),
      "electricity for gCO2e, see 'siskin regions' (default WORLD)"
    )("tdp",
      po::value<double>()->value_name("WATTS"),
      "rated processor power, for the energy estimate where no counter is readable");
    po::options_description results("Results", kWidth);
    results.add_options()(
        "out",
        po::value<std::string>()->value_name("DIR"),
        "write predictions (.label) and run.json there"
    )("png",
      po::value<std::string>()->value_name("[FILE]"),
      "comparison picture; without FILE comparison.png in --out, or here"
    )("html",
      po::value<std::string>()->value_name("FILE"),
      "one self-contained page with picture, table and charts"
    )("json",
      po::value<std::string>()->value_name("FILE"),
      "the full report; - prints it instead of the table"
    )("layers", po::bool_switch(), "also print a table of every layer"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    po::options_description all;
    all.add(models).add(how).add(results);
    return all;
}

/// Boost would take whatever follows an option with an optional value. Only a word that ends in
/// ".png" is its file here, so that "--png scan.bin" does what it looks like.
std::vector<std::string> attachPngFile(const std::vector<std::string>& arguments) {
    std::vector<std::string> attached;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] != "--png") {
            attached.push_back(arguments[i]);
        } else if (i + 1 < arguments.size() && arguments[i + 1].ends_with(".png")) {
            attached.push_back(fmt::format("--png={}", arguments[++i]));
        } else {
            attached.push_back(fmt::format("--png={}", kDefaultPng));
        }
    }
    return attached;
}

char lowerCase(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string text(const po::variables_map& values, const char* name) {
    return values.count(name) != 0 ? values[name].as<std::string>() : std::string();
}

std::size_t parseCategory(const std::string& name) {
    std::vector<std::string> known;
    std::string wanted = name;
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), lowerCase);
    for (const auto& category : kShapeCategories) {
        known.emplace_back(category.name);
        std::transform(known.back().begin(), known.back().end(), known.back().begin(), lowerCase);
        if (known.back() == wanted) {
            return known.size() - 1;
        }
    }
    throw ConfigError(
        fmt::format("--category {}: unknown", name),
        didYouMean(wanted, known, fmt::format("known are {}", fmt::join(known, ", ")))
    );
}

/// --weights and --config belong to a lone --model KIND.
void attachWeights(RunRequest& request, const std::string& weights, const std::string& config) {
    if (!weights.empty() || !config.empty()) {
        if (request.models.size() != 1) {
            throw ConfigError(
                "--weights and --config fit one --model only",
                "for several write --model KIND:WEIGHTS[:CONFIG]"
            );
        }
        auto& model = request.models.front();
        if (!weights.empty() &&
            (model.random || !model.weights.empty() || !model.predictions.empty())) {
            throw ConfigError(
                "weights are given twice, in --model and in --weights", "drop one of them"
            );
        }
        if (!weights.empty()) {
            model.weights = weights;
        }
        if (!config.empty()) {
            model.config = config;
        }
    }
    for (const auto& model : request.models) {
        if (!model.random && model.weights.empty() && model.predictions.empty()) {
            const auto kind = toString(*model.kind); // a lone file is its own weights
            throw ConfigError(
                fmt::format("--model {} has no weights", kind),
                fmt::format("give --weights FILE, or --model {}:random:0.5 for timing only", kind)
            );
        }
    }
}

void checkPreset(const RunRequest& request, const po::variables_map& values) {
    if (!request.preset.empty() && request.preset != kPaperPreset) {
        throw ConfigError(
            fmt::format("unknown preset '{}'", request.preset),
            didYouMean(
                request.preset,
                {std::string(kPaperPreset)},
                fmt::format("there is {}", kPaperPreset)
            )
        );
    }
    if (!request.preset.empty() && !request.models.empty()) {
        throw ConfigError("--preset brings its own networks", "drop --model or --preset");
    }
    for (const char* foreign : {"weights", "config", "precision", "parallel"}) {
        if (!request.preset.empty() && values.count(foreign) != 0) {
            throw ConfigError(
                fmt::format("--{} does not go with --preset", foreign),
                "it brings its own networks, runs them in fp32 and times one frame at a time; "
                "their weights are found with --weights-folder"
            );
        }
    }
    if (request.preset.empty() && !request.weightsFolder.empty()) {
        throw ConfigError("--weights-folder belongs to --preset", "add --preset pvcnn-paper");
    }
}

void check(const RunRequest& request) {
    if (request.scans.empty()) {
        throw ConfigError("no scan given", "name a .bin file, a data-set folder or demo:street");
    }
    if (request.models.empty() && request.preset.empty()) {
        throw ConfigError(
            "no model given", "e.g. --model spvcnn --weights FILE, see 'siskin run --help'"
        );
    }
    if (request.sweeps < 0) {
        throw ConfigError(
            fmt::format("--sweeps {} is impossible", request.sweeps), "give 0 or more"
        );
    }
    if (request.votes < 1 || request.votes > kMostVotes) {
        throw ConfigError(
            fmt::format("--votes {} is impossible", request.votes),
            fmt::format("give 1 to {}", kMostVotes)
        );
    }
    if (request.repeat < 1 || request.repeat > 10'000) {
        throw ConfigError(
            fmt::format("--repeat {} is impossible", request.repeat), "give 1 to 10000"
        );
    }
    if (request.repeat > 1 && request.parallel == ParallelMode::Frames) {
        throw ConfigError(
            "--repeat times one frame at a time, --parallel frames runs several", "drop one of them"
        );
    }
    if (request.tdpWatts && !(*request.tdpWatts > 0.0 && *request.tdpWatts < 10'000.0)) {
        throw ConfigError(
            fmt::format("--tdp {} is not a processor's power in watts", *request.tdpWatts),
            "e.g. --tdp 65"
        );
    }
}

} // namespace

RunRequest parseRunOptions(const std::vector<std::string>& arguments) {
    const auto values =
        parseOptions(attachPngFile(arguments), visibleOptions(), "scan", "see 'siskin run --help'");
    RunRequest request;
    request.help = values["help"].as<bool>();
    if (request.help) {
        return request;
    }
    take(values, "scan", request.scans);
    take(values, "frame", request.frames);
    take(values, "sweeps", request.sweeps);
    take(values, "votes", request.votes);
    if (values.count("category") != 0) {
        request.category = parseCategory(text(values, "category"));
    }
    take(values, "device", request.device);
    if (values.count("fallback") != 0 && text(values, "fallback") != "cpu") {
        throw ConfigError(
            fmt::format("--fallback {}: unknown", text(values, "fallback")), "it can be cpu"
        );
    }
    request.fallback = values.count("fallback") != 0;
    request.threads = takeThreads(values);
    request.preset = text(values, "preset");
    request.weightsFolder = text(values, "weights-folder");
    request.repeat = request.preset.empty() ? 1 : kPaperRepeats;
    take(values, "repeat", request.repeat);
    if (values.count("precision") != 0) {
        request.precision = precisionFromName(text(values, "precision"));
    }
    if (values.count("parallel") != 0) {
        request.parallel = parallelModeFromName(text(values, "parallel"));
    }
    take(values, "region", request.region);
    take(values, "class-map", request.classMap);
    if (values.count("tdp") != 0) {
        request.tdpWatts = values["tdp"].as<double>();
    }
    request.out = text(values, "out");
    request.png = values.count("png") != 0;
    request.pngFile = text(values, "png") == kDefaultPng ? std::string() : text(values, "png");
    request.htmlFile = text(values, "html");
    request.jsonFile = text(values, "json");
    request.layers = values["layers"].as<bool>();
    request.quiet = values["quiet"].as<bool>();
    std::vector<std::string> models;
    take(values, "model", models);
    for (const auto& model : models) {
        request.models.push_back(parseModelArgument(model));
    }
    checkPreset(request, values);
    check(request);
    attachWeights(request, text(values, "weights"), text(values, "config"));
    return request;
}

std::string runHelp() {
    std::ostringstream options;
    options << visibleOptions();
    return "Usage: siskin run SCAN... --model KIND --weights FILE [options]\n\n"
           "Runs networks on scans and reports result, time, energy and carbon.\n"
           "SCAN is a SemanticKITTI .bin file, a data-set folder (all its frames, or --frame ID) "
           "or\n"
           "demo:street, demo:shapes or demo:rooms, the built-in scans.\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin run demo:street --frame 000000 --model spvcnn:random:0.25 --png\n"
           "  siskin run 000000.bin --model spvcnn --weights spvcnn.pt --out results --png\n"
           "  siskin run 000000.bin --model spvcnn:a.pt --model minkunet:b.pt --html report.html\n"
           "  siskin run kitti --frame 08/000123 --model spvnas:init:net.config --repeat 5 "
           "--layers\n"
           "  siskin run 000000.bin --model spvcnn:a.pt --model spvcnn:a.pt@int8 --repeat 9\n"
           "  siskin run 000000.bin --model spvcnn:a.pt --region FRA --tdp 65 --json -\n"
           "  siskin run kitti --model spvcnn:a.pt --model predictions:theirs\n"
           "  siskin run demo:rooms --model pvcnn:random:1 --png\n"
           "  siskin run s3dis --model dgcnn:dgcnn_semseg_s3dis.t7 --html room.html\n"
           "  siskin run demo:rooms --preset pvcnn-paper --html paper.html\n"
           "  siskin run chair.ply --category chair --model pvcnn:shapenet.pvcnn.c1.pth.tar\n";
}

} // namespace siskin::cli
