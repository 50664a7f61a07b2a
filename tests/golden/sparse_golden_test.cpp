// SPDX-License-Identifier: MIT
// A single layer and a small U-Net against outputs and gradients that other engines computed.
#include "core/sparse/kernel_offsets.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "core/train/training_ops.hpp"
#include "tests/support/npz.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <map>

namespace siskin {
namespace {

using torch::Tensor;
using Arrays = std::map<std::string, Tensor>;

Arrays reference(const char* name) {
    return test::readNpz(test::sharedRoot() / "data/reference" / name);
}

class SparseGolden : public testing::TestWithParam<std::shared_ptr<const SparseOps>> {
  protected:
    const SparseOps& ops() const { return *GetParam(); }
};

TEST_P(SparseGolden, TorchSparseLayer) {
    const auto data = reference("torchsparse_conv3_forward.npz");
    const auto sizes = data.at("nbsizes").to(torch::kInt64);
    const auto rows = data.at("nbmaps").to(torch::kInt64);
    const auto kernel = torch::repeat_interleave(torch::arange(27), sizes);
    const auto pairs = torch::cat({kernel.unsqueeze(1), rows}, 1);
    const auto map = ops().mapFromPairs(pairs, 27, 1000, 1000);
    const auto conv = ops().prepare(data.at("weight"), {}, Activation::None);
    const auto result = ops().convolve(data.at("input"), *map, *conv);
    EXPECT_LT((result - data.at("result")).abs().max().item<double>(), 1e-5);
}

/// spconv's small U-Net: strided and inverse 3x3x3 convolutions, batch-norm with batch statistics.
class SpconvUNet {
  public:
    SpconvUNet(const SparseOps& ops, const Arrays& data) : ops_(ops), data_(data) {
        // The file lists b, z, y, x; its kernels are [out, kz, ky, kx, in], our order for odd
        // kernels.
        const auto coords = data.at("indices_bzyx")
                                .to(torch::kInt32)
                                .index({torch::indexing::Slice(), torch::tensor({0, 3, 2, 1})});
        const auto unique = ops.unique(coords.contiguous());
        fine_ = unique.voxels;
        inverse_ = unique.inverse;
        features_ = data.at("features").index_select(0, unique.firstRow);
        near_ = ops.submanifoldMap(fine_, 3);
        buildStridedMaps();
    }

    const Tensor& features() const { return features_; }

    const Tensor& inverse() const { return inverse_; }

    Tensor forward() const {
        auto x = torch::relu(batchNorm("stem.1", conv("stem.0", features_, near_)));
        const auto skip = conv("stem.3", x, near_);
        x = conv("down", skip, down_);
        x = torch::relu(batchNorm("mid.1", conv("mid.0", x, nearCoarse_)));
        x = torch::cat({conv("up", x, up_), skip}, 1);
        // The 1x1x1 weight's memory reads as [in, out].
        const auto head = data_.at("param.head.weight").reshape({1, 32, 8});
        return ops_.convolve(
            x,
            *ops_.identityMap(x.size(0)),
            *ops_.prepare(head, data_.at("param.head.bias"), Activation::None)
        );
    }

  private:
    Tensor conv(const std::string& name, const Tensor& x, const KernelMapPtr& map) const {
        const auto stored = data_.at("param." + name + ".weight");
        const auto weight = stored.permute({1, 2, 3, 4, 0})
                                .reshape({27, stored.size(4), stored.size(0)})
                                .contiguous();
        return ops_.convolve(x, *map, *ops_.prepare(weight, {}, Activation::None));
    }

    Tensor batchNorm(const std::string& name, const Tensor& x) const {
        return torch::batch_norm(
            x,
            data_.at("param." + name + ".weight"),
            data_.at("param." + name + ".bias"),
            {},
            {},
            true,
            0.1,
            1e-5,
            false
        );
    }

