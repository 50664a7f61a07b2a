// SPDX-License-Identifier: MIT
// Whole PVCNNs, spelt out from models.md 5 in the operations of PointOps, against the logits of the
// public networks: the operations together, at their real sizes, on a real room and real shapes.
#include "core/checkpoint/checkpoint.hpp"
#include "core/points/point_ops.hpp"
#include "tests/support/npz.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <torch/nn/functional.h>

#include <map>
#include <optional>

namespace siskin {
namespace {

using torch::Tensor;

/// A cloud on its way through the network.
struct Cloud {
    Tensor coords;   ///< (B, 3, N)
    Tensor features; ///< (B, C, N)
};

class GoldenNetwork {
  public:
    GoldenNetwork(const PointOps& ops, const char* folder, CloudScale scale)
        : ops_(ops), scale_(scale),
          weights_(
              readCheckpoint(test::sharedRoot() / "golden" / folder / "weights.pth.tar").tensors
          ) {}

    const PointOps& ops() const { return ops_; }

    const Tensor& weight(const std::string& name) const { return weights_.at(name); }

    bool has(const std::string& name) const { return weights_.count(name) > 0; }

    /// Layers 0, 3, 6 ...: 1x1 convolution, batch-norm, ReLU. `x` is (B, C, ...).
    Tensor sharedMlp(const std::string& prefix, Tensor x) const {
        for (int layer = 0; has(prefix + std::to_string(layer) + ".weight"); layer += 3) {
            const auto conv = prefix + std::to_string(layer);
            const auto folded = fold(conv, prefix + std::to_string(layer + 1), 1e-5);
            const auto matrix = folded.weight.flatten(1);
            x = torch::relu(torch::linear(x.movedim(1, -1), matrix, folded.bias)).movedim(-1, 1);
        }
        return x;
    }

    Cloud pvConv(const std::string& prefix, const Cloud& cloud, int resolution) const {
        const auto placement = ops_.placeInGrid(cloud.coords, resolution, scale_);
        auto grid = ops_.voxelize(cloud.features, placement);
        for (const int layer : {0, 3}) {
            const auto conv = prefix + "voxel_layers." + std::to_string(layer);
            const auto norm = prefix + "voxel_layers." + std::to_string(layer + 1);
            const auto folded = fold(conv, norm, 1e-4);
            grid = ops_.convolve(grid, *ops_.prepareConv(folded.weight, folded.bias, 0.1F));
        }
        Tensor scale;
        if (const auto squeeze = prefix + "voxel_layers.6.fc."; has(squeeze + "0.weight")) {
            const auto hidden =
                torch::relu(torch::linear(ops_.channelMeans(grid), weight(squeeze + "0.weight")));
            scale = torch::sigmoid(torch::linear(hidden, weight(squeeze + "2.weight")));
        }
        const auto points = sharedMlp(prefix + "point_features.layers.", cloud.features);
        return {cloud.coords, ops_.devoxelize(grid, placement, scale, points)};
    }

  private:
    struct Affine {
        Tensor weight;
        Tensor bias;
    };

    /// Weight (first dimension: outputs) and bias of a convolution with its batch-norm folded in.
    Affine fold(const std::string& conv, const std::string& norm, double epsilon) const {
        const auto f64 = [&](const std::string& name) { return weight(name).to(torch::kFloat64); };
        const auto scale =
            f64(norm + ".weight") / torch::sqrt(f64(norm + ".running_var") + epsilon);
        const auto bias = (f64(conv + ".bias") - f64(norm + ".running_mean")) * scale;
        const auto rows = f64(conv + ".weight").movedim(0, -1) * scale;
        return {
            rows.movedim(-1, 0).to(torch::kFloat32),
            (bias + f64(norm + ".bias")).to(torch::kFloat32),
        };
    }

