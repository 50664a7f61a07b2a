// SPDX-License-Identifier: MIT
// Host-side logic of the CUDA core: which tiles and splits a convolution gets, and how its weights
// are packed.
#include "gpu/cost_model.hpp"
#include "gpu/kernel_map.hpp"
#include "gpu/packed_weights.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace siskin::gpu {
namespace {

/// Counts of the real frame of engines.md 2.4 at stride 8: 21 525 voxels, 166 517 pairs.
constexpr std::int64_t kRows = 21525;
constexpr std::int64_t kPairs = 166517;

std::array<OrderWork, 4> ordersOfStride8() {
    const auto work = [](int splits, double tall, double low) {
        return OrderWork{
            splits,
            static_cast<std::int64_t>(low * kPairs / 64),
            static_cast<std::int64_t>(tall * kPairs / 128)};
    };
    return {work(1, 2.27, 2.05), work(2, 1.61, 1.46), work(3, 1.36, 1.24), work(4, 1.19, 1.11)};
}

ConvShape wide(std::int64_t rows, int channelsIn, int channelsOut) {
    return {
        .rows = rows,
        .volume = 27,
        .channelBytesIn = 2 * channelsIn,
        .channelsOut = channelsOut,
        .format = Format::Float16};
}

TEST(CostModel, WideLayersAreSplit) {
    const auto orders = ordersOfStride8();
    const auto tiling = chooseTiling(wide(kRows, 256, 256), orders, kPairs, {});
    EXPECT_GE(orders[static_cast<std::size_t>(tiling.order)].splits, 2);
    EXPECT_LT(tiling.redundancy, 1.7);
    EXPECT_EQ(tiling.shape.columns, 128);
}

TEST(CostModel, NarrowLayersOfManyRowsAreNot) {
    std::array<OrderWork, 4> orders{};
    const double waste[4] = {1.81, 1.27, 1.12, 1.06}; // stride 1: 94 625 voxels, 286 263 pairs
    for (int i = 0; i < 4; ++i) {
        const auto done = static_cast<std::int64_t>(waste[i] * 286263 / 64);
        orders[static_cast<std::size_t>(i)] = {i + 1, done, done / 2 + done / 10};
    }
    const auto tiling = chooseTiling(wide(94625, 32, 32), orders, 286263, {});
    EXPECT_EQ(orders[static_cast<std::size_t>(tiling.order)].splits, 1);
}

TEST(CostModel, AForcedChoiceIsTaken) {
    const auto orders = ordersOfStride8();
    for (const int splits : {1, 2, 3, 4}) {
        for (const int rows : {64, 128}) {
            const auto tiling = chooseTiling(
                wide(kRows, 256, 256), orders, kPairs, {.splits = splits, .tileRows = rows}
            );
            EXPECT_EQ(tiling.order, splits - 1);
            EXPECT_EQ(tiling.shape.rows, rows);
        }
    }
    const auto other = chooseTiling(wide(kRows, 256, 256), orders, kPairs, {.splits = 7});
    EXPECT_GE(other.order, 0); // nothing has seven splits: any
}

TEST(CostModel, MoreWorkIsNeverFaster) {
    const DeviceRates rates;
    const OrderWork little{3, 2000, 1100};
    const OrderWork much{3, 4000, 2200};
    const auto conv = wide(kRows, 128, 128);
    EXPECT_LT(
        estimate(conv, little, kPairs, 64, rates).seconds,
        estimate(conv, much, kPairs, 64, rates).seconds
    );
    EXPECT_DOUBLE_EQ(estimate(conv, much, kPairs, 64, rates).redundancy, 4000.0 * 64 / kPairs);
}

TEST(CostModel, TilesHaveTheFewestIdleColumns) {
    EXPECT_EQ(tileColumns(256), 128);
    EXPECT_EQ(tileColumns(128), 128);
    EXPECT_EQ(tileColumns(96), 96);
    EXPECT_EQ(tileColumns(64), 64);
    EXPECT_EQ(tileColumns(48), 64);
    EXPECT_EQ(tileColumns(32), 32);
    EXPECT_EQ(tileColumns(19), 32);
    EXPECT_EQ(tileColumns(192), 96);
}

TEST(CostModel, SplitsCoverAllOffsetsWithinTheirBits) {
    for (int volume = 1; volume <= 125; ++volume) {
        for (const int splits : splitChoices(volume)) {
            const int each = (volume + splits - 1) / splits;
            EXPECT_LE(each, 27) << volume;
            EXPECT_LT((splits - 1) * each, volume) << "an empty split of " << volume;
        }
    }
}

/// Reads a packed value back by the layout of the matrix instructions.
TEST(PackedWeights, HoldEveryValueOnceWhereTheInstructionReadsIt) {
    const int volume = 3;
    const int in = 30;
    const int out = 19;
    const auto weight =
        torch::arange(1, 1 + volume * in * out).to(torch::kFloat32).reshape({volume, in, out});
    const auto packed = packWeights(weight, Format::TensorFloat32);
    const int steps = stepsOf(Format::TensorFloat32, volume, in);
    ASSERT_EQ(steps, 2); // 16 channels each; values up to 1710 are exact in tf32
    const int groups = 3;
    const auto* words = packed.data_ptr<std::int32_t>();
    ASSERT_EQ(packed.numel(), std::int64_t{volume} * steps * groups * 32 * 4);
    std::int64_t found = 0;
    for (int step = 0; step < volume * steps; ++step) {
        for (int group = 0; group < groups; ++group) {
            for (int lane = 0; lane < 32; ++lane) {
                for (int w = 0; w < 4; ++w) {
                    float value = 0.0F;
                    std::memcpy(&value, words++, sizeof(value));
                    const int channel = step % steps * 16 + w / 2 * 8 + w % 2 * 4 + lane % 4;
                    const int column = group * 8 + lane / 4;
                    const bool exists = channel < in && column < out;
                    const float expected =
                        exists ? weight[step / steps][channel][column].item<float>() : 0.0F;
                    ASSERT_FLOAT_EQ(value, expected);
                    found += exists ? 1 : 0;
                }
            }
        }
    }
    EXPECT_EQ(found, weight.numel());
}

TEST(PackedWeights, NarrowInputsTakeFourOffsetsPerStep) {
    EXPECT_TRUE(isNarrow(Format::Float16, 27, 8));
    EXPECT_FALSE(isNarrow(Format::Float16, 27, 9));
    EXPECT_FALSE(isNarrow(Format::Float16, 1, 4));
    EXPECT_EQ(stepsOf(Format::Float16, 27, 8), 7);
    EXPECT_EQ(stepsOf(Format::Float16, 27, 96), 3);
    EXPECT_EQ(stepsOf(Format::TensorFloat32, 27, 96), 6);
}

} // namespace
} // namespace siskin::gpu
