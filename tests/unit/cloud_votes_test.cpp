// SPDX-License-Identifier: MIT
// One label per point from many answers: strictness, the category's parts, points without an
// answer.
#include "core/run/cloud_votes.hpp"
#include "core/run/layer_sums.hpp"
#include "core/run/nearest_point.hpp"
#include "tests/unit/cloud_scans.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace siskin::test {
namespace {

/// (1, classes, points) from one row per point.
torch::Tensor logitsOf(const std::vector<std::vector<float>>& rows) {
    const auto points = static_cast<std::int64_t>(rows.size());
    const auto classes = static_cast<std::int64_t>(rows.front().size());
    auto result = torch::empty({1, classes, points});
    for (std::int64_t p = 0; p < points; ++p) {
        for (std::int64_t c = 0; c < classes; ++c) {
            result[0][c][p] = rows[static_cast<std::size_t>(p)][static_cast<std::size_t>(c)];
        }
    }
    return result;
}

TEST(CloudVotes, OnlyAStrictlyMoreConfidentAnswerReplaces) {
    CloudVotes votes(2, CloudCut{}, 3);
    votes.add(logitsOf({{2.0F, 0.0F, 0.0F}, {0.0F, 1.0F, 0.0F}}), {0, 1});
    votes.add(logitsOf({{0.0F, 2.0F, 0.0F}, {0.0F, 0.0F, 1.5F}}), {0, 1}); // equal, then better
    votes.add(logitsOf({{0.0F, 0.0F, 1.9F}}), {0});                        // worse
    const auto prediction = std::move(votes).take();
    EXPECT_EQ(prediction.classIds, (std::vector<ClassId>{0, 2}));
    EXPECT_NEAR(prediction.confidence[0], std::exp(2.0) / (std::exp(2.0) + 2.0), 1e-6);
    EXPECT_NEAR(prediction.confidence[1], std::exp(1.5) / (std::exp(1.5) + 2.0), 1e-6);
}

TEST(CloudVotes, ChooseAmongThePartsOfTheCategoryButCountAll) {
    CloudCut cut;
    cut.firstClass = 1;
    cut.classCount = 2;
    CloudVotes votes(1, cut, 4);
    votes.add(logitsOf({{9.0F, 1.0F, 2.0F, 8.0F}}), {0});
    const auto prediction = std::move(votes).take();
    EXPECT_EQ(prediction.classIds[0], 2);
    const double sum = std::exp(9.0) + std::exp(1.0) + std::exp(2.0) + std::exp(8.0);
    EXPECT_NEAR(prediction.confidence[0] / (std::exp(2.0) / sum), 1.0, 1e-4);
}

TEST(CloudVotes, PointsWithoutAnAnswerTakeTheNearestOnes) {
    const std::vector<Vec3f> positions = {
        {0.0F, 0.0F, 0.0F}, {1.0F, 0.0F, 0.0F}, {0.5F, 0.0F, 0.0F}, {0.9F, 0.0F, 0.0F}};
    CloudVotes votes(4, CloudCut{}, 2);
    votes.add(logitsOf({{3.0F, 0.0F}, {0.0F, 3.0F}}), {0, 1});
    EXPECT_EQ(votes.fillUncovered(positions), 2U);
    const auto prediction = std::move(votes).take();
    EXPECT_EQ(prediction.classIds, (std::vector<ClassId>{0, 1, 0, 1})); // the tie to index 0
    EXPECT_GT(prediction.confidence[0], 0.9F);
    EXPECT_EQ(prediction.confidence[2], 0.0F);
    EXPECT_EQ(prediction.confidence[3], 0.0F);
    EXPECT_EQ(
        describeUncovered(1243, 175'000),
        "1 243 of 175 000 points were in no block: they have their nearest neighbour's label"
    );
}

TEST(NearestPoint, IsTheBruteForceOne) {
    SplitMix64 random(4);
    for (const bool onGrid : {false, true}) { // a grid has many ties and repeated points
        std::vector<Vec3f> positions;
        std::vector<std::uint32_t> chosen;
        for (std::uint32_t i = 0; i < 600; ++i) {
            const auto value = [&] {
                const double v = random.uniform(0.0, 5.0);
                return static_cast<float>(onGrid ? std::floor(v) : v);
            };
            positions.push_back({value(), value(), value()});
            if (i % 3 != 0) {
                chosen.push_back(i);
            }
        }
        const NearestPoint nearest(positions, chosen);
        for (const auto& at : positions) {
            std::uint32_t best = chosen.front();
            double smallest = 1e30;
            for (const std::uint32_t index : chosen) {
                double squared = 0.0;
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    squared += std::pow(double{positions[index][axis]} - at[axis], 2);
                }
                if (squared < smallest) {
                    smallest = squared;
                    best = index;
                }
            }
            ASSERT_EQ(nearest.of(at), best);
        }
    }
}

TEST(LayerSums, AddUpByNameAndKeepRepeatedLayersApart) {
    const auto layer = [](const char* name, double seconds, std::int64_t macs) {
        return Span{.name = name, .kind = SpanKind::Linear, .duration = seconds, .macs = macs};
    };
    LayerSums sums;
    for (int pass = 0; pass < 3; ++pass) {
        sums.add({layer("a", 1.0, 10), layer("gather", 2.0, 1), layer("gather", 4.0, 2)});
    }
    int called = 0;
    sums.timed("votes", [&called] { ++called; });
    EXPECT_EQ(sums.timed("clouds", [] { return 5; }), 5);
    const auto result = std::move(sums).from(7.0);
    ASSERT_EQ(result.size(), 5U);
    EXPECT_EQ(called, 1);
    EXPECT_EQ(result[0].macs, 30);
    EXPECT_EQ(result[1].duration, 6.0);
    EXPECT_EQ(result[2].duration, 12.0);
    EXPECT_EQ(result[0].start, 7.0);
    EXPECT_EQ(result[2].start, 16.0); // one behind the other
    EXPECT_EQ(result[3].name, "votes");
}

} // namespace
} // namespace siskin::test
