// SPDX-License-Identifier: MIT
// A sensor's PCD file and a classified PLY file, against a parse of their bytes written here.
#include "core/base/file.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What follows the line that begins with `last`.
std::string bodyOf(const std::filesystem::path& file, const std::string& last) {
    const std::string text = readTextFile(file);
    return text.substr(text.find('\n', text.find(last)) + 1);
}

template <typename T>
T numberAt(const std::string& body, std::size_t byte) {
    T value{};
    std::memcpy(&value, body.data() + byte, sizeof(T));
    return value;
}

TEST(PointFilesReal, AScanOfAHesaiSensor) {
    const auto file = sharedRoot() / "data/raw_lidar/hesai/xt32m_1660893203292679064.pcd";
    const auto reader = openDataset(file);
    ASSERT_EQ(reader->frames().size(), 1U);
    EXPECT_EQ(reader->benchmark(), "");
    const auto scan = reader->read(0);
    constexpr std::size_t kRecord = 35; // x y z intensity | ring | azimuth distance | type | time
    const std::string body = bodyOf(file, "DATA binary");
    ASSERT_EQ(body.size(), 13410 * kRecord);
    ASSERT_EQ(scan->pointCount(), 13410U);
    ASSERT_EQ(scan->fields.size(), 6U);
    const auto value = [&scan](const char* name, std::size_t point) {
        return scan->field(name)->values.at(point);
    };
    const auto firstTime = numberAt<double>(body, 27);
    for (std::size_t i = 0; i < scan->pointCount(); ++i) {
        const std::size_t at = i * kRecord;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            ASSERT_EQ(scan->positions[i][axis], numberAt<float>(body, at + 4 * axis));
        }
        ASSERT_EQ(value("intensity", i), numberAt<float>(body, at + 12));
        ASSERT_EQ(value("ring", i), numberAt<std::uint16_t>(body, at + 16));
        ASSERT_EQ(value("azimuth", i), numberAt<float>(body, at + 18));
        ASSERT_EQ(value("distance", i), numberAt<float>(body, at + 22));
        ASSERT_EQ(value("return_type", i), numberAt<std::uint8_t>(body, at + 26));
        const double time = numberAt<double>(body, at + 27);
        ASSERT_NEAR(value("time_stamp", i), time - firstTime, 1e-8);
    }
    EXPECT_THAT(scan->warnings, ElementsAre(HasSubstr("'time_stamp'")));
}

TEST(PointFilesReal, AClassifiedHallway) {
    const auto file = sharedRoot() / "data/ply/s3dis_Area4_hallway5_classified.ply";
    const auto reader = openDataset(file.parent_path()); // the folder: one frame
    ASSERT_EQ(reader->frames().size(), 1U);
    EXPECT_EQ(reader->frames()[0].group, "ply");
    const auto scan = reader->read(0);
    EXPECT_FALSE(scan->groundTruth);
    ASSERT_EQ(scan->pointCount(), 85855U);
    constexpr std::size_t kRecord = 19; // x y z | rgb | classification
    const std::string body = bodyOf(file, "end_header");
    std::map<float, int> classes;
    for (std::size_t i = 0; i < scan->pointCount(); ++i) {
        const std::size_t at = i * kRecord;
        ++classes[scan->field("classification")->values[i]];
        for (std::size_t axis = 0; axis < 3; ++axis) {
            ASSERT_EQ(scan->positions[i][axis], numberAt<float>(body, at + 4 * axis));
            ASSERT_EQ(
                scan->field("rgb")->values[3 * i + axis],
                numberAt<std::uint8_t>(body, at + 12 + axis)
            );
        }
        ASSERT_EQ(
            scan->field("classification")->values[i], float(numberAt<std::int32_t>(body, at + 15))
        );
    }
    // The counts in the sample data's README.
    const std::map<float, int> expected = {{0, 19119}, {1, 17984}, {2, 42800}, {12, 5952}};
    EXPECT_EQ(classes, expected);
    EXPECT_TRUE(scan->warnings.empty());
}

} // namespace
} // namespace siskin::test
