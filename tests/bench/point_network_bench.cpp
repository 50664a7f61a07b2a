// SPDX-License-Identifier: MIT
// Whole networks on one cloud each, side by side in one run: PVCNN and the baselines that its paper
// compares with (models.md 5), on a made-up shape and a block of a made-up room.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/models/point_network.hpp"
#include "core/sparse/tensor_pool.hpp"
#include "datasets/synthetic/rooms/room_scanner.hpp"
#include "datasets/synthetic/shapes/shape_set.hpp"
#include "tests/bench/machine_limits.hpp"
#include "tests/bench/statistics.hpp"

#include <ATen/Parallel.h>
#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <torch/types.h>

#include <cstdio>
#include <iostream>
#include <numeric>
#include <optional>

namespace {

namespace po = boost::program_options;
using namespace siskin;
using namespace siskin::bench;
using torch::Tensor;

constexpr const char* kUsual =
    "shape:pvcnn:1,shape:pvcnn:0.5,shape:pvcnn:0.25,shape:pointnet:1,shape:pointnet2ssg:1,"
    "shape:pointnet2msg:1,room:pvcnn:1,room:pvcnn:0.25,room:pointnet:1,room:dgcnn:1,"
    "room:pvcnn2:1,room:pvcnn2:0.5";

constexpr const char* kProtocol =
    "Every network has random weights (the time does not depend on them) and labels one cloud, "
    "batch 1: a made-up aeroplane of 2048 points, or a block of 1.5 m of a made-up room (4096 "
    "points, PVCNN++ 8192). Rounds are interleaved: each runs every network once, after {} untimed "
    "rounds. ms: best and median of {} rounds, of the network alone; layers: the sum of each "
    "layer's best, what is left of a round on a "
    "busy machine. GMAC: products of the "
    "layers as a plain loop would do them, so a fast algorithm can exceed the machine's rate.\n";

struct Options {
    std::string networks;
    int runs = 15;
    int warmUps = 3;
    bool layers = false;
};

struct Subject {
    std::string name;
    Tensor input;
    std::unique_ptr<PointNetwork> network;
    std::vector<double> milliseconds{};
    Trace trace{};                   ///< of the fastest run
    std::vector<double> layerBest{}; ///< seconds, of each span over all runs
};

/// Columns x, y, z of `values` into rows `first`..`first` + 2 of point `column`.
void put(
    torch::TensorAccessor<float, 2> rows, std::int64_t first, std::int64_t column, Vec3d value
) {
    rows[first][column] = static_cast<float>(value.x);
    rows[first + 1][column] = static_cast<float>(value.y);
    rows[first + 2][column] = static_cast<float>(value.z);
}

/// An aeroplane in the unit ball: [1, 22, 2048].
Tensor shapeInput() {
    constexpr std::int64_t kPoints = 2048;
    const auto sample = makeShapePoints(1, 0);
    const auto input = torch::zeros({22, kPoints});
    for (std::int64_t i = 0; i < kPoints; ++i) {
        const auto p = static_cast<std::size_t>(i) % sample.positions.size();
        put(input.accessor<float, 2>(), 0, i, sample.positions[p]);
        put(input.accessor<float, 2>(), 3, i, sample.normals[p]);
    }
    auto xyz = input.narrow(0, 0, 3);
    xyz -= xyz.mean(1, true);
    xyz /= xyz.square().sum(0).max().sqrt();
    input[6].fill_(1.0F);
    return input.unsqueeze(0);
}

/// A block of a scanned office with the nine channels of models.md 4.3: [1, 9, points].
Tensor roomInput(std::int64_t points) {
    constexpr double kBlock = 1.5;
    auto random = Random::forPart(1, 0);
    std::vector<RoomPoint> block;
    for (const auto& point : scanRoom(makeRoom(RoomKind::Office, random), 1, 300'000)) {
        if (point.position.x < kBlock && point.position.y < kBlock) {
            block.push_back(point);
        }
    }
    if (block.empty()) {
        throw ConfigError("the made-up room has no point in its first block");
    }
    const auto input = torch::zeros({9, points});
    for (std::int64_t i = 0; i < points; ++i) {
        constexpr std::size_t kStride = 7919; // a prime: any points of the block
        const auto& point = block[static_cast<std::size_t>(i) * kStride % block.size()];
        const auto& [red, green, blue] = point.colour;
        const Vec3d middle{kBlock / 2, kBlock / 2, 0.0};
        put(input.accessor<float, 2>(), 0, i, point.position - middle);
        put(input.accessor<float, 2>(),
            3,
            i,
            (1.0 / 255) * Vec3d{1.0 * red, 1.0 * green, 1.0 * blue});
        put(input.accessor<float, 2>(), 6, i, 0.2 * point.position);
    }
    return input.unsqueeze(0);
}

/// "shape:pvcnn:0.5"
Subject makeSubject(const std::string& name, const SparseOps& rows, const PointOps& points) {
    const auto first = name.find(':');
    const auto second = name.find(':', first + 1);
    if (second == std::string::npos) {
        throw ConfigError(
            fmt::format("'{}' is not a network to time", name),
            "write shape|room:KIND:WIDTH, e.g. shape:pvcnn:0.5"
        );
    }
    const bool room = name.substr(0, first) == "room";
    const PointNetworkPlan plan{
        .kind = modelKindFromName(name.substr(first + 1, second - first - 1)),
        .task = room ? ModelTask::IndoorScene : ModelTask::ShapeParts,
        .width = std::stod(name.substr(second + 1)),
    };
    auto parameters = Parameters::random(1);
    const std::int64_t roomPoints = plan.kind == ModelKind::Pvcnn2 ? 8192 : 4096;
    return {
        name,
        room ? roomInput(roomPoints) : shapeInput(),
        makePointNetwork(plan, parameters, rows, points),
    };
}

std::vector<Subject>
makeSubjects(const std::string& names, const SparseOps& rows, const PointOps& points) {
    std::vector<Subject> subjects;
    for (std::size_t at = 0; at < names.size();) {
        const auto comma = std::min(names.find(',', at), names.size());
        const auto name = names.substr(at, comma - at);
        at = comma + 1;
        try {
            subjects.push_back(makeSubject(name, rows, points));
        } catch (const Error& error) {
            fmt::print("left out {}: {}\n", name, error.what());
        }
    }
    return subjects;
}

void runOnce(Subject& subject, const SparseOps& rows, const PointOps& points, bool timed) {
    TraceRecorder recorder;
    const PointContext context{{rows, recorder, {}, {}}, points};
    const double ms = 1e3 * secondsOf([&] { subject.network->forward(context, subject.input); });
    auto trace = recorder.finish();
    if (!timed) {
        return;
    }
    const auto& spans = trace.root.children;
    subject.layerBest.resize(spans.size(), spans.front().duration + 1e3);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        subject.layerBest[i] = std::min(subject.layerBest[i], spans[i].duration);
    }
    const auto& before = subject.milliseconds;
    if (before.empty() || ms < *std::min_element(before.begin(), before.end())) {
        subject.trace = std::move(trace);
    }
    subject.milliseconds.push_back(ms);
}

void printLayers(const Subject& subject) {
    fmt::print("\n{}, the best time of each layer\n", subject.name);
    double sum = 0.0;
    for (std::size_t i = 0; i < subject.layerBest.size(); ++i) {
        const auto& span = subject.trace.root.children[i];
        const double seconds = subject.layerBest[i];
        sum += seconds;
        fmt::print(
            "  {:<44} {:>8} {:>9} {:>9.3f} ms {:>8.1f} MMAC {:>8.1f} GFLOP/s\n",
            span.name,
            span.rowsOut,
            fmt::format("{}>{}", span.channelsIn, span.channelsOut),
            1e3 * seconds,
            1e-6 * static_cast<double>(span.macs),
            2e-9 * static_cast<double>(span.macs) / seconds
        );
    }
    fmt::print("  {:<64}{:>8.3f} ms\n", "sum", 1e3 * sum);
}

void printTable(const std::vector<Subject>& subjects) {
    fmt::print(
        "\n{:<22} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}   times of the others over it (best)\n",
        "network",
        "points",
        "best ms",
        "median",
        "layers",
        "GMAC",
        "GFLOP/s"
    );
    const auto best = [](const Subject& s) { return percentile(s.milliseconds, 0.0); };
    for (const auto& subject : subjects) {
        const auto macs = static_cast<double>(subject.trace.totalMacs());
        fmt::print(
            "{:<22} {:>7} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.3f} {:>9.1f}  ",
            subject.name,
            subject.input.size(2),
            best(subject),
            percentile(subject.milliseconds, 0.5),
            1e3 * std::accumulate(subject.layerBest.begin(), subject.layerBest.end(), 0.0),
            1e-9 * macs,
            2e-6 * macs / best(subject)
        );
        for (const auto& other : subjects) {
            if (&other != &subject && other.name.substr(0, 4) == subject.name.substr(0, 4)) {
                fmt::print(" {:.2f}", best(other) / best(subject));
            }
        }
        fmt::print("\n");
    }
}

std::optional<Options> parse(int argc, char** argv) {
    Options options;
    po::options_description description("point_network_bench, options");
    description.add_options()("help,h", "this text")(
        "networks",
        po::value(&options.networks)->default_value(kUsual),
        "shape|room:KIND:WIDTH, separated by commas"
    )("runs", po::value(&options.runs)->default_value(15), "timed rounds"
    )("warm-ups", po::value(&options.warmUps)->default_value(3), "untimed rounds before them"
    )("layers", po::bool_switch(&options.layers), "print the best time of every layer");
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, description), values);
    po::notify(values);
    if (values.count("help") != 0) {
        std::cout << description;
        return std::nullopt;
    }
    if (options.runs < 1) {
        throw ConfigError("--runs must be at least 1");
    }
    return options;
}

void timeNetworks(const Options& options) {
    const torch::InferenceMode inference;
    installTensorPool();
    at::set_num_threads(threadCount());
    const auto rows = makeCpuOps();
    const auto points = makeCpuPointOps();
    fmt::print("machine: {}, BLAS {}\n", points->description(), blasKernels());
    for (const auto& rate : measureInstructionRates()) {
        fmt::print("  {:<20} {:>7.1f} GFLOP/s per thread\n", rate.name, 2 * rate.gigaMacs);
    }
    fmt::print(kProtocol, options.warmUps, options.runs);
    auto subjects = makeSubjects(options.networks, *rows, *points);
    for (int round = -options.warmUps; round < options.runs; ++round) {
        for (auto& subject : subjects) {
            runOnce(subject, *rows, *points, round >= 0);
        }
    }
    printTable(subjects);
    if (options.layers) {
        std::for_each(subjects.begin(), subjects.end(), printLayers);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        restartWithFittingBlas(argv);
        if (const auto options = parse(argc, argv)) {
            timeNetworks(*options);
        }
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "point_network_bench: {}\n", error.what());
        return 1;
    }
}
