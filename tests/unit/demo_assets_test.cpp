// SPDX-License-Identifier: MIT
// The scans in resources/demo: complete, labelled, plausible, and small.
#include "core/scan/shape_categories.hpp"
#include "datasets/open.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

namespace siskin::test {
namespace {

TEST(DemoAssets, AreSmall) {
    std::uintmax_t scans = 0;
    for (const auto& entry : std::filesystem::directory_iterator(resourcePath("demo"))) {
        scans += entry.path().extension() == ".scans" ? entry.file_size() : 0;
    }
    EXPECT_GT(scans, 1'000'000U);
    EXPECT_LE(scans, 12'000'000U);
}

/// Classes with at least 20 points over all frames.
std::set<std::string> classesOf(const DatasetReader& reader) {
    std::map<ClassId, int> counts;
    for (std::size_t i = 0; i < reader.frames().size(); ++i) {
        const auto scan = reader.read(i);
        EXPECT_TRUE(scan->warnings.empty()) << scan->id; // raw ids that the map does not know
        EXPECT_TRUE(scan->source.empty());
        for (const ClassId id : scan->groundTruth->classIds) {
            ++counts[id];
        }
    }
    std::set<std::string> names;
    for (const auto& [id, count] : counts) {
        if (id != kIgnored && count >= 20) {
            names.insert(reader.classMap()->info(id).name);
        }
    }
    return names;
}

TEST(DemoStreet, IsADriveWithEveryClass) {
    const auto reader = openDataset("demo:street");
    ASSERT_EQ(reader->frames().size(), 20U);
    EXPECT_EQ(reader->frames()[3].id, "street/000003");
    EXPECT_EQ(reader->classMap()->name(), "semantickitti-spvnas");
    EXPECT_EQ(reader->framesPerSecond(), 10.0);
    EXPECT_EQ(classesOf(*reader).size(), 19U);
}

TEST(DemoStreet, LooksLikeAnHdl64Scan) {
    const auto scan = openDataset("demo:street")->read(7);
    EXPECT_GE(scan->pointCount(), 90'000U);
    EXPECT_LE(scan->pointCount(), 130'000U);
    const auto& intensity = scan->field("intensity")->values;
    double roadHeight = 0.0;
    int road = 0;
    for (std::size_t i = 0; i < scan->pointCount(); ++i) {
        const auto& [x, y, z] = scan->positions[i];
        const double across = std::hypot(x, y);
        const double degrees = std::atan2(double{z}, across) * 180.0 / std::numbers::pi;
        ASSERT_LE(std::hypot(across, double{z}), 81.0) << i;
        ASSERT_GE(degrees, -25.5) << i;
        ASSERT_LE(degrees, 3.0) << i;
        ASSERT_TRUE(intensity[i] >= 0.0F && intensity[i] <= 1.0F) << i;
        if (scan->groundTruth->rawIds[i] == 40 && across < 15.0) {
            roadHeight += z;
            ++road;
        }
    }
    ASSERT_GT(road, 1000);
    EXPECT_NEAR(roadHeight / road, -1.73, 0.25); // KITTI's sensor height
}

/// Walls stand still in the world while the sensor drives on: most points of buildings in one frame
/// have one of the other frame within 30 cm, but only when both are put where their poses say.
TEST(DemoStreet, FramesFitTogetherThroughTheirPoses) {
    const auto reader = openDataset("demo:street");
    using Cell = std::array<int, 3>;
    const auto cellOf = [](const Scan& scan, std::size_t i, bool posed) {
        const auto& p = scan.positions[i];
        const auto& m = scan.pose.value();
        Cell cell{};
        for (std::size_t row = 0; row < 3; ++row) {
            const double world =
                m[4 * row] * p[0] + m[4 * row + 1] * p[1] + m[4 * row + 2] * p[2] + m[4 * row + 3];
            cell[row] = static_cast<int>(std::floor((posed ? world : double{p[row]}) / 0.3));
        }
        return cell;
    };
    const auto overlap = [&](bool posed) {
        const auto first = reader->read(0);
        const auto second = reader->read(5);
        std::set<Cell> cells;
        for (std::size_t i = 0; i < first->pointCount(); ++i) {
            if (first->groundTruth->rawIds[i] == 50) {
                const Cell c = cellOf(*first, i, posed);
                for (int k = 0; k < 27; ++k) {
                    cells.insert({c[0] + k / 9 - 1, c[1] + k / 3 % 3 - 1, c[2] + k % 3 - 1});
                }
            }
        }
        int hits = 0;
        int all = 0;
        for (std::size_t i = 0; i < second->pointCount(); ++i) {
            if (second->groundTruth->rawIds[i] == 50) {
                hits += cells.contains(cellOf(*second, i, posed)) ? 1 : 0;
                ++all;
            }
        }
        EXPECT_GT(all, 500);
        return static_cast<double>(hits) / all;
    };
    const double posed = overlap(true);
    EXPECT_GT(posed, 0.6);
    EXPECT_GT(posed, 1.5 * overlap(false));
}

TEST(DemoShapes, AreTwelveThingsWithNormals) {
    const auto reader = openDataset("demo:shapes");
    ASSERT_EQ(reader->frames().size(), 12U);
    EXPECT_EQ(reader->classMap()->name(), "shapenetpart");
    EXPECT_EQ(reader->benchmark(), "shapenetpart");
    std::set<std::string> categories;
    for (std::size_t i = 0; i < 12; ++i) {
        categories.insert(reader->frames()[i].group);
        const auto scan = reader->read(i);
        EXPECT_GE(scan->pointCount(), 1000U);
        ASSERT_TRUE(scan->shapeCategory.has_value());
        EXPECT_EQ(kShapeCategories[*scan->shapeCategory].name, reader->frames()[i].group);
        EXPECT_FALSE(scan->pose.has_value());
        const auto& normals = scan->field("normal")->values;
        for (std::size_t p = 0; p < scan->pointCount(); ++p) {
            const double length =
                std::hypot(normals[3 * p], normals[3 * p + 1], normals[3 * p + 2]);
            ASSERT_NEAR(length, 1.0, 0.02) << scan->id << " " << p;
        }
    }
    EXPECT_EQ(categories.size(), 12U);
    EXPECT_GE(classesOf(*reader).size(), 24U); // parts
}

TEST(DemoRooms, AreTwoFurnishedRoomsInColour) {
    const auto reader = openDataset("demo:rooms");
    ASSERT_EQ(reader->frames().size(), 2U);
    EXPECT_EQ(reader->classMap()->name(), "s3dis");
    EXPECT_EQ(reader->benchmark(), "s3dis");
    const auto classes = classesOf(*reader);
    for (const char* name : {"ceiling", "floor", "wall", "door", "table", "chair", "clutter"}) {
        EXPECT_TRUE(classes.contains(name)) << name;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const auto scan = reader->read(i);
        EXPECT_GE(scan->pointCount(), 50'000U);
        for (const float value : scan->field("rgb")->values) {
            ASSERT_TRUE(value >= 0.0F && value <= 255.0F && value == std::floor(value));
        }
    }
}

} // namespace
} // namespace siskin::test
