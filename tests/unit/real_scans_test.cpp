// SPDX-License-Identifier: MIT
// Real frames, against the counts that the sample data's README lists (found independently of us).
#include "core/base/file.hpp"
#include "core/eval/confusion.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

namespace siskin::test {
namespace {

using Histogram = std::map<std::uint32_t, int>;

Histogram histogramOf(const Scan& scan) {
    Histogram histogram;
    for (const std::uint32_t rawId : scan.groundTruth->rawIds) {
        ++histogram[rawId];
    }
    return histogram;
}

std::unique_ptr<DatasetReader> openShared(const std::string& name, const std::string& map) {
    return openDataset(sharedRoot() / "data" / name, loadMap(map));
}

TEST(RealScans, CountsOfSequence00) {
    const auto reader = openShared("semantickitti", "official");
    EXPECT_EQ(reader->title(), "SemanticKITTI, 4 frames");
    EXPECT_TRUE(reader->warnings().empty());
    ASSERT_EQ(reader->frames().size(), 4U);
    const std::vector<std::size_t> points = {124668, 124605, 124478, 124167};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto scan = reader->read(i);
        EXPECT_EQ(scan->pointCount(), points[i]);
        EXPECT_EQ(scan->groundTruth.has_value(), i != 3);
        EXPECT_EQ(reader->frames()[i].hasLabels, i != 3);
        EXPECT_TRUE(scan->warnings.empty());
        EXPECT_TRUE(scan->pose.has_value());
    }
}

TEST(RealScans, HistogramOfFrame0) {
    const Histogram expected = {
        {0, 2184},
        {1, 4},
        {10, 4234},
        {40, 34228},
        {44, 3268},
        {48, 26360},
        {50, 18268},
        {51, 370},
        {52, 1471},
        {60, 1053},
        {70, 27123},
        {71, 1192},
        {72, 2964},
        {80, 532},
        {81, 102},
        {99, 1227},
        {255, 88}};
    const auto reader = openShared("semantickitti", "official");
    EXPECT_EQ(histogramOf(*reader->read(0)), expected);
    for (const std::size_t frame : {1U, 2U}) {
        const Histogram other = histogramOf(*reader->read(frame));
        ASSERT_EQ(other.size(), expected.size());
        for (const auto& [rawId, count] : other) {
            EXPECT_TRUE(expected.contains(rawId)) << rawId;
        }
    }
}

TEST(RealScans, RangeSubset) {
    const Histogram expected = {
        {0, 1652},
        {10, 2753},
        {32, 23},
        {40, 11612},
        {44, 5208},
        {48, 6127},
        {50, 10907},
        {51, 616},
        {70, 10321},
        {71, 1915},
        {72, 179},
        {80, 208},
        {81, 66}};
    const auto reader = openShared("semantickitti_rangesubset", "official");
    ASSERT_EQ(reader->frames().size(), 1U);
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->id, "00/000020");
    EXPECT_EQ(scan->pointCount(), 51587U);
    EXPECT_EQ(histogramOf(*scan), expected);
    EXPECT_FALSE(scan->pose.has_value());
}

TEST(RealScans, MapsDifferOnLaneMarkingsHere) {
    const auto official = openShared("semantickitti", "official")->read(0);
    const auto spvnas = openShared("semantickitti", "spvnas")->read(0);
    int different = 0;
    for (std::size_t i = 0; i < official->pointCount(); ++i) {
        if (official->groundTruth->classIds[i] != spvnas->groundTruth->classIds[i]) {
            ++different;
            ASSERT_EQ(official->groundTruth->rawIds[i], 60U);
        }
    }
    EXPECT_EQ(different, 1053);

    // Predictions equal to the SPVNAS ground truth are perfect for its meter, but for the official
    // tool the lane markings are road points that were given no class.
    Confusion meter(19);
    meter.add(spvnas->groundTruth->classIds, spvnas->groundTruth->classIds);
    EXPECT_DOUBLE_EQ(intersectionOverUnion(meter, AbsentClass::CountsAsOne).mean, 1.0);
    Confusion tool(19);
    tool.add(official->groundTruth->classIds, spvnas->groundTruth->classIds);
    const IouScores scores = intersectionOverUnion(tool, AbsentClass::CountsAsZero);
    EXPECT_DOUBLE_EQ(scores.perClass[8].value(), 34228.0 / (34228 + 1053));
    EXPECT_DOUBLE_EQ(scores.mean, (11 + 34228.0 / (34228 + 1053)) / 19);
}

