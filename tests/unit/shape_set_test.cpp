// SPDX-License-Identifier: MIT
// The made-up ShapeNetPart as the ordinary reader reads it.
#include "core/base/parallel.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/open.hpp"
#include "datasets/synthetic/shapes/shape_set.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

void ignoreProgress(double, const std::string&) {}

struct ShapeSet : testing::Test {
    fs::path make(const std::string& name, int count, std::uint64_t seed) const {
        makeShapeSet(folder.path() / name, {count, seed}, {}, ignoreProgress);
        return folder.path() / name;
    }

    TemporaryFolder folder;
};

TEST_F(ShapeSet, ReadsBackAsItWasMade) {
    const auto reader = openDataset(make("shapes", 40, 9));
    EXPECT_THAT(reader->warnings(), IsEmpty());
    ASSERT_EQ(reader->frames().size(), 40U);
    std::map<std::string, std::size_t> frames;
    for (std::size_t i = 0; i < 40; ++i) {
        frames[reader->frames()[i].id] = i;
    }
    for (std::size_t index = 0; index < 40; ++index) {
        const SurfaceSample made = makeShapePoints(9, index);
        const auto name = std::string(kShapeCategories[index % 16].name);
        const auto id = name + "/synthetic_s9_" + std::string(index < 10 ? "00000" : "0000");
        ASSERT_TRUE(frames.contains(id + std::to_string(index))) << id;
        const auto scan = reader->read(frames[id + std::to_string(index)]);
        EXPECT_THAT(scan->warnings, IsEmpty());
        ASSERT_EQ(scan->pointCount(), made.positions.size());
        for (std::size_t i = 0; i < made.positions.size(); ++i) {
            EXPECT_NEAR(scan->positions[i][0], made.positions[i].x, 6e-7);
            EXPECT_NEAR(scan->positions[i][1], made.positions[i].y, 6e-7);
            EXPECT_NEAR(scan->positions[i][2], made.positions[i].z, 6e-7);
            EXPECT_NEAR(scan->field("normal")->values[3 * i + 1], made.normals[i].y, 6e-7);
            EXPECT_EQ(scan->groundTruth->rawIds[i], made.tags[i]);
        }
    }
}

TEST_F(ShapeSet, IsLikeTheArchive) {
    const auto reader = openDataset(make("shapes", 320, 1));
    std::map<std::uint32_t, int> parts;
    for (std::size_t i = 0; i < reader->frames().size(); ++i) {
        const auto scan = reader->read(i);
        EXPECT_GE(scan->pointCount(), 1000U);
        EXPECT_LE(scan->pointCount(), 3000U);
        Vec3f low{1, 1, 1}, high{-1, -1, -1};
        for (const auto& point : scan->positions) {
            for (std::size_t axis = 0; axis < 3; ++axis) {
                low[axis] = std::min(low[axis], point[axis]);
                high[axis] = std::max(high[axis], point[axis]);
            }
        }
        const float diagonal = std::hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
        EXPECT_LE(diagonal, 1.0001F);
        EXPECT_GE(diagonal, 0.9F) << reader->frames()[i].id;
        const auto& normals = scan->field("normal")->values;
        for (std::size_t p = 0; p < normals.size(); p += 3) {
            ASSERT_NEAR(std::hypot(normals[p], normals[p + 1], normals[p + 2]), 1.0F, 2e-6F);
        }
        for (const std::uint32_t part : scan->groundTruth->rawIds) {
            ++parts[part];
        }
    }
    EXPECT_EQ(parts.size(), kShapePartCount);
    const auto sizeOf = [&](const std::string& split) {
        const auto name = "shuffled_" + split + "_file_list.json";
        const fs::path list = folder.path() / "shapes/train_test_split" / name;
        return openDataset(list)->frames().size();
    };
    EXPECT_EQ(sizeOf("train"), 224U);
    EXPECT_EQ(sizeOf("val"), 32U);
    EXPECT_EQ(sizeOf("test"), 64U);
}

TEST_F(ShapeSet, SameSeedSameBytesOnAnyNumberOfThreads) {
    const auto expected = contentOf(make("first", 50, 2));
    EXPECT_EQ(expected.size(), 54U);
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        EXPECT_EQ(contentOf(make(std::to_string(threads), 50, 2)), expected) << threads;
    }
    setThreadCount(0);
    EXPECT_NE(makeShapePoints(3, 0).positions, makeShapePoints(2, 0).positions);
    EXPECT_NE(makeShapePoints(2, 16).positions, makeShapePoints(2, 0).positions);
}

TEST_F(ShapeSet, OneShapeIsEnough) {
    const auto reader = openDataset(make("one", 1, 2));
    EXPECT_EQ(reader->frames().size(), 1U);
    EXPECT_THAT(reader->warnings(), IsEmpty());
}

TEST_F(ShapeSet, AnInterruptLeavesNothingBehind) {
    std::stop_source stop;
    double furthest = 0.0;
    const auto progress = [&](double fraction, const std::string&) {
        furthest = fraction;
        if (fraction > 0.2) {
            stop.request_stop();
        }
    };
    EXPECT_THROW(
        makeShapeSet(folder.path() / "shapes", {200, 1}, stop.get_token(), progress), Cancelled
    );
    EXPECT_GT(furthest, 0.2);
    EXPECT_LT(furthest, 0.9);
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

TEST_F(ShapeSet, RefusesBadRequests) {
    EXPECT_THAT(
        lineOf<ConfigError>([&] { make("shapes", 0, 1); }), HasSubstr("0 shapes cannot be made")
    );
    EXPECT_THROW(make("shapes", -5, 1), ConfigError);
    EXPECT_TRUE(isEmptyFolder(folder.path()));
    writeText(folder.path() / "shapes/mine.txt", "keep");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { make("shapes", 4, 1); }), HasSubstr("not an empty folder")
    );
    EXPECT_EQ(readTextFile(folder.path() / "shapes/mine.txt"), "keep");
}

} // namespace
} // namespace siskin::test
