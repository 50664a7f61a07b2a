// SPDX-License-Identifier: MIT
// The pieces of a training, one by one, against values computed by hand or in double.
#include "core/base/split_mix.hpp"
#include "core/train/augmentation.hpp"
#include "core/train/lidar_task.hpp"
#include "core/train/optimiser.hpp"
#include "core/train/read_ahead.hpp"
#include "core/train/sample_order.hpp"
#include "core/train/schedule.hpp"
#include "core/train/training_data.hpp"
#include "core/train/weight_average.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/train_test.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <map>
#include <set>

namespace siskin {
namespace {

using test::errorOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(SplitMix, GivesThePublishedNumbers) {
    SplitMix64 random(1234567); // first values of Vigna's splitmix64.c for this seed
    EXPECT_EQ(random.bits(), 6457827717110365317U);
    EXPECT_EQ(random.bits(), 3203168211198807973U);
    EXPECT_EQ(random.bits(), 9817491932198370423U);
}

TEST(SplitMix, ShufflesAndChoosesEveryElementOnce) {
    std::vector<int> values(100);
    std::iota(values.begin(), values.end(), 0);
    SplitMix64 random(3);
    auto shuffled = values;
    random.shuffle(shuffled);
    EXPECT_NE(shuffled, values);
    std::sort(shuffled.begin(), shuffled.end());
    EXPECT_EQ(shuffled, values);
    std::map<int, int> first; // a choice of 1 of 4 is uniform: 4000 draws, 1000 +- 5 sigma each
    for (int i = 0; i < 4000; ++i) {
        std::vector<int> four{0, 1, 2, 3};
        random.shuffle(four, 1);
        ++first[four.front()];
    }
    for (const auto& [value, count] : first) {
        EXPECT_NEAR(count, 1000, 137) << value;
    }
}

TEST(SplitMix, GaussianHasItsMoments) {
    SplitMix64 random(5);
    double sum = 0.0;
    double squares = 0.0;
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) {
        const double value = random.gaussian();
        sum += value;
        squares += value * value;
    }
    EXPECT_NEAR(sum / kDraws, 0.0, 0.04);
    EXPECT_NEAR(squares / kDraws, 1.0, 0.06);
}

Scan oneScan() {
    Scan scan;
    scan.id = "x";
    scan.positions = {{1.0F, 0.0F, 0.5F}, {0.0F, 2.0F, -1.0F}, {-3.0F, 4.0F, 0.0F}};
    scan.fields.push_back({"intensity", 1, {0.0F, 0.5F, 1.0F}});
    return scan;
}

TEST(Augmentation, TurnsScalesAndMirrorsLikeTheMatricesOfThePaper) {
    // Oracle: row vector * diag(1, +-1, 1) * [[c, s, 0], [-s, c, 0], [0, 0, 1]] * scale, in double,
    // from the same random numbers (models.md 4.1).
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SplitMix64 draws(seed);
        const double angle = draws.uniform(0.0, 2.0 * std::numbers::pi);
        const double scale = draws.uniform(0.95, 1.05);
        const double side = draws.uniform() < 0.5 ? -1.0 : 1.0;
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        SplitMix64 random(seed);
        const auto scan = oneScan();
        const auto changed = augment(scan, Augmentation{}, random);
        for (std::size_t i = 0; i < scan.positions.size(); ++i) {
            const double x = scan.positions[i][0];
            const double y = side * scan.positions[i][1];
            EXPECT_NEAR(changed.positions[i][0], scale * (x * c - y * s), 1e-5);
            EXPECT_NEAR(changed.positions[i][1], scale * (x * s + y * c), 1e-5);
            EXPECT_NEAR(changed.positions[i][2], scale * scan.positions[i][2], 1e-5);
        }
    }
}