TEST(RealScans, PosesDriveForwards) {
    const auto reader = openShared("semantickitti", "official");
    const auto start = reader->read(0)->pose.value();
    for (std::size_t i = 0; i < 16; ++i) {
        EXPECT_NEAR(start[i], i % 5 == 0 ? 1.0 : 0.0, 1e-5) << i;
    }
    // Line 3 of poses.txt: the camera moved 1.3 to 1.4 m along its z, which is the velodyne's x.
    const auto third = reader->read(2)->pose.value();
    EXPECT_GT(third[3], 1.0);
    EXPECT_LT(third[3], 1.8);
    EXPECT_LT(std::abs(third[7]), 0.1);
    EXPECT_LT(std::abs(third[11]), 0.1);
}

/// Points of one scan in cells as wide as the reach of a question.
class NearestPoint {
  public:
    NearestPoint(const Scan& scan, std::size_t points, float reach) : scan_(scan), reach_(reach) {
        for (std::size_t i = 0; i < points; ++i) {
            cells_[cellOf(scan.positions[i], {0, 0, 0})].push_back(i);
        }
    }

    /// Index of the nearest one closer than the reach, or the number of points.
    std::size_t to(const Vec3f& point) const {
        std::size_t best = scan_.pointCount();
        float bestDistance = reach_ * reach_;
        for (int step = 0; step < 27; ++step) {
            const auto cell =
                cells_.find(cellOf(point, {step % 3 - 1, step / 3 % 3 - 1, step / 9 - 1}));
            for (const std::size_t i :
                 cell == cells_.end() ? std::vector<std::size_t>{} : cell->second) {
                float distance = 0.0F;
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    const float d = scan_.positions[i][axis] - point[axis];
                    distance += d * d;
                }
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = i;
                }
            }
        }
        return best;
    }

  private:
    using Cell = std::array<int, 3>;

    Cell cellOf(const Vec3f& point, const Cell& step) const {
        Cell cell{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            cell[axis] = static_cast<int>(std::floor(point[axis] / reach_)) + step[axis];
        }
        return cell;
    }

    const Scan& scan_;
    float reach_;
    std::map<Cell, std::vector<std::size_t>> cells_;
};

/// Moved by the poses, what one frame saw lies where the next one sees the same: the sample data's
/// README gives 99 % of the neighbours closer than 10 cm.
TEST(RealScans, EarlierScansLieWhereTheyWere) {
    const auto path = sharedRoot() / "data/semantickitti";
    const auto alone = openDataset(path, loadMap("official"));
    const auto together = openDataset(path, loadMap("official"), 2);
    EXPECT_NEAR(together->framesPerSecond(), 9.65, 0.05); // times.txt: 0.1036 s
    const auto scan = together->read(2);
    const auto own = alone->read(2);
    ASSERT_EQ(scan->pointCount(), 124478U + 124605U + 124668U);
    EXPECT_EQ(scan->contextPoints, 124605U + 124668U);
    EXPECT_TRUE(std::equal(own->positions.begin(), own->positions.end(), scan->positions.begin()));
    const NearestPoint nearest(*scan, own->pointCount(), 0.1F);
    std::size_t begin = own->pointCount();
    for (const std::size_t frame : {1U, 0U}) { // newest first
        const auto earlier = alone->read(frame);
        int close = 0;
        int same = 0;
        for (std::size_t i = 0; i < earlier->pointCount(); i += 10) {
            ASSERT_EQ(scan->groundTruth->classIds[begin + i], kIgnored);
            const std::size_t neighbour = nearest.to(scan->positions[begin + i]);
            if (neighbour < own->pointCount()) {
                ++close;
                const auto& truth = *own->groundTruth;
                same += truth.rawIds[neighbour] == earlier->groundTruth->rawIds[i] ? 1 : 0;
            }
        }
        EXPECT_GT(close, 6000) << frame;
        EXPECT_GE(same, 0.985 * close) << frame;
        begin += earlier->pointCount();
    }
}

