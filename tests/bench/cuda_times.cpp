// SPDX-License-Identifier: MIT
#include "tests/bench/cuda_times.hpp"

#include "core/base/error.hpp"
#include "gpu/platform.hpp"
#include "tests/bench/statistics.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <array>
#include <random>

#ifdef SISKIN_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace siskin::bench {

namespace {

using gpu::DataFlow;
using torch::Tensor;

constexpr std::array<std::pair<std::string_view, DataFlow>, 3> kFlows = {{
    {"fused", DataFlow::Fused},
    {"single-sort", DataFlow::SingleSort},
    {"gather-scatter", DataFlow::GatherScatter},
}};

void forgetPeak() {
#ifdef SISKIN_CUDA
    c10::cuda::CUDACachingAllocator::resetPeakStats(gpu::device().index());
#endif
}

/// Largest sum of living tensors since `forgetPeak`.
std::optional<std::int64_t> peakBytes() {
#ifdef SISKIN_CUDA
    const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(gpu::device().index());
    return stats.allocated_bytes[0].peak; // of both pools
#else
    return std::nullopt;
#endif
}

std::unique_ptr<Network>
makeNetwork(const CudaSubject& subject, const SparseOps& ops, std::uint64_t seed) {
    auto parameters = Parameters::random(seed);
    const auto plan = planFromWidth(subject.width, kBenchClasses);
    if (subject.kind == "minkunet") {
        return makeMinkUNet(plan, parameters, ops);
    }
    if (subject.kind == "spvcnn") {
        return makeSpvcnn(plan, parameters, ops, {});
    }
    throw ConfigError(
        fmt::format("'{}' is not a network to time", subject.kind), "minkunet or spvcnn"
    );
}

/// Indices of frames, at random but never one twice in a row.
std::vector<std::size_t> frameOrder(std::size_t frames, int count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::size_t> order;
    for (int i = 0; i < count; ++i) {
        auto next = random() % frames;
        if (!order.empty() && frames > 1 && next == order.back()) {
            next = (next + 1 + random() % (frames - 1)) % frames;
        }
        order.push_back(next);
    }
    return order;
}

/// What a frame costs, whenever it runs.
struct FrameCost {
    double macs = 0.0;
    double macsDone = 0.0;
    bool tiled = false;
};

FrameCost costOf(const CudaNetwork& network, const VoxelFrame& frame) {
    FrameCost cost;
    for (const auto& layer : layersOf(network, frame)) {
        const auto tiling = tilingOf(layer.call);
        const auto own = static_cast<double>(layer.span.macs);
        const auto all = static_cast<double>(macsOf(layer));
        cost.macs += all;
        cost.macsDone += all - own + own * (tiling ? tiling->redundancy : 1.0);
        cost.tiled = cost.tiled || tiling;
    }
    return cost;
}

/// Costs of each frame; notes their medians.
std::vector<FrameCost>
costsOf(const CudaNetwork& network, const std::vector<VoxelFrame>& frames, CudaTimes& times) {
    std::vector<FrameCost> costs;
    std::vector<double> voxels;
    std::vector<double> macs;
    std::vector<double> redundancies;
    for (const auto& frame : frames) {
        costs.push_back(costOf(network, frame));
        voxels.push_back(static_cast<double>(frame.coords.size(0)));
        macs.push_back(1e-9 * costs.back().macs);
        redundancies.push_back(costs.back().macsDone / costs.back().macs);
    }
    times.voxels = static_cast<std::int64_t>(percentile(voxels, 0.5));
    times.gigaMacs = percentile(macs, 0.5);
    if (costs.front().tiled) {
        times.redundancy = percentile(redundancies, 0.5);
    }
    return costs;
}

/// Time of sorting the voxels and making the maps, with the device's own clock where it has one.
double mapMilliseconds(const CudaNetwork& network, const Tensor& coords, const Tensor& features) {
    TraceRecorder recorder(0.0, network.ops().startTimer());
    network.forward(network.ops(), recorder, coords, features);
    const auto trace = recorder.finish();
    return 1e3 * (trace.stage("sort")->duration + trace.stage("maps")->duration);
}

double wholeMilliseconds(const CudaNetwork& network, const Tensor& coords, const Tensor& features) {
    gpu::synchronize();
    return 1e3 * secondsOf([&] {
               TraceRecorder recorder;
               network.forward(network.ops(), recorder, coords, features);
               gpu::synchronize();
           });
}

} // namespace

