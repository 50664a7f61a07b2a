// SPDX-License-Identifier: MIT
// Real shapes and a real room, against the counts that the sample data's README lists.
#include "core/scan/shape_categories.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Histogram = std::map<std::uint32_t, int>;

std::unique_ptr<DatasetReader> openShared(const std::string& name) {
    return openDataset(sharedRoot() / "data" / name);
}

Histogram histogramOf(const Scan& scan) {
    Histogram histogram;
    for (const std::uint32_t rawId : scan.groundTruth->rawIds) {
        ++histogram[rawId];
    }
    return histogram;
}

TEST(IndoorReal, ShapesOfShapeNetPart) {
    const auto reader = openShared("shapenetpart");
    EXPECT_EQ(reader->title(), "ShapeNetPart, 2 shapes");
    // Of 16 881 listed shapes two are there, both in the training list.
    EXPECT_THAT(reader->warnings(), ElementsAre(HasSubstr("16879 of 16881 listed shapes")));
    std::map<std::string, Histogram> histograms;
    for (std::size_t i = 0; i < reader->frames().size(); ++i) {
        const auto scan = reader->read(i);
        histograms[reader->frames()[i].group] = histogramOf(*scan);
        EXPECT_TRUE(scan->warnings.empty());
        const auto& normals = scan->field("normal")->values;
        ASSERT_EQ(normals.size(), 3 * scan->pointCount());
        for (std::size_t p = 0; p < normals.size(); p += 3) {
            EXPECT_NEAR(std::hypot(normals[p], normals[p + 1], normals[p + 2]), 1.0, 2e-3);
        }
    }
    EXPECT_EQ(histograms["Skateboard"], (Histogram{{45, 2598}}));
    EXPECT_EQ(histograms["Table"], (Histogram{{47, 2629}, {48, 139}, {49, 26}}));
}

TEST(IndoorReal, CapsWithoutLists) {
    const auto reader = openShared("shapenetpart_preprocessed");
    ASSERT_EQ(reader->frames().size(), 2U);
    EXPECT_TRUE(reader->warnings().empty());
    EXPECT_EQ(reader->frames()[0].id, "Cap/5eb9ab53213f5fff4e09ebaf49b0cb2f");
    EXPECT_EQ(histogramOf(*reader->read(0)), (Histogram{{6, 2640}, {7, 104}}));
    EXPECT_EQ(histogramOf(*reader->read(1)), (Histogram{{6, 1675}, {7, 750}}));
}

TEST(IndoorReal, TheHallwayOfS3dis) {
    const auto reader = openShared("s3dis");
    ASSERT_EQ(reader->frames().size(), 1U);
    EXPECT_EQ(reader->frames()[0].id, "Area_3/hallway_3");
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->pointCount(), 175075U);
    EXPECT_TRUE(scan->warnings.empty());
    // clutter, ceiling, floor, wall, door
    const Histogram expected = {{0, 13567}, {1, 34283}, {2, 33948}, {3, 57387}, {6, 35890}};
    EXPECT_EQ(histogramOf(*scan), expected);
    for (const float value : scan->field("rgb")->values) {
        ASSERT_TRUE(value >= 0.0F && value <= 255.0F && value == std::floor(value));
    }
}

} // namespace
} // namespace siskin::test