    const PointOps& ops_;
    CloudScale scale_;
    std::map<std::string, Tensor> weights_;
};

struct Abstraction {
    int pvConvs;
    int resolution;
    std::int64_t centres;
    float radius;
};

Cloud abstractSet(const GoldenNetwork& net, int stage, Cloud cloud, const Abstraction& size) {
    const auto prefix = "sa_layers." + std::to_string(stage) + ".";
    for (int i = 0; i < size.pvConvs; ++i) {
        cloud = net.pvConv(prefix + std::to_string(i) + ".", cloud, size.resolution);
    }
    const auto& ops = net.ops();
    const auto centres = ops.gather(cloud.coords, ops.furthestPoints(cloud.coords, size.centres));
    const auto near = ops.ballNeighbours(cloud.coords, centres, size.radius, 32);
    const auto grouped = ops.groupAround(cloud.coords, centres, cloud.features, near);
    const auto mlp = size.pvConvs == 0 ? prefix : prefix + std::to_string(size.pvConvs) + ".";
    return {centres, net.sharedMlp(mlp + "mlps.0.layers.", grouped).amax(3)};
}

Cloud propagate(
    const GoldenNetwork& net, int stage, const Cloud& coarse, const Cloud& fine, int pvConvs, int r
) {
    const auto prefix = "fp_layers." + std::to_string(stage) + ".";
    const auto three = net.ops().threeNearest(coarse.coords, fine.coords);
    const auto raised = net.ops().interpolate(coarse.features, three);
    const auto joined = torch::cat({raised, fine.features}, 1);
    Cloud cloud{fine.coords, net.sharedMlp(prefix + "0.mlp.layers.", joined)};
    for (int i = 1; i <= pvConvs; ++i) {
        cloud = net.pvConv(prefix + std::to_string(i) + ".", cloud, r);
    }
    return cloud;
}

/// models.md 5.3
Tensor pvcnn2Room(const GoldenNetwork& net, const Tensor& input) {
    const Abstraction stages[] = {
        {2, 32, 1024, 0.1F}, {3, 16, 256, 0.2F}, {3, 8, 64, 0.4F}, {0, 0, 16, 0.8F}};
    std::vector<Cloud> levels = {{input.narrow(1, 0, 3), input}};
    for (int stage = 0; stage < 4; ++stage) {
        levels.push_back(abstractSet(net, stage, levels.back(), stages[stage]));
    }
    levels[0].features = input.narrow(1, 3, input.size(1) - 3);
    const std::pair<int, int> raise[] = {{1, 8}, {1, 8}, {2, 16}, {1, 32}};
    Cloud cloud = levels[4];
    for (int stage = 0; stage < 4; ++stage) {
        const auto& fine = levels[static_cast<std::size_t>(3 - stage)];
        cloud = propagate(net, stage, cloud, fine, raise[stage].first, raise[stage].second);
    }
    const auto hidden = net.sharedMlp("classifier.0.layers.", cloud.features);
    return torch::conv1d(
        hidden, net.weight("classifier.2.weight"), net.weight("classifier.2.bias")
    );
}

/// models.md 5.4
Tensor pvcnnShape(const GoldenNetwork& net, const Tensor& input) {
    Cloud cloud{input.narrow(1, 0, 3), input.narrow(1, 0, 6)};
    std::vector<Tensor> parts = {input.narrow(1, 6, 16)};
    const int resolutions[] = {32, 16, 16};
    for (int i = 0; i < 5; ++i) {
        const auto prefix = "point_features." + std::to_string(i) + ".";
        if (i < 3) {
            cloud = net.pvConv(prefix, cloud, resolutions[i]);
        } else {
            cloud.features = net.sharedMlp(prefix + "layers.", cloud.features);
        }
        parts.push_back(cloud.features);
    }
    parts.push_back(cloud.features.amax(2, true).expand_as(cloud.features));
    auto x = torch::cat(parts, 1);
    for (const char* layer : {"0", "2", "4"}) {
        x = net.sharedMlp(std::string("classifier.") + layer + ".layers.", x);
    }
    return torch::conv1d(x, net.weight("classifier.5.weight"), net.weight("classifier.5.bias"));
}

class PointOpsGolden : public testing::TestWithParam<std::shared_ptr<const PointOps>> {
  protected:
    /// `near`: share of the logits that must lie within 2e-4.
    void expectLogits(
        const char* folder,
        CloudScale scale,
        double near,
        Tensor (*forward)(const GoldenNetwork&, const Tensor&)
    ) {
        const torch::NoGradGuard noGrad;
        const auto golden = test::readNpz(test::sharedRoot() / "golden" / folder / "expected.npz");
        const auto logits = forward({*GetParam(), folder, scale}, golden.at("input"));
        const auto off = (logits - golden.at("logits")).abs();
        std::printf("%s: largest difference %.2g\n", folder, off.max().item<double>());
        EXPECT_LT(off.max().item<double>(), 1e-3);
        EXPECT_GE((off < 2e-4).to(torch::kFloat64).mean().item<double>(), near);
        const auto same = logits.argmax(1) == golden.at("labels").to(torch::kInt64);
        EXPECT_GE(same.to(torch::kFloat64).mean().item<double>(), 0.999);
    }
};

TEST_P(PointOpsGolden, Pvcnn2OnARoom) {
    // Thirteen voxel blocks in a row amplify rounding: folding batch-norm alone moves 0.3 % of
    // these logits by more than 2e-4.
    expectLogits("pvcnn2_s3dis_c0p25", CloudScale::UnitBall, 0.99, pvcnn2Room);
}

TEST_P(PointOpsGolden, PvcnnOnShapes) {
    expectLogits("pvcnn_shapenet_c0p25", CloudScale::Half, 0.999, pvcnnShape);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    PointOpsGolden,
    testing::Values(makeReferencePointOps(), makeCpuPointOps()),
    [](const auto& implementation) { return implementation.param->name(); }
);

} // namespace
} // namespace siskin