std::string_view toString(DataFlow flow) {
    for (const auto& [name, value] : kFlows) {
        if (value == flow) {
            return name;
        }
    }
    return "?";
}

DataFlow dataFlowFromName(std::string_view name) {
    for (const auto& [known, value] : kFlows) {
        if (known == name) {
            return value;
        }
    }
    throw ConfigError(
        fmt::format("unknown data flow '{}'", name), "fused, single-sort or gather-scatter"
    );
}

CudaNetwork::CudaNetwork(const CudaSubject& subject, std::uint64_t seed)
    : subject_(subject), ops_(makeCudaOps({.precision = subject.precision, .flow = subject.flow})),
      network_(makeNetwork(subject, *ops_, seed)) {}

Tensor CudaNetwork::forward(
    const SparseOps& through, TraceRecorder& trace, const Tensor& coords, const Tensor& features
) const {
    NetworkInput input;
    {
        TraceRecorder::Scope span(trace, "sort", SpanKind::Stage);
        auto found = through.unique(coords);
        input.voxels = std::move(found.voxels);
        input.features = features.index_select(0, found.firstRow);
    }
    return network_->forward({through, trace, {}, {}}, input);
}

std::vector<CudaLayer> layersOf(const CudaNetwork& network, const VoxelFrame& frame) {
    std::vector<ConvCall> calls;
    const ConvTap tap(network.ops(), [&](const ConvCall& call) { calls.push_back(call); });
    TraceRecorder recorder;
    network.forward(tap, recorder, tap.upload(frame.coords), tap.upload(frame.features));
    const auto trace = recorder.finish();
    std::vector<CudaLayer> layers;
    for (const auto& span : trace.stage("network")->children) {
        if (span.isShare) {
            layers.back().projection = span;
        } else if (span.kind == SpanKind::Convolution || span.kind == SpanKind::Linear) {
            layers.push_back({span, calls.at(layers.size()), {}});
        }
    }
    return layers;
}

std::optional<gpu::Tiling> tilingOf(const ConvCall& call) {
    const auto& conv = dynamic_cast<const gpu::CudaConv&>(*call.conv);
    if (!conv.format || conv.flow == DataFlow::GatherScatter) {
        return std::nullopt;
    }
    return gpu::tilingOf(dynamic_cast<const gpu::CudaKernelMap&>(*call.map), conv, {});
}

std::int64_t macsOf(const CudaLayer& layer) {
    return layer.span.macs + (layer.projection ? layer.projection->macs : 0);
}

CudaTimes timeOnDevice(
    const CudaSubject& subject, const std::vector<VoxelFrame>& frames, const CudaProtocol& protocol
) {
    const CudaNetwork network(subject, protocol.seed);
    CudaTimes times;
    times.subject = subject;
    const auto costs = costsOf(network, frames, times);
    gpu::synchronize();
    forgetPeak();
    const auto order = frameOrder(frames.size(), protocol.warmUps + protocol.frames, protocol.seed);
    std::vector<double> wholes;
    std::vector<double> rates;
    std::vector<double> maps;
    for (std::size_t run = 0; run < order.size(); ++run) {
        const auto& frame = frames[order[run]];
        const auto coords = network.ops().upload(frame.coords);
        const auto features = network.ops().upload(frame.features);
        const double ms = wholeMilliseconds(network, coords, features);
        if (run >= static_cast<std::size_t>(protocol.warmUps)) {
            wholes.push_back(ms);
            rates.push_back(2e-9 * costs[order[run]].macs / ms);
        }
    }
    times.peakBytes = peakBytes();
    for (auto run = static_cast<std::size_t>(protocol.warmUps); run < order.size(); ++run) {
        const auto& frame = frames[order[run]]; // apart: the timer takes time, too
        const auto coords = network.ops().upload(frame.coords);
        const auto features = network.ops().upload(frame.features);
        gpu::synchronize();
        maps.push_back(mapMilliseconds(network, coords, features));
    }
    times.mapsMs = percentile(maps, 0.5);
    times.wholeMs = percentile(wholes, 0.5);
    times.wholeP95 = percentile(wholes, 0.95);
    times.teraflops = percentile(rates, 0.5);
    return times;
}

} // namespace siskin::bench