TEST(Augmentation, DoesOnlyWhatItIsAskedFor) {
    const auto scan = oneScan();
    SplitMix64 random(7);
    const auto same = augment(scan, Augmentation::none(), random);
    EXPECT_EQ(same.positions, scan.positions);
    EXPECT_EQ(same.fields[0].values, scan.fields[0].values);
    bool mirrored = false;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        SplitMix64 own(seed);
        const auto flipped = augment(scan, augmentationFromText("flip"), own);
        mirrored = mirrored || flipped.positions[1][1] == -2.0F;
        EXPECT_EQ(std::abs(flipped.positions[1][1]), 2.0F);
        EXPECT_EQ(flipped.positions[0], scan.positions[0]);
        SplitMix64 other(seed);
        const auto turned = augment(scan, augmentationFromText("rotate"), other);
        const auto& p = turned.positions[2];
        EXPECT_NEAR(std::hypot(p[0], p[1]), 5.0, 1e-5);
        EXPECT_EQ(p[2], 0.0F);
    }
    EXPECT_TRUE(mirrored);
}

TEST(Augmentation, JitterKeepsTheIntensityNearAndNotNegative) {
    auto scan = oneScan();
    scan.positions.resize(3000);
    scan.fields[0].values.assign(3000, 0.0F);
    std::fill_n(scan.fields[0].values.begin(), 1500, 0.5F);
    SplitMix64 random(1);
    const auto values = augment(scan, augmentationFromText("jitter"), random).fields[0].values;
    EXPECT_NE(values[0], 0.5F);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_GE(values[i], 0.0F);
        EXPECT_NEAR(values[i], i < 1500 ? 0.5 : 0.0, 0.05 + 0.06);
    }
}

TEST(Augmentation, UnknownWordsAreRefused) {
    EXPECT_THAT(errorOf([] { augmentationFromText("rotate,spin"); }), HasSubstr("'spin'"));
    EXPECT_TRUE(augmentationFromText("scale,flip").scale);
    EXPECT_FALSE(augmentationFromText("scale,flip").rotate);
    EXPECT_TRUE(augmentationFromText("rotate,crop").crop);
    EXPECT_FALSE(Augmentation{}.crop);
}

TEST(Schedule, RisesThenFallsAlongACosine) {
    const Schedule schedule{.peak = 2.0, .warmup = 4, .steps = 12};
    EXPECT_DOUBLE_EQ(schedule.at(0), 0.4);
    EXPECT_DOUBLE_EQ(schedule.at(3), 1.6);
    EXPECT_DOUBLE_EQ(schedule.at(4), 2.0);
    EXPECT_DOUBLE_EQ(schedule.at(6), 1.0 + std::sqrt(0.5)); // a quarter of the way down
    EXPECT_NEAR(schedule.at(8), 1.0, 1e-15);
    EXPECT_NEAR(schedule.at(12), 0.0, 1e-15);
    EXPECT_NEAR(schedule.at(100), 0.0, 1e-15);
    EXPECT_DOUBLE_EQ((Schedule{.peak = 1.0, .warmup = 0, .steps = 1}).at(0), 1.0);
    EXPECT_DOUBLE_EQ((Schedule{.peak = 1.0, .warmup = 5, .steps = 3}).at(2), 0.5);
}

TEST(SampleOrder, WithoutSharesEveryFrameComesOncePerEpoch) {
    SampleOrder order({5, 3}, {}, 9);
    ASSERT_EQ(order.samplesPerEpoch(), 8U);
    std::vector<std::vector<SampleId>> epochs(3);
    for (std::size_t i = 0; i < 24; ++i) {
        epochs[i / 8].push_back(order.at(i));
    }
    for (const auto& epoch : epochs) {
        std::set<std::pair<std::size_t, std::size_t>> seen;
        for (const auto& id : epoch) {
            EXPECT_LT(id.frame, id.dataset == 0 ? 5U : 3U);
            seen.emplace(id.dataset, id.frame);
        }
        EXPECT_EQ(seen.size(), 8U);
    }
    EXPECT_NE(epochs[0], epochs[1]);
}

TEST(SampleOrder, IsAFunctionOfSeedAndIndexAlone) {
    SampleOrder forwards({7, 4}, {1.0, 1.0}, 2);
    SampleOrder backwards({7, 4}, {1.0, 1.0}, 2);
    SampleOrder other({7, 4}, {1.0, 1.0}, 3);
    std::vector<SampleId> ids;
    std::vector<SampleId> others;
    for (std::size_t i = 0; i < 40; ++i) {
        ids.push_back(forwards.at(i));
        others.push_back(other.at(i));
    }
    for (std::size_t i = 40; i-- > 0;) {
        EXPECT_EQ(backwards.at(i), ids[i]) << i;
    }
    EXPECT_NE(others, ids);
}

