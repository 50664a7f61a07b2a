// SPDX-License-Identifier: MIT
#include "tests/bench/cuda_layers.hpp"

#include "gpu/platform.hpp"
#include "tests/bench/statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <tuple>

namespace siskin::bench {

namespace {

constexpr double kMicro = 1e6;

/// Keeps the device busy for about a millisecond, so that the program is ahead of it and what is
/// timed next runs without gaps.
void occupyDevice() {
    constexpr std::int64_t kSide = 6144;
    const auto matrix = gpu::newTensor({kSide, kSide}, torch::kFloat16).zero_();
    torch::mm(matrix, matrix);
}

/// Median seconds of `work`, on the device's own clock where it has one.
double medianSeconds(const std::function<void()>& work, int runs) {
    std::vector<double> samples;
    work(); // the first call of a shape may load code
    const auto timer = gpu::newTimer();
    if (!timer) {
        for (int i = 0; i < runs; ++i) {
            samples.push_back(secondsOf(work));
        }
        return percentile(samples, 0.5);
    }
    occupyDevice();
    for (int i = 0; i < runs; ++i) {
        timer->enter("repeated");
        work();
        timer->leave();
    }
    const auto notes = timer->seconds();
    for (std::size_t i = 0; i + 1 < notes.size(); i += 2) {
        samples.push_back(notes[i + 1] - notes[i]);
    }
    return percentile(samples, 0.5);
}

double measure(const ConvCall& call, const gpu::TilingChoice& choice, int runs) {
    const auto& map = dynamic_cast<const gpu::CudaKernelMap&>(*call.map);
    const auto& conv = dynamic_cast<const gpu::CudaConv&>(*call.conv);
    return medianSeconds(
        [&] { gpu::convolve(call.features, map, conv, call.shortcut, call.out, choice); }, runs
    );
}

int splitsOf(const ConvCall& call, const gpu::Tiling& tiling) {
    const auto& map = dynamic_cast<const gpu::CudaKernelMap&>(*call.map);
    return tiling.order < 0 ? 1 : map.orders[static_cast<std::size_t>(tiling.order)].work.splits;
}

std::string channelsOf(const CudaLayer& layer) {
    const std::string projection = layer.projection ? "+p" : "";
    return fmt::format("{}>{}{}", layer.span.channelsIn, layer.span.channelsOut, projection);
}

std::string titleOf(const CudaSubject& subject) {
    return fmt::format(
        "{} {} {} {}",
        subject.kind,
        subject.width,
        siskin::toString(subject.precision),
        toString(subject.flow)
    );
}

/// One way to cut a layer into tiles.
struct Way {
    gpu::TilingChoice choice;
    double estimated = 0.0; ///< seconds
    double measured = 0.0;
};

std::vector<Way> waysOf(const ConvCall& call, int runs) {
    const auto& map = dynamic_cast<const gpu::CudaKernelMap&>(*call.map);
    const auto& conv = dynamic_cast<const gpu::CudaConv&>(*call.conv);
    std::vector<int> splits;
    if (tilingOf(call)->order < 0) {
        splits = {1};
    } else {
        for (const auto& orders : map.orders) {
            splits.push_back(orders.work.splits);
        }
    }
    std::vector<Way> ways;
    for (const int count : splits) {
        for (const int rows : {64, 128}) {
            Way way;
            way.choice.splits = count;
            way.choice.tileRows = rows;
            way.estimated = gpu::tilingOf(map, conv, way.choice).seconds;
            way.measured = measure(call, way.choice, runs);
            ways.push_back(way);
        }
    }
    return ways;
}

std::string nameOf(const Way& way) {
    return fmt::format("{}x{}", way.choice.splits, way.choice.tileRows);
}

/// Prints the ways of one layer; returns the measured times of the chosen one and the fastest.
std::pair<double, double> printWays(const CudaLayer& layer, const std::vector<Way>& ways) {
    const auto by = [&](double Way::*time) {
        return *std::min_element(ways.begin(), ways.end(), [&](const Way& a, const Way& b) {
            return a.*time < b.*time;
        });
    };
    const Way chosen = by(&Way::estimated);
    const Way fastest = by(&Way::measured);
    fmt::print(
        "  {:<28} {:>8} {:>12} {:>8} {:>8} {:>6.2f}  ",
        layer.span.name,
        layer.span.rowsOut,
        channelsOf(layer),
        nameOf(chosen),
        nameOf(fastest),
        chosen.measured / fastest.measured
    );
    for (const auto& way : ways) {
        fmt::print(
            " {} {:.1f} ({:.1f})", nameOf(way), way.measured * kMicro, way.estimated * kMicro
        );
    }
    fmt::print("\n");
    return {chosen.measured, fastest.measured};
}

nlohmann::json describeStages(const std::array<StagePlan, kUNetStages>& stages) {
    auto result = nlohmann::json::array();
    for (const auto& stage : stages) {
        result.push_back(
            {{"transition", stage.transition}, {"middle", stage.middle}, {"out", stage.out}}
        );
    }
    return result;
}

} // namespace

void printLayers(const CudaNetwork& network, const VoxelFrame& frame, int runs) {
    fmt::print(
        "\nlayers of {}, frame {}, each by itself {} times, median; the estimate leaves out a "
        "projection (+p)\n"
        "  {:<28} {:>8} {:>12} {:>9} {:>8} {:>9} {:>9} {:>10} {:>7} {:>8}\n",
        titleOf(network.subject()),
        frame.name,
        runs,
        "layer",
        "rows",
        "channels",
        "pairs",
        "tiles",
        "redundant",
        "estim. us",
        "measured",
        "m/e",
        "TFLOP/s"
    );
    double estimated = 0.0;
    double measured = 0.0;
    for (const auto& layer : layersOf(network, frame)) {
        const auto tiling = tilingOf(layer.call);
        const double seconds = measure(layer.call, {}, runs);
        measured += seconds;
        estimated += tiling ? tiling->seconds : 0.0;
        fmt::print(
            "  {:<28} {:>8} {:>12} {:>9} {:>8} {:>9} {:>9} {:>10.1f} {:>7} {:>8.1f}\n",
            layer.span.name,
            layer.span.rowsOut,
            channelsOf(layer),
            layer.span.pairs,
            tiling ? fmt::format("{}x{}", splitsOf(layer.call, *tiling), tiling->shape.rows) : "-",
            tiling ? fmt::format("{:.2f}", tiling->redundancy) : "-",
            tiling ? fmt::format("{:.1f}", tiling->seconds * kMicro) : "-",
            seconds * kMicro,
            tiling ? fmt::format("{:.2f}", seconds / tiling->seconds) : "-",
            2e-12 * static_cast<double>(macsOf(layer)) / seconds
        );
    }
    fmt::print("  sum: estimated {:.3f} ms, measured {:.3f} ms\n", 1e3 * estimated, 1e3 * measured);
    std::fflush(stdout);
}

void printSweep(const CudaNetwork& network, const VoxelFrame& frame, int runs) {
    fmt::print(
        "\nsweep of {}, frame {}: every way of cutting, splits x rows of a tile, {} times each, "
        "median us (estimate)\n"
        "  {:<28} {:>8} {:>12} {:>8} {:>8} {:>6}\n",
        titleOf(network.subject()),
        frame.name,
        runs,
        "layer",
        "rows",
        "channels",
        "chosen",
        "fastest",
        "c/f"
    );
    std::set<std::tuple<int, std::int64_t, int, int, bool>> seen;
    double chosen = 0.0;
    double fastest = 0.0;
    for (const auto& layer : layersOf(network, frame)) {
        const auto& span = layer.span;
        const bool isNew = seen.emplace(
                                   layer.call.map->volume(),
                                   span.rowsOut,
                                   span.channelsIn,
                                   span.channelsOut,
                                   layer.projection.has_value()
        )
                               .second;
        if (isNew) {
            const auto [ofChosen, ofFastest] = printWays(layer, waysOf(layer.call, runs));
            chosen += ofChosen;
            fastest += ofFastest;
        }
    }
    fmt::print(
        "  sum over different layers: chosen {:.3f} ms, fastest {:.3f} ms, {:.2f}x\n",
        1e3 * chosen,
        1e3 * fastest,
        chosen / fastest
    );
    std::fflush(stdout);
}

nlohmann::json describe(const CudaNetwork& network, const VoxelFrame& frame) {
    const auto plan = planFromWidth(network.subject().width, kBenchClasses);
    auto convolutions = nlohmann::json::array();
    const auto add = [&](const Span& span, int volume) {
        convolutions.push_back(
            {{"name", span.name},
             {"volume", volume},
             {"in", span.channelsIn},
             {"out", span.channelsOut}}
        );
    };
    for (const auto& layer : layersOf(network, frame)) {
        add(layer.span, layer.call.map->volume());
        if (layer.projection) {
            add(*layer.projection, 1);
        }
    }
    return {
        {"network", network.subject().kind},
        {"width", network.subject().width},
        {"classes", plan.classes},
        {"input", kInputChannels},
        {"stem", plan.stem},
        {"down", describeStages(plan.down)},
        {"up", describeStages(plan.up)},
        {"layers", std::move(convolutions)},
    };
}

} // namespace siskin::bench
