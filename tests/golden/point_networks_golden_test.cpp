// SPDX-License-Identifier: MIT
// The networks on clouds against the logits of the public ones (golden/README.md), from their
// official weight files.
#include "core/checkpoint/checkpoint.hpp"
#include "core/models/point_network.hpp"
#include "tests/support/npz.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>

namespace siskin {
namespace {

struct GoldenCase {
    const char* folder;
    ModelKind kind;
    bool reference; ///< plain operations instead of the fast ones
};

class PointNetworksGolden : public testing::TestWithParam<GoldenCase> {};

TEST_P(PointNetworksGolden, LogitsAndLabels) {
    const torch::NoGradGuard noGrad;
    const auto folder = test::sharedRoot() / "golden" / GetParam().folder;
    const auto golden = test::readNpz(folder / "expected.npz");
    const auto rows = GetParam().reference ? makeReferenceOps() : makeCpuOps();
    const auto points = GetParam().reference ? makeReferencePointOps() : makeCpuPointOps();
    const auto file = folder / "weights.pth.tar";
    auto parameters = Parameters::fromCheckpoint(readCheckpoint(file), file.string());
    const auto plan = planFromShapes(GetParam().kind, parameters);
    EXPECT_EQ(plan.width, 0.25);
    const auto network = makePointNetwork(plan, parameters, *rows, *points);
    TraceRecorder trace;
    int layers = 0;
    const PointContext context{{*rows, trace, {}, [&layers] { ++layers; }}, *points};
    const auto logits = network->forward(context, golden.at("input"));
    EXPECT_EQ(layers, network->layerCount());
    const auto off = (logits - golden.at("logits")).abs();
    const auto near = (off < 2e-4).to(torch::kFloat64).mean().item<double>();
    std::printf("largest difference %.2g, %.4f within 2e-4\n", off.max().item<double>(), near);
    EXPECT_LT(off.max().item<double>(), 1e-3);
    EXPECT_GE(near, 0.999);
    const auto same = logits.argmax(1) == golden.at("labels").to(torch::kInt64);
    EXPECT_GE(same.to(torch::kFloat64).mean().item<double>(), 0.999);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    PointNetworksGolden,
    testing::Values(
        GoldenCase{"pvcnn_shapenet_c0p25", ModelKind::Pvcnn, false},
        GoldenCase{"pvcnn_shapenet_c0p25", ModelKind::Pvcnn, true},
        GoldenCase{"pvcnn_s3dis_c0p25", ModelKind::Pvcnn, false},
        GoldenCase{"pvcnn_s3dis_c0p25", ModelKind::Pvcnn, true},
        GoldenCase{"pvcnn2_s3dis_c0p25", ModelKind::Pvcnn2, false},
        GoldenCase{"pvcnn2_s3dis_c0p25", ModelKind::Pvcnn2, true}
    ),
    [](const auto& golden) {
        return fmt::format(
            "{}_{}", golden.param.folder, golden.param.reference ? "reference" : "cpu"
        );
    }
);

} // namespace
} // namespace siskin