TEST(SampleOrder, SharesSayHowOftenAndEachSetRunsThroughAllItsFrames) {
    SampleOrder order({90, 10}, {1.0, 3.0}, 4);
    EXPECT_THAT(order.parts(), ElementsAre(25U, 75U));
    std::map<std::pair<std::size_t, std::size_t>, int> counts;
    for (std::size_t i = 0; i < 4 * 100; ++i) { // 100 of set 0, 300 of set 1
        const auto id = order.at(i);
        ++counts[{id.dataset, id.frame}];
    }
    for (std::size_t frame = 0; frame < 90; ++frame) {
        const int count = counts[std::pair(std::size_t{0}, frame)];
        EXPECT_TRUE(count == 1 || count == 2) << frame;
    }
    for (std::size_t frame = 0; frame < 10; ++frame) {
        EXPECT_EQ(counts[std::pair(std::size_t{1}, frame)], 30) << frame;
    }
}

TEST(SampleOrder, TinyAndOddSharesStillGetTheirTurn) {
    EXPECT_THAT(SampleOrder({1}, {}, 1).parts(), ElementsAre(1U));
    EXPECT_THAT(SampleOrder({10, 1}, {1e6, 1.0}, 1).parts(), ElementsAre(11U, 1U));
    EXPECT_THAT(SampleOrder({4, 4, 2}, {1.0, 1.0, 1.0}, 1).parts(), ElementsAre(4U, 3U, 3U));
}

TEST(ClassWeights, AreTheFormulasByHand) {
    const std::vector<std::int64_t> labels{90, 10, 0};
    EXPECT_THAT(classWeights(labels, WeightRule::None), ElementsAre(1.0, 1.0, 1.0));
    // 1 / sqrt(0.9) and 1 / sqrt(0.1) have the ratio 1 to 3; mean 1, so 0.5 and 1.5.
    const auto roots = classWeights(labels, WeightRule::Sqrt);
    EXPECT_NEAR(roots[0], 0.5, 1e-12);
    EXPECT_NEAR(roots[1], 1.5, 1e-12);
    EXPECT_NEAR(roots[2], 1.5, 1e-12); // absent: like the rarest
    const double a = 1.0 / std::log(1.92);
    const double b = 1.0 / std::log(1.12);
    EXPECT_NEAR(classWeights(labels, WeightRule::Log)[0], 2.0 * a / (a + b), 1e-12);
    EXPECT_THAT(errorOf([] { classWeights({0, 0}, WeightRule::Sqrt); }), HasSubstr("no point"));
}

TEST(ClassWeights, FilesHoldOnePositiveNumberPerClass) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "weights.txt";
    const auto read = [&](const char* text) {
        std::ofstream(file) << text;
        return readClassWeights(file, 3);
    };
    EXPECT_THAT(read("1, 2.5\n0.25\n"), ElementsAre(1.0, 2.5, 0.25));
    for (const char* bad :
         {"", "1 2", "1 2 3 4", "1 0 2", "1 -2 3", "1 x 3", "1 nan 2", "1 2 3 x"}) {
        EXPECT_THAT(errorOf([&] { read(bad); }), HasSubstr("3 positive class weights")) << bad;
    }
}

TEST(WeightAverage, ForgetsTheBeginningAndKeepsCounters) {
    const auto weights = [](float value, std::int64_t count) {
        return StateDict{{"w", torch::full({2}, value)}, {"n", torch::tensor(count)}};
    };
    WeightAverage average(0.5);
    average.update(weights(1.0F, 1));
    EXPECT_EQ(average.values().at("w")[0].item<float>(), 1.0F);
    average.update(weights(2.0F, 2)); // decay min(0.5, 2 / 11)
    const double second = 2.0 - 2.0 / 11.0;
    EXPECT_NEAR(average.values().at("w")[1].item<double>(), second, 1e-6);
    EXPECT_EQ(average.values().at("n").item<std::int64_t>(), 2);
    for (std::int64_t n = 3; n <= 8; ++n) {
        average.update(weights(2.0F, n));
    }
    const double ninth = average.values().at("w")[0].item<double>();
    average.update(weights(0.0F, 9)); // update 8: decay min(0.5, 9 / 18)
    EXPECT_NEAR(average.values().at("w")[0].item<double>(), 0.5 * ninth, 1e-6);
}