/// The sweep of n008 made a keyframe, so that the keyframe 50 ms before becomes its context.
TEST(RealScans, ASweepAndTheKeyframeBeforeIt) {
    const auto source = sharedRoot() / "data/nuscenes";
    const TemporaryFolder folder;
    for (const char* name : {"samples", "sweeps"}) {
        std::filesystem::create_directory_symlink(
            std::filesystem::absolute(source / name), folder.path() / name
        );
    }
    for (const auto& table : std::filesystem::directory_iterator(source / "v1.0-partial")) {
        auto json = nlohmann::json::parse(readTextFile(table.path()));
        const auto name = table.path().filename();
        if (name == "sample_data.json") {
            json[1]["sample_token"] = json[0]["sample_token"]; // make room
            json[0]["is_key_frame"] = json[1]["is_key_frame"] = false;
            json[2]["is_key_frame"] = true;
        }
        writeText(folder.path() / "v1.0-partial" / name, json.dump());
    }
    const auto reader = openDataset(folder.path(), nullptr, 10);
    ASSERT_EQ(reader->frames().size(), 1U);
    const auto scan = reader->read(0);
    const auto before = openDataset(source)->read(1); // its poses are those of a standing car
    ASSERT_EQ(scan->pointCount(), 2U * 34752U);
    EXPECT_EQ(scan->contextPoints, 34752U);
    EXPECT_NEAR(scan->field("time")->values.back(), 0.050319, 1e-6);
    for (std::size_t i = 0; i < before->pointCount(); ++i) {
        ASSERT_EQ(scan->positions[34752 + i], before->positions[i]);
        ASSERT_EQ(scan->field("ring")->values[34752 + i], before->field("ring")->values[i]);
    }
    EXPECT_EQ(scan->benchmarkName, "c6a191b870675bb5fcebcc7e447bf037");
    EXPECT_TRUE(scan->warnings.empty());
    // The tables as they are hold no scan before a keyframe.
    EXPECT_EQ(openDataset(source, nullptr, 10)->read(1)->contextPoints, 0U);
}

TEST(RealScans, NuScenesKeyframes) {
    const auto reader = openDataset(sharedRoot() / "data/nuscenes");
    EXPECT_EQ(reader->title(), "nuScenes, 2 keyframes");
    ASSERT_EQ(reader->warnings().size(), 1U);
    EXPECT_NE(reader->warnings()[0].find("2 of 2 keyframes have no labels"), std::string::npos);
    EXPECT_EQ(reader->frames()[0].group, "partial-n015");
    const auto first = reader->read(0);
    EXPECT_EQ(first->pointCount(), 34688U);
    EXPECT_EQ(reader->read(1)->pointCount(), 34752U);
    for (const float ring : first->field("ring")->values) {
        ASSERT_TRUE(ring >= 0.0F && ring < 32.0F && ring == std::floor(ring));
    }
    const auto& intensity = first->field("intensity")->values;
    EXPECT_EQ(*std::max_element(intensity.begin(), intensity.end()), 255.0F);
    EXPECT_FALSE(first->groundTruth.has_value());
}

/// The pose as another project computed it from the official tables (4 x 4 matrices).
TEST(RealScans, NuScenesPoseAgreesWithAnIndependentOne) {
    const auto text = readTextFile(sharedRoot() / "data/nuscenes/first_mini_sample_info.json");
    const auto json = std::regex_replace(text, std::regex("NaN"), "0"); // of velocities
    const auto sample = nlohmann::json::parse(json).at("sample");
    const auto& ego = sample.at("ego2global");
    const auto& lidar = sample.at("lidar_points").at("lidar2ego");
    const auto pose = openDataset(sharedRoot() / "data/nuscenes")->read(0)->pose.value();
    for (std::size_t row = 0; row < 4; ++row) {
        for (std::size_t column = 0; column < 4; ++column) {
            double expected = 0.0;
            for (std::size_t k = 0; k < 4; ++k) {
                expected += ego[row][k].get<double>() * lidar[k][column].get<double>();
            }
            EXPECT_NEAR(pose[4 * row + column], expected, 1e-4) << row << ", " << column;
        }
    }
}

TEST(RealScans, NuScenesLabels) {
    const Histogram expected = {
        {0, 2379},
        {2, 19},
        {9, 9},
        {17, 401},
        {23, 221},
        {24, 12200},
        {26, 812},
        {28, 2619},
        {30, 6515}};
    const auto reader = openDataset(sharedRoot() / "data/nuscenes_rangesubset");
    EXPECT_TRUE(reader->warnings().empty());
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->pointCount(), 25175U);
    EXPECT_EQ(histogramOf(*scan), expected);
    EXPECT_TRUE(scan->warnings.empty());
    EXPECT_EQ(reader->read(1)->pointCount(), 26194U);
}

} // namespace
} // namespace siskin::test
