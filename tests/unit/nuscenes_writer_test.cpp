// SPDX-License-Identifier: MIT
// Drives written in the layout of nuScenes, read back by the ordinary reader.
#include "core/base/file.hpp"
#include "datasets/nuscenes/categories.hpp"
#include "datasets/nuscenes/layout_writer.hpp"
#include "datasets/nuscenes/street_categories.hpp"
#include "datasets/open.hpp"
#include "datasets/synthetic/vec3.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <set>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

/// Points with a few numbers that are easy to recognise.
struct Frame {
    std::vector<Vec3f> positions = {{10, 2, -1}, {-3, 0.5F, 4}};
    std::vector<float> intensity = {127.0F, 255.0F};
    std::vector<std::uint8_t> ring = {0, 31};
    std::vector<std::uint8_t> category = {17, 30};

    NuScenesPoints points() const { return {positions, intensity, ring, category}; }
};

std::vector<NuScenesDrive> twoDrives() {
    std::vector<NuScenesDrive> drives(2);
    drives[0].name = "scene-0001";
    drives[1].name = "scene-0002";
    for (int i = 0; i < 3; ++i) {
        // All axes turn, by angles of every size: each branch of the quaternion is taken.
        drives[0].poses.push_back(Rigid::at({1.5 * i, 7.0, 1.7}, 2.1 * i, 0.2 - i, 1.3 * i).matrix()
        );
    }
    drives[1].poses.push_back(Rigid::at({0, 0, 1.7}, 3.1).matrix());
    return drives;
}

void writeAll(const fs::path& root) {
    OutputFolder output(root);
    const auto drives = twoDrives();
    for (std::size_t drive = 0; drive < drives.size(); ++drive) {
        for (std::size_t frame = 0; frame < drives[drive].poses.size(); ++frame) {
            writeNuScenesFrame(output, drive, frame, 10.0, Frame().points());
        }
    }
    writeNuScenesTables(output, drives);
    output.finish();
}

std::array<double, 3> apply(const std::array<double, 16>& pose, const Vec3f& p) {
    std::array<double, 3> result{};
    for (std::size_t row = 0; row < 3; ++row) {
        result[row] = pose[4 * row] * p[0] + pose[4 * row + 1] * p[1] + pose[4 * row + 2] * p[2] +
                      pose[4 * row + 3];
    }
    return result;
}

TEST(NuScenesWriter, OurReaderReadsIt) {
    const TemporaryFolder folder;
    writeAll(folder.path() / "nu");
    const auto reader = openDataset(folder.path() / "nu");
    EXPECT_THAT(reader->warnings(), IsEmpty());
    EXPECT_NEAR(reader->framesPerSecond(), 10.0, 1e-9);
    ASSERT_EQ(reader->frames().size(), 4U);
    EXPECT_EQ(reader->frames()[2].id, "scene-0001/002");
    EXPECT_EQ(reader->frames()[3].group, "scene-0002");
    const auto drives = twoDrives();
    const Frame in;
    for (std::size_t index = 0; index < 4; ++index) {
        const auto out = reader->read(index);
        EXPECT_THAT(out->groundTruth->rawIds, ElementsAre(17U, 30U));
        EXPECT_THAT(out->field("intensity")->values, ElementsAre(127.0F, 255.0F));
        EXPECT_THAT(out->field("ring")->values, ElementsAre(0.0F, 31.0F));
        EXPECT_THAT(out->positions[0], ElementsAre(-2.0F, 10.0F, -1.0F)); // x right, y ahead
        const auto& pose = index < 3 ? drives[0].poses[index] : drives[1].poses[0];
        for (std::size_t i = 0; i < 2; ++i) {
            const auto expected = apply(pose, in.positions[i]);
            const auto got = apply(out->pose.value(), out->positions[i]);
            EXPECT_NEAR(got[0], expected[0], 1e-9);
            EXPECT_NEAR(got[1], expected[1], 1e-9);
            EXPECT_NEAR(got[2], expected[2], 1e-9);
        }
    }
}

TEST(NuScenesWriter, TokensAreUniqueAndLead) {
    const TemporaryFolder folder;
    writeAll(folder.path() / "nu");
    const fs::path tables = folder.path() / "nu" / kNuScenesSyntheticVersion;
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(tables)) {
        names.insert(entry.path().stem().string());
        std::ifstream file(entry.path());
        std::set<std::string> tokens;
        for (const json& record : json::parse(file)) {
            EXPECT_TRUE(tokens.insert(record.at("token")).second) << entry.path();
            if (entry.path().stem() != "visibility") {
                EXPECT_TRUE(std::regex_match(
                    record.at("token").get<std::string>(), std::regex("[0-9a-f]{32}")
                )) << entry.path();
            }
        }
    }
    EXPECT_THAT(
        names,
        ElementsAre(
            "attribute",
            "calibrated_sensor",
            "category",
            "ego_pose",
            "instance",
            "lidarseg",
            "log",
            "map",
            "sample",
            "sample_annotation",
            "sample_data",
            "scene",
            "sensor",
            "visibility"
        )
    );
    std::ifstream file(tables / "lidarseg.json");
    for (const json& record : json::parse(file)) {
        EXPECT_TRUE(fs::exists(folder.path() / "nu" / record.at("filename").get<std::string>()));
    }
}

TEST(NuScenesWriter, SameDrivesSameBytes) {
    const TemporaryFolder folder;
    writeAll(folder.path() / "a");
    writeAll(folder.path() / "b");
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "a")) {
        if (entry.is_regular_file()) {
            const auto other =
                folder.path() / "b" / fs::relative(entry.path(), folder.path() / "a");
            EXPECT_EQ(readFile(entry.path()), readFile(other)) << other;
            ++files;
        }
    }
    EXPECT_EQ(files, 14U + 2 * 4);
}

TEST(NuScenesWriter, RefusesADriveWithoutFrames) {
    const TemporaryFolder folder;
    const OutputFolder output(folder.path() / "nu");
    const std::vector<NuScenesDrive> drives(1);
    EXPECT_THROW(writeNuScenesTables(output, drives), DatasetError);
}

TEST(NuScenesWriter, EveryKindHasACategory) {
    std::set<std::string> used;
    const auto map = ClassMap::fromJsonFile(resourcePath("classmaps/nuscenes-lidarseg.json"));
    for (int kind = 0; kind <= static_cast<int>(StreetKind::TrafficCone); ++kind) {
        const auto category = nuScenesCategory(static_cast<StreetKind>(kind));
        ASSERT_LT(category, kNuScenesCategories.size()) << kind;
        used.insert(map.info(map.classOf(category)).name);
    }
    EXPECT_EQ(used.size(), map.size() + 1); // all 16 and the ignored one
    EXPECT_EQ(kNuScenesCategories[nuScenesCategory(StreetKind::Trunk)], "static.vegetation");
    EXPECT_EQ(kNuScenesCategories[nuScenesCategory(StreetKind::Bicyclist)], "vehicle.bicycle");
}

} // namespace
} // namespace siskin::test