    /// Kernel 3, stride 2, padding 1: fine = 2 * coarse + offset, coarse inside the halved grid.
    void buildStridedMaps() {
        const auto fine = fine_.coords.to(torch::kInt64);
        std::vector<Tensor> coarse;
        std::vector<Tensor> rows;
        std::vector<Tensor> kernels;
        std::int64_t k = 0;
        for (const auto& [dx, dy, dz] : kernelOffsets(3)) {
            const auto twice =
                fine.narrow(1, 1, 3) -
                torch::tensor({std::int64_t{dx}, std::int64_t{dy}, std::int64_t{dz}});
            const auto halved = torch::div(twice, 2, "floor");
            const auto hit = ((twice == 2 * halved) & (halved >= 0) & (halved < 16)).all(1);
            const auto row = torch::nonzero(hit).select(1, 0);
            coarse.push_back(torch::cat({fine.narrow(1, 0, 1), halved}, 1).index_select(0, row));
            rows.push_back(row);
            kernels.push_back(torch::full_like(row, k++));
        }
        const auto unique = ops_.unique(torch::cat(coarse).to(torch::kInt32));
        const auto in = torch::cat(rows);
        const auto kernel = torch::cat(kernels);
        const auto coarseRows = unique.voxels.size();
        down_ = ops_.mapFromPairs(
            torch::stack({kernel, in, unique.inverse}, 1), 27, fine_.size(), coarseRows
        );
        up_ = ops_.mapFromPairs(
            torch::stack({kernel, unique.inverse, in}, 1), 27, coarseRows, fine_.size()
        );
        nearCoarse_ = ops_.submanifoldMap(unique.voxels, 3);
    }

    const SparseOps& ops_;
    const Arrays& data_;
    VoxelSet fine_;
    Tensor inverse_;
    Tensor features_;
    KernelMapPtr near_;
    KernelMapPtr nearCoarse_;
    KernelMapPtr down_;
    KernelMapPtr up_;
};

TEST_P(SparseGolden, SpconvUNetForward) {
    const auto data = reference("spconv_unet3d_float32.npz");
    const SpconvUNet net(ops(), data);
    const auto result = net.forward().index_select(0, net.inverse());
    EXPECT_LT(
        (result - data.at("out_features")).abs().max().item<double>(),
        data.at("atol_out").item<double>()
    );
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    SparseGolden,
    testing::Values(makeReferenceOps(), makeCpuOps()),
    [](const auto& implementation) { return implementation.param->name(); }
);

class SparseGoldenGradients : public SparseGolden {};

TEST_P(SparseGoldenGradients, SpconvUNetBackward) {
    auto data = reference("spconv_unet3d_float32.npz");
    const std::vector<std::string> names = {
        "stem.0.weight",
        "stem.1.weight",
        "stem.1.bias",
        "stem.3.weight",
        "down.weight",
        "mid.0.weight",
        "mid.1.weight",
        "mid.1.bias",
        "up.weight",
        "head.weight",
        "head.bias"};
    for (const auto& name : names) {
        data.at("param." + name).requires_grad_();
    }
    const auto input = data.at("features").requires_grad_();
    const SpconvUNet net(ops(), data);
    net.forward().index_select(0, net.inverse()).backward(data.at("grad_out"));
    // An activation that rounding moves across ReLU's kink changes a few gradients by more than
    // rounding, so the norm of the difference is bounded everywhere and the elements almost
    // everywhere.
    const auto inputError = (input.grad() - data.at("grad_input")).abs();
    const auto within = inputError <= data.at("atol_grad_input");
    EXPECT_GT(within.to(torch::kFloat64).mean().item<double>(), 0.999);
    for (const auto& name : names) {
        const auto& expected = data.at("grad." + name);
        const auto error = data.at("param." + name).grad() - expected;
        EXPECT_LT(error.norm().item<double>(), 1e-3 * expected.norm().item<double>()) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Differentiable,
    SparseGoldenGradients,
    testing::Values(makeReferenceOps(), makeTrainingOps(makeCpuOps())),
    [](const auto& implementation) { return implementation.param->name(); }
);

} // namespace
} // namespace siskin
