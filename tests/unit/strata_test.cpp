// SPDX-License-Identifier: MIT
#include "core/base/split_mix.hpp"
#include "core/eval/calibration.hpp"
#include "core/eval/point_strata.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace siskin {
namespace {

Scan randomScan(std::size_t points) {
    SplitMix64 random(3);
    const auto coordinate = [&](float scale) {
        return scale * (static_cast<float>(random.bits() >> 40U) / 8388608.0F - 1.0F);
    };
    Scan scan;
    for (std::size_t i = 0; i < points; ++i) {
        scan.positions.push_back({coordinate(60.0F), coordinate(20.0F), coordinate(3.0F)});
    }
    return scan;
}

TEST(Strata, DistanceInThePlane) {
    Scan scan;
    scan.positions = {
        {0, 0, 9}, {9.99F, 0, 0}, {10, 0, 0}, {6, 8, -50}, {0, -49.9F, 0}, {300, 0, 0}};
    EXPECT_EQ(binsOfPoints(scan, Stratum::Distance), (std::vector<std::uint8_t>{0, 0, 1, 1, 4, 5}));
    EXPECT_EQ(binTitle(Stratum::Distance, 1), "10 to 20");
    EXPECT_EQ(binTitle(Stratum::Distance, 5), "50 and more");
}

TEST(Strata, HeightIsAboveTheGroundAndOnePointBelowDoesNotMoveIt) {
    Scan scan;
    for (int i = 0; i < 400; ++i) {
        scan.positions.push_back({static_cast<float>(i), 0, -1.5F});
    }
    scan.positions.push_back({0, 0, -40}); // a reflection
    scan.positions.push_back({0, 0, -1.0F});
    scan.positions.push_back({0, 0, 0.25F});
    scan.positions.push_back({0, 0, 30});
    const auto bins = binsOfPoints(scan, Stratum::Height);
    EXPECT_EQ(bins[0], 0);
    EXPECT_EQ(bins[400], 0);
    EXPECT_EQ(bins[401], 2); // half a metre up
    EXPECT_EQ(bins[402], 3);
    EXPECT_EQ(bins[403], 5);
    EXPECT_EQ(binTitle(Stratum::Height, 0), "below 0.25");
}

TEST(Strata, DensityAgainstACountOfCubes) {
    Scan scan = randomScan(20000);
    scan.positions.insert(scan.positions.end(), 100, {-0.25F, -0.25F, -0.25F});
    scan.positions.push_back({1e7F, 0, 0}); // beyond the table's reach
    std::map<std::tuple<long, long, long>, int> cubes;
    const auto cube = [](const Vec3f& p) {
        const auto axis = [](float v) { return std::lround(std::floor(v / 0.5F)); };
        return std::tuple(axis(p[0]), axis(p[1]), axis(p[2]));
    };
    for (const auto& point : scan.positions) {
        ++cubes[cube(point)];
    }
    const auto bins = binsOfPoints(scan, Stratum::Density);
    for (std::size_t i = 0; i < scan.positions.size(); ++i) {
        const int count = cubes[cube(scan.positions[i])];
        const int expected = std::min(6, static_cast<int>(std::floor(std::log2(count))));
        ASSERT_EQ(bins[i], expected) << i << ": " << count;
    }
    EXPECT_EQ(bins.back(), 0);
    EXPECT_EQ(binTitle(Stratum::Density, 0), "1");
    EXPECT_EQ(binTitle(Stratum::Density, 1), "2 to 3");
}

TEST(Strata, ContextPointsCountForNothing) {
    Scan scan;
    scan.positions = {{1, 0, 0}, {1.1F, 0, 0}, {1.2F, 0, 0}, {70, 0, 0}};
    scan.contextPoints = 2;
    EXPECT_EQ(binsOfPoints(scan, Stratum::Density), (std::vector<std::uint8_t>{1, 1, 0, 0}));
    EXPECT_EQ(binsOfPoints(scan, Stratum::Distance), (std::vector<std::uint8_t>{0, 0, 0, 0}));
    scan.contextPoints = 4;
    EXPECT_EQ(binsOfPoints(scan, Stratum::Height).size(), 4U);
}

TEST(Strata, CountsAddUpToTheConfusion) {
    const Scan scan = randomScan(3000);
    SplitMix64 random(5);
    std::vector<ClassId> truth;
    std::vector<ClassId> predicted;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        truth.push_back(
            random.bits() % 9 == 0 ? kIgnored : static_cast<ClassId>(random.bits() % 4)
        );
        predicted.push_back(
            random.bits() % 9 == 0 ? kIgnored : static_cast<ClassId>(random.bits() % 4)
        );
    }
    Confusion confusion(4);
    confusion.add(truth, predicted);
    for (const Stratum stratum : kStrata) {
        StratifiedCounts counts(stratum, 4);
        counts.add(binsOfPoints(scan, stratum), truth, predicted);
        std::int64_t scored = 0;
        for (ClassId id = 0; id < 4; ++id) {
            ClassCounts sum;
            for (std::size_t bin = 0; bin < counts.bins(); ++bin) {
                sum.seen += counts.at(bin, id).seen;
                sum.positive += counts.at(bin, id).positive;
                sum.correct += counts.at(bin, id).correct;
            }
            EXPECT_EQ(sum.seen, confusion.seen(id));
            EXPECT_EQ(sum.positive, confusion.positive(id));
            EXPECT_EQ(sum.correct, confusion.correct(id));
        }
        for (std::size_t bin = 0; bin < counts.bins(); ++bin) {
            scored += counts.scoredPoints(bin);
        }
        EXPECT_EQ(scored, confusion.scoredPoints());
    }
}

