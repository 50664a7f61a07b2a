// SPDX-License-Identifier: MIT
// Whole LiDAR networks on the CUDA core: every layer against float64, labels against fp32 on the
// processor.
#include "core/models/scan_input.hpp"
#include "core/run/layer_check.hpp"
#include "gpu/cuda_ops.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <random>

namespace siskin {
namespace {

constexpr float kVoxel = 0.05F;

/// A wavy floor with a wall on it.
Scan makeScan(int points) {
    Scan scan;
    scan.id = "made up";
    std::mt19937 random(5);
    std::uniform_real_distribution<float> place(-1.6F, 1.6F);
    PointField intensity{.name = "intensity", .values = {}};
    for (int i = 0; i < points; ++i) {
        const float x = place(random);
        const float y = place(random);
        const bool wall = i % 3 == 0;
        scan.positions.push_back(
            wall ? std::array<float, 3>{1.0F, y, x} : std::array<float, 3>{x, y, 0.1F * x * y}
        );
        intensity.values.push_back(wall ? 0.8F : 0.2F);
    }
    scan.fields.push_back(std::move(intensity));
    return scan;
}

enum class Kind { MinkUNet, Spvcnn };

std::unique_ptr<Network> makeNetwork(Kind kind, const SparseOps& ops) {
    auto parameters = Parameters::random(3);
    const auto plan = planFromWidth(0.25, 19);
    return kind == Kind::MinkUNet ? makeMinkUNet(plan, parameters, ops)
                                  : makeSpvcnn(plan, parameters, ops, {});
}

struct Labels {
    std::vector<std::uint8_t> ids;
    std::vector<float> confidence;
    Trace trace;
};

Labels label(Kind kind, const SparseOps& ops, const Scan& scan) {
    const torch::InferenceMode inference;
    TraceRecorder trace(0.0, ops.startTimer());
    const auto prepared = prepareScan(ops, scan, kVoxel, trace);
    const auto network = makeNetwork(kind, ops);
    const auto logits = network->forward({ops, trace, {}, {}}, prepared.input);
    Labels labels;
    labels.ids.resize(scan.pointCount());
    labels.confidence.resize(scan.pointCount());
    ops.labelPoints(logits, prepared.pointToVoxel, labels.ids, labels.confidence);
    labels.trace = trace.finish();
    return labels;
}

class CudaNetworks : public testing::TestWithParam<std::tuple<Kind, Precision>> {};

TEST_P(CudaNetworks, EveryLayerIsWithinItsLimitAndLabelsAgree) {
    const auto [kind, precision] = GetParam();
    const auto scan = makeScan(1500);
    const auto checks = std::make_shared<LayerChecks>();
    const auto device = makeCudaOps({.precision = precision});
    const auto result = label(kind, *makeCheckedOps(device, checks), scan);
    checks->nameLayers(result.trace);
    int layers = 0;
    int maps = 0;
    for (const auto& check : checks->all()) {
        (check.isMap ? maps : layers) += 1;
        EXPECT_TRUE(check.passed()) << check.name << ": " << check.error << " of " << check.limit;
        EXPECT_FALSE(check.name.empty());
    }
    EXPECT_EQ(maps, 9);
    EXPECT_EQ(layers, kind == Kind::MinkUNet ? 43 : 54);
    const auto plain = label(kind, *makeCpuOps(), scan);
    std::size_t same = 0;
    for (std::size_t i = 0; i < plain.ids.size(); ++i) {
        same += plain.ids[i] == result.ids[i] ? 1 : 0;
    }
    // Untrained weights: their logits lie close together.
    const double expected = precision == Precision::Float32 ? 0.999 : 0.9;
    EXPECT_GE(static_cast<double>(same), expected * static_cast<double>(plain.ids.size()));
}

TEST_P(CudaNetworks, ARepeatGivesTheSameBits) {
    const auto [kind, precision] = GetParam();
    const auto scan = makeScan(700);
    const auto device = makeCudaOps({.precision = precision});
    const auto first = label(kind, *device, scan);
    const auto second = label(kind, *device, scan);
    EXPECT_EQ(first.ids, second.ids);
    EXPECT_EQ(first.confidence, second.confidence);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    CudaNetworks,
    testing::Combine(
        testing::Values(Kind::MinkUNet, Kind::Spvcnn),
        testing::Values(Precision::Float32, Precision::Float16, Precision::BFloat16)
    ),
    [](const auto& network) {
        return std::string(std::get<0>(network.param) == Kind::MinkUNet ? "minkunet_" : "spvcnn_") +
               std::string(toString(std::get<1>(network.param)));
    }
);

} // namespace
} // namespace siskin