TEST(Optimiser, NormAndClippingAreThoseOfAllGradientsTogether) {
    std::vector<torch::Tensor> parameters{
        torch::zeros({2}), torch::zeros({1, 2}), torch::zeros({3})};
    parameters[0].mutable_grad() = torch::tensor({3.0F, 0.0F});
    parameters[1].mutable_grad() = torch::tensor({{0.0F, 4.0F}});
    EXPECT_DOUBLE_EQ(gradientNorm(parameters), 5.0);
    clipGradients(parameters, 5.0, 10.0);
    EXPECT_EQ(parameters[0].grad()[0].item<float>(), 3.0F);
    clipGradients(parameters, 5.0, 1.0);
    EXPECT_NEAR(gradientNorm(parameters), 1.0, 1e-6);
    EXPECT_NEAR(parameters[1].grad()[0][1].item<double>(), 0.8, 1e-6);
}

TEST(Optimiser, DecaysMatricesOnly) {
    for (const auto kind : {OptimiserKind::AdamW, OptimiserKind::Sgd}) {
        auto matrix = torch::ones({2, 2}).requires_grad_();
        auto vector = torch::ones({2}).requires_grad_();
        const auto optimiser =
            makeOptimiser({matrix, vector}, {.kind = kind, .weightDecay = 0.5, .momentum = 0.0});
        matrix.mutable_grad() = torch::zeros({2, 2});
        vector.mutable_grad() = torch::zeros({2});
        setLearningRate(*optimiser, 0.1);
        optimiser->step();
        EXPECT_NEAR(matrix[0][0].item<double>(), 0.95, 1e-6) << toString(kind);
        EXPECT_EQ(vector[0].item<float>(), 1.0F) << toString(kind);
    }
    EXPECT_THAT(errorOf([] { optimiserKindFromName("adam"); }), HasSubstr("adamw, sgd"));
}

TEST(ReadAhead, KeepsTheOrderAndStaysInItsWindow) {
    std::atomic<std::int64_t> made{0};
    std::atomic<std::int64_t> taken{0};
    std::atomic<std::int64_t> furthest{0};
    ReadAhead<std::int64_t> ahead(
        10,
        60,
        [&](std::int64_t i) {
            furthest = std::max<std::int64_t>(furthest, ++made - taken);
            return i * i;
        },
        4
    );
    for (std::int64_t i = 10; i < 60; ++i) {
        EXPECT_EQ(ahead.next(), i * i);
        ++taken;
    }
    EXPECT_EQ(made, 50);
    EXPECT_LE(furthest, 6); // the window, the one being made, and the one just handed over
}

TEST(ReadAhead, HandsOverTroubleInItsTurnAndStopsEarly) {
    ReadAhead<int> ahead(0, 10, [](std::int64_t i) {
        if (i == 2) {
            throw DatasetError("bad frame");
        }
        return static_cast<int>(i);
    });
    EXPECT_EQ(ahead.next(), 0);
    EXPECT_EQ(ahead.next(), 1);
    EXPECT_THROW(ahead.next(), DatasetError);
    const ReadAhead<int> unused(0, 1'000'000'000, [](std::int64_t) { return 1; });
    // Its end does not wait for all of them.
}

TEST(VoxelSize, SurvivesRoundingWhereTheSpecificationSaysSo) { // models.md 2.1
    for (const float good : {0.025F, 0.05F, 0.1F, 0.2F, 0.25F}) {
        EXPECT_TRUE(survivesRounding(good)) << good;
    }
    for (const float bad : {0.01F, 0.02F, 0.04F, 0.08F, 0.03F, 0.06F, 0.075F, 0.15F}) {
        EXPECT_FALSE(survivesRounding(bad)) << bad;
    }
}

} // namespace
} // namespace siskin