TEST(Strata, MeanIouOfABinSkipsClassesThatAreNotThere) {
    StratifiedCounts counts(Stratum::Distance, 3);
    counts.add(
        std::vector<std::uint8_t>{0, 0, 0, 1},
        std::vector<ClassId>{0, 0, 1, 2},
        std::vector<ClassId>{0, 1, 1, kIgnored}
    );
    EXPECT_NEAR(counts.meanIou(0).value(), (0.5 + 0.5) / 2.0, 1e-12);
    EXPECT_EQ(counts.meanIou(1).value(), 0.0);
    EXPECT_FALSE(counts.meanIou(2).has_value());
    EXPECT_THROW(counts.add(StratifiedCounts(Stratum::Height, 3)), std::exception);
}

TEST(Strata, OnlyThoseThatMeanSomething) {
    EXPECT_EQ(strataOf("semantickitti").size(), 3U);
    EXPECT_EQ(strataOf("s3dis").front(), Stratum::Height);
    EXPECT_TRUE(strataOf("shapenetpart").empty());
}

TEST(CalibrationError, FromItsDefinition) {
    SplitMix64 random(11);
    std::vector<ClassId> truth;
    std::vector<ClassId> predicted;
    std::vector<float> confidence;
    for (int i = 0; i < 4000; ++i) {
        truth.push_back(i % 11 == 0 ? kIgnored : static_cast<ClassId>(random.bits() % 3));
        predicted.push_back(static_cast<ClassId>(random.bits() % 3));
        confidence.push_back(static_cast<float>(random.bits() >> 40U) / 16777216.0F);
    }
    Calibration calibration;
    calibration.add(truth, predicted, confidence);
    double expected = 0.0;
    double all = 0.0;
    for (int bin = 0; bin < 15; ++bin) {
        double points = 0.0;
        double right = 0.0;
        double sure = 0.0;
        for (std::size_t i = 0; i < truth.size(); ++i) {
            const double value = static_cast<double>(confidence[i]);
            if (truth[i] != kIgnored && value > bin / 15.0 && value <= (bin + 1) / 15.0) {
                points += 1.0;
                right += truth[i] == predicted[i] ? 1.0 : 0.0;
                sure += value;
            }
        }
        expected += points > 0.0 ? std::abs(right / points - sure / points) * points : 0.0;
        all += points;
    }
    EXPECT_EQ(calibration.points(), static_cast<std::int64_t>(all));
    EXPECT_NEAR(calibration.expectedError(), expected / all, 1e-7);
}

TEST(CalibrationError, EdgesAndSums) {
    Calibration all;
    Calibration parts;
    const std::vector<ClassId> truth{0, 0, 1};
    const std::vector<ClassId> predicted{0, 1, 1};
    const std::vector<float> confidence{1.0F, 0.0F, 1.5F};
    all.add(truth, predicted, confidence);
    for (std::size_t i = 0; i < 3; ++i) {
        Calibration one;
        one.add(
            std::span(truth).subspan(i, 1),
            std::span(predicted).subspan(i, 1),
            std::span(confidence).subspan(i, 1)
        );
        parts.add(one);
    }
    EXPECT_EQ(all.bins().front().points, 1);
    EXPECT_EQ(all.bins().back().points, 2);
    EXPECT_EQ(all.expectedError(), 0.0) << "sure and right, unsure and wrong";
    EXPECT_EQ(parts.bins().back().confidence, all.bins().back().confidence);
    EXPECT_EQ(Calibration().expectedError(), 0.0);
}

} // namespace
} // namespace siskin
