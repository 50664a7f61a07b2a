// SPDX-License-Identifier: MIT
#include "app/cli/train_options.hpp"

#include "app/cli/kind_argument.hpp"
#include "app/cli/parse_options.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

namespace siskin::cli {

namespace {

namespace po = boost::program_options;

constexpr const char* kSeeHelp = "see 'siskin train --help'";

template <typename T>
auto number(const char* name) {
    return po::value<T>()->value_name(name);
}

auto text(const char* name) {
    return po::value<std::string>()->value_name(name);
}

po::options_description dataOptions(unsigned width) {
    po::options_description options("Data", width);
    options.add_options(
    )("data",
      po::value<std::vector<std::string>>()->value_name("PATH[*SHARE]"),
      "labelled scans, shapes, rooms or race tracks to learn from; repeat it to mix data sets, in "
      "proportion to their frames or to the shares"
    )("val", text("PATH"), "the same to score after every epoch"
    )("class-map", text("NAME|FILE"), "classes to learn (default: the usual ones of the data)"
    )("voxel-size", number<double>("METRES"), "scans: default 0.1"
    )("max-voxels",
      number<std::int64_t>("N"),
      "scans: part of larger ones, a random subset, or see crop (default 80000)"
    )("points",
      number<std::int64_t>("N"),
      "shapes and rooms: of a cloud (default 2048 of a shape, 4096 of a room, pvcnn2 8192)"
    )("augment",
      text("LIST"),
      "none, or some of these. Scans: rotate,scale,flip,jitter (default): turn about z, 5 % larger "
      "or smaller, mirror y, vary the intensity; and crop: of a larger scan the --max-voxels "
      "voxels nearest to a random place, not thinned out. Rooms: rotate,flip,scale,jitter,colour "
      "(default): quarter turns, mirror, 10 % larger or smaller, 5 mm of noise, vary the colours. "
      "Shapes: jitter (default), flip,scale");
    return options;
}

po::options_description networkOptions(unsigned width) {
    po::options_description options("Network", width);
    options.add_options()(
        "model",
        text("KIND"),
        "scans: minkunet, spvcnn (default), spvnas; shapes: pvcnn, pointnet, pointnet2ssg, "
        "pointnet2msg; rooms: pvcnn, pvcnn2, pointnet, dgcnn; race tracks: cone-pvcnn, "
        "cone-pointnet, cone-voxelcnn"
    )("width", number<double>("CR"), "of all but spvnas (default 0.25)"
    )("config", text("FILE"), "net.config of an spvnas network"
    )("init", text("FILE"), "start from these weights instead of random ones");
    return options;
}

po::options_description howOptions(unsigned width) {
    po::options_description options("How to train", width);
    options.add_options()("epochs", number<double>("N"), "passes over the data (default 20)")(
        "steps", number<std::int64_t>("N"), "instead of --epochs: batches in all"
    )("batch",
      number<std::int64_t>("N"),
      "samples per step (default 2 scans, 16 clouds, 64 objects)"
    )("optimiser", text("NAME"), "adamw (default) or sgd (nesterov)"
    )("lr", number<double>("RATE"), "highest learning rate (default 0.003; sgd 0.1)"
    )("weight-decay", number<double>("X"), "of kernels and matrices (default 0.01; sgd 0.0001)"
    )("momentum", number<double>("X"), "of sgd (default 0.9)"
    )("warmup",
      number<std::int64_t>("STEPS"),
      "the rate rises for so long, then falls along a cosine (default: a twentieth of all steps, "
      "500 at most)")("clip", number<double>("NORM"), "longest gradient; 0 = any (default 10)")(
        "average",
        number<double>("DECAY"),
        "score and store a moving average of the weights; 0 = the latest (default 0.99)"
    )("class-weights",
      text("RULE|FILE"),
      "of the loss: none (default for shapes), sqrt (default for others) or log of how rare a "
      "class "
      "is, or a file with one number per class"
    )("label-smoothing", number<double>("X"), "default 0"
    )("seed", number<std::uint64_t>("N"), "same seed, same weights (default 1)"
    )("threads", number<int>("N"), "processor threads (default: all)"
    )("device", text("NAME"), "cpu (default) or reference (slow, plain LibTorch)");
    return options;
}

po::options_description resultOptions(unsigned width) {
    po::options_description options("Results", width);
    options.add_options()(
        "out", text("DIR"), "new folder for best.safetensors, last.safetensors, log.csv, train.json"
    )("resume",
      text("DIR"),
      "go on with an interrupted training; takes no other option but "
      "--threads and --quiet"
    )("store", text("FORMAT"), "numbers in the weight files: fp32 (default) or fp16"
    )("val-every", number<std::int64_t>("N"), "epochs between validations (default 1)"
    )("log-every", number<std::int64_t>("N"), "steps between rows of log.csv (default 20)"
    )("quiet", po::bool_switch(), "no progress on standard error"
    )("help,h", po::bool_switch(), "this text");
    return options;
}

po::options_description visibleOptions() {
    constexpr unsigned kWidth = 100;
    po::options_description all;
    all.add(dataOptions(kWidth)).add(networkOptions(kWidth));
    all.add(howOptions(kWidth)).add(resultOptions(kWidth));
    return all;
}

/// "PATH*SHARE"; a '*' that no number follows belongs to the path.
DataArgument parseData(const std::string& whole) {
    const auto star = whole.rfind('*');
    DataArgument argument{.path = whole};
    if (star != std::string::npos) {
        const char* begin = whole.data() + star + 1;
        const char* end = whole.data() + whole.size();
        const auto [rest, error] = std::from_chars(begin, end, argument.share);
        if (error == std::errc() && rest == end) {
            argument.path = whole.substr(0, star);
            if (!(argument.share > 0.0 && argument.share < 1e6)) {
                throw ConfigError(
                    fmt::format("--data {}: the share must be a positive number", whole),
                    "e.g. --data street*2 --data kitti*1"
                );
            }
        } else {
            argument.share = 0.0;
        }
    }
    if (argument.path.empty()) {
        throw ConfigError("--data names no folder", kSeeHelp);
    }
    return argument;
}

template <typename T>
void requireRange(const char* option, T value, T low, T high) {
    if (!(value >= low && value <= high)) {
        throw ConfigError(
            fmt::format("--{} {} is impossible", option, value),
            fmt::format("give {} to {}", low, high)
        );
    }
}

void requireOneOf(
    const char* option, const std::string& value, const std::vector<std::string>& known
) {
    if (std::find(known.begin(), known.end(), value) == known.end()) {
        throw ConfigError(
            fmt::format("--{} '{}' is not known", option, value),
            fmt::format("known: {}", fmt::join(known, ", "))
        );
    }
}

void checkNumbers(const TrainRequest& request) {
    constexpr std::int64_t kMany = 1'000'000'000;
    requireRange("width", request.width, 0.05, 4.0);
    requireRange("voxel-size", request.voxelSize, 0.005, 10.0);
    requireRange("epochs", request.epochs, 0.001, 1e6);
    requireRange<std::int64_t>("batch", request.batch, 1, 1024);
    requireRange<std::int64_t>("points", request.points, 0, 1'000'000);
    requireRange("lr", request.learningRate.value_or(1e-3), 1e-9, 100.0);
    requireRange("weight-decay", request.weightDecay.value_or(0.0), 0.0, 10.0);
    requireRange("momentum", request.momentum, 0.0, 0.9999);
    requireRange<std::int64_t>("warmup", request.warmup.value_or(0), 0, kMany);
    requireRange("clip", request.clip, 0.0, 1e9);
    requireRange("average", request.average, 0.0, 0.999999);
    requireRange("label-smoothing", request.labelSmoothing, 0.0, 0.9);
    requireRange<std::int64_t>("max-voxels", request.maxVoxels, 100, kMany);
    requireRange<std::int64_t>("log-every", request.logEvery, 1, kMany);
    requireRange<std::int64_t>("val-every", request.validateEvery, 1, kMany);
}

/// Options that mean nothing to the chosen network.
std::vector<const char*> foreignOptions(const TrainRequest& request) {
    if (request.cones) {
        return {"width", "config", "voxel-size", "max-voxels", "points", "augment", "class-map"};
    }
    if (isPointModel(request.model)) {
        return {"voxel-size", "max-voxels"};
    }
    return {"points"};
}

void check(const TrainRequest& request, const po::variables_map& values) {
    if (request.data.empty()) {
        throw ConfigError("no data to learn from", "give --data FOLDER, see 'siskin train --help'");
    }
    if (request.out.empty()) {
        throw ConfigError("no folder for the results", "give --out DIR");
    }
    if (values.count("epochs") != 0 && values.count("steps") != 0) {
        throw ConfigError("--epochs and --steps say the same thing twice", "drop one of them");
    }
    if (values.count("steps") != 0) {
        requireRange<std::int64_t>("steps", request.steps, 1, 1'000'000'000);
    }
    const bool spvnas = request.model == ModelKind::Spvnas;
    if (spvnas && request.config.empty()) {
        throw ConfigError("SPVNAS needs its architecture", "give --config net.config");
    }
    if (!request.cones && values.count(spvnas ? "width" : "config") != 0) {
        throw ConfigError(
            fmt::format(
                "--{} does not belong to {}", spvnas ? "width" : "config", titleOf(request.model)
            ),
            "the widths of spvnas are in its net.config, the others have --width"
        );
    }
    for (const char* name : foreignOptions(request)) {
        if (values.count(name) != 0) {
            throw ConfigError(
                fmt::format(
                    "--{} does not belong to {}",
                    name,
                    request.cones ? "networks for cones" : titleOf(request.model)
                ),
                request.cones ? "those have one size and one way to learn"
                              : "voxels are for LiDAR scans, points for shapes and rooms"
            );
        }
    }
    const auto& weights = request.classWeights;
    if (request.cones && !weights.empty() && weights != "none" && weights != "sqrt") {
        throw ConfigError(
            fmt::format("--class-weights {} is not for networks for cones", weights),
            "choose none or sqrt"
        );
    }
    checkNumbers(request);
}

void takePath(const po::variables_map& values, const char* name, std::filesystem::path& target) {
    if (values.count(name) != 0) {
        target = values[name].as<std::string>();
    }
}

/// The argument of --model.
void takeKind(const std::string& name, TrainRequest& request) {
    const std::string cone = "cone-";
    auto known = namesOf(kModelKinds);
    for (const auto kind : kObjectNetworks) {
        known.push_back(fmt::format("{}{}", cone, toString(kind)));
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw ConfigError(
            fmt::format("unknown model '{}'", name),
            didYouMean(name, known, fmt::format("known models: {}", fmt::join(known, ", ")))
        );
    }
    if (name.starts_with(cone)) {
        request.cones = objectNetworkFromName(name.substr(cone.size()));
    } else {
        request.model = modelKindFromName(name);
    }
}

void takeData(const po::variables_map& values, TrainRequest& request) {
    std::vector<std::string> data;
    take(values, "data", data);
    for (const auto& argument : data) {
        request.data.push_back(parseData(argument));
    }
    take(values, "val", request.validation);
    take(values, "class-map", request.classMap);
    take(values, "voxel-size", request.voxelSize);
    take(values, "max-voxels", request.maxVoxels);
    take(values, "points", request.points);
    take(values, "augment", request.augmentation);
    std::string model(toString(request.model));
    take(values, "model", model);
    takeKind(model, request);
    take(values, "width", request.width);
    takePath(values, "config", request.config);
    takePath(values, "init", request.init);
}

void takeHow(const po::variables_map& values, TrainRequest& request) {
    take(values, "epochs", request.epochs);
    take(values, "steps", request.steps);
    request.batch = request.cones ? 64 : isPointModel(request.model) ? 16 : 2;
    take(values, "batch", request.batch);
    take(values, "optimiser", request.optimiser);
    requireOneOf("optimiser", request.optimiser, {"adamw", "sgd"});
    take(values, "lr", request.learningRate);
    take(values, "weight-decay", request.weightDecay);
    take(values, "momentum", request.momentum);
    take(values, "warmup", request.warmup);
    take(values, "clip", request.clip);
    take(values, "average", request.average);
    take(values, "class-weights", request.classWeights);
    take(values, "label-smoothing", request.labelSmoothing);
    take(values, "seed", request.seed);
    take(values, "device", request.device);
    take(values, "val-every", request.validateEvery);
    take(values, "log-every", request.logEvery);
    std::string store = "fp32";
    take(values, "store", store);
    requireOneOf("store", store, {"fp32", "fp16"});
    request.storeHalf = store == "fp16";
}

/// A resumed training has all other options from its folder.
void requireAlone(const po::variables_map& values) {
    for (const auto& [name, value] : values) {
        constexpr std::array<std::string_view, 4> kAllowed = {"resume", "threads", "quiet", "help"};
        if (std::find(kAllowed.begin(), kAllowed.end(), name) == kAllowed.end() &&
            !value.defaulted()) {
            throw ConfigError(
                fmt::format("--resume goes on with the options of that training, not --{}", name),
                "leave it out, or start a new training with another --out"
            );
        }
    }
}

} // namespace

TrainRequest parseTrainOptions(const std::vector<std::string>& arguments) {
    const auto values = parseOptions(arguments, visibleOptions(), {}, kSeeHelp);
    TrainRequest request;
    request.arguments = arguments;
    request.help = values["help"].as<bool>();
    request.quiet = values["quiet"].as<bool>();
    if (request.help) {
        return request;
    }
    request.threads = takeThreads(values);
    if (values.count("resume") != 0) {
        requireAlone(values);
        takePath(values, "resume", request.out);
        request.resume = true;
        return request;
    }
    takePath(values, "out", request.out);
    takeData(values, request);
    takeHow(values, request);
    check(request, values);
    return request;
}

std::string trainHelp() {
    std::ostringstream options;
    options << visibleOptions();
    return "Usage: siskin train --data PATH --out DIR [options]\n"
           "       siskin train --resume DIR\n\n"
           "Trains a network on labelled LiDAR scans, shapes or rooms and writes its weights, "
           "which\n'siskin run' and the workbench take as they are; or one on race tracks, for "
           "'siskin cones'.\n" +
           options.str() +
           "\nExamples:\n"
           "  siskin make-dataset street --out street --frames 200 --seed 1\n"
           "  siskin train --data street --val held-out --width 0.5 --out spvcnn\n"
           "  siskin train --data street*3 --data kitti*1 --val held-out --out mixed --epochs 40\n"
           "  siskin train --data street --model minkunet --steps 5000 --store fp16 --out "
           "minkunet\n"
           "  siskin train --data street --model spvnas --config net.config --out spvnas\n"
           "  siskin train --data kitti --init spvcnn/best.safetensors --lr 0.0005 --out tuned\n"
           "  siskin make-dataset shapes --out shapes --count 800 --seed 1\n"
           "  siskin train --model pvcnn --data shapes --val other-shapes --out parts\n"
           "  siskin train --model pvcnn --data rooms --val other-rooms --epochs 5 --out indoor\n"
           "  siskin make-dataset track --out track --frames 400 --seed 1\n"
           "  siskin train --model cone-pvcnn --data track --val other-track --out cones\n"
           "  siskin train --resume spvcnn\n";
}

} // namespace siskin::cli
