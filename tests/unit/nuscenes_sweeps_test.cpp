// SPDX-License-Identifier: MIT
// Keyframes of nuScenes together with the scans before them: known motion, broken chains, missing
// files.
#include "datasets/nuscenes/nuscenes_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <numbers>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kTurn = 0.3; ///< radians of yaw per scan
constexpr std::int64_t kInterval = 50'000;

/// One scene with eight scans 0.05 s apart, of which 0, 3 and 7 are keyframes. Scan i was taken
/// where the car stood at (1000 + 2 i, 500 - i, 0), turned by i * kTurn; the LiDAR sits at
/// (1, 0, 2) of the car, turned by a quarter.
struct Drive {
    TemporaryFolder folder;
    fs::path root = folder.path() / "nu";
    std::map<std::string, json> tables;

    static bool isKeyframe(int scan) { return scan == 0 || scan == 3 || scan == 7; }

    static std::string fileOf(int scan) {
        return fmt::format(
            "{}/LIDAR_TOP/{}.pcd.bin", isKeyframe(scan) ? "samples" : "sweeps", scan
        );
    }

    static json yaw(double angle) { return {std::cos(angle / 2), 0, 0, std::sin(angle / 2)}; }

    Drive() {
        tables["sensor"] = {{{"token", "sl"}, {"channel", "LIDAR_TOP"}}};
        tables["calibrated_sensor"] = {
            {{"token", "cl"},
             {"sensor_token", "sl"},
             {"translation", {1, 0, 2}},
             {"rotation", yaw(std::numbers::pi / 2)}}};
        tables["scene"] = {
            {{"token", "s"},
             {"name", "scene-0103"},
             {"first_sample_token", "k0"},
             {"nbr_samples", 3}}};
        tables["sample"] = {sample(0, "k3"), sample(3, "k7"), sample(7, "")};
        for (const int scan : {5, 0, 1, 2, 7, 3, 4, 6}) { // the table is in no order
            tables["sample_data"].push_back(
                {{"token", token(scan)},
                 {"sample_token",
                  scan == 0   ? "k0"
                  : scan <= 3 ? "k3"
                              : "k7"},
                 {"ego_pose_token", fmt::format("e{}", scan)},
                 {"calibrated_sensor_token", "cl"},
                 {"is_key_frame", isKeyframe(scan)},
                 {"timestamp", scan * kInterval},
                 {"filename", fileOf(scan)},
                 {"prev", scan == 0 ? "" : token(scan - 1)},
                 {"next", scan == 7 ? "" : token(scan + 1)}}
            );
            tables["ego_pose"].push_back(
                {{"token", fmt::format("e{}", scan)},
                 {"translation", {1000 + 2 * scan, 500 - scan, 0}},
                 {"rotation", yaw(scan * kTurn)}}
            );
            // Two points, of which the second tells the scan.
            const auto number = static_cast<float>(scan);
            writeBinary(
                root / fileOf(scan),
                std::vector<float>{0, 0, 0, 10 + number, 1, 3, -4, 0.5F + number, 20, number}
            );
        }
    }

    static std::string token(int scan) { return fmt::format("d{}", scan); }

    static json sample(int scan, const std::string& next) {
        return {
            {"token", fmt::format("k{}", scan)},
            {"scene_token", "s"},
            {"next", next},
            {"timestamp", scan * kInterval}};
    }

    json& data(int scan) {
        for (auto& record : tables["sample_data"]) {
            if (record["token"] == token(scan)) {
                return record;
            }
        }
        throw std::out_of_range("no such scan");
    }

    std::unique_ptr<NuScenesReader> open(std::size_t earlierScans) const {
        for (const auto& [name, table] : tables) {
            writeText(root / "v1.0-tiny" / (name + ".json"), table.dump());
        }
        return std::make_unique<NuScenesReader>(root, map(), earlierScans);
    }

    static std::shared_ptr<const ClassMap> map() {
        return std::make_shared<const ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/nuscenes-lidarseg.json"))
        );
    }

    std::string refusal() const {
        return lineOf<DatasetError>([&] { open(2); });
    }
};

/// Where the point p of the LiDAR at `scan` is in the LiDAR at `now`: worked out on paper from the
/// text above `Drive`, in the plane, without a matrix.
Vec3f expected(const Vec3f& p, int scan, int now) {
    // The sensor's quarter turn, and its place on the car.
    const double carX = 1 - static_cast<double>(p[1]);
    const double carY = static_cast<double>(p[0]);
    const double then = scan * kTurn;
    const double worldX = 1000 + 2 * scan + std::cos(then) * carX - std::sin(then) * carY;
    const double worldY = 500 - scan + std::sin(then) * carX + std::cos(then) * carY;
    const double dx = worldX - (1000 + 2 * now);
    const double dy = worldY - (500 - now);
    const double angle = now * kTurn;
    const double nowX = std::cos(angle) * dx + std::sin(angle) * dy;
    const double nowY = -std::sin(angle) * dx + std::cos(angle) * dy;
    return {static_cast<float>(nowY), static_cast<float>(1 - nowX), p[2]};
}

TEST(NuScenesSweeps, MovesEarlierScansIntoTheKeyframe) {
    const Drive drive;
    const auto reader = drive.open(3);
    const auto scan = reader->read(2);
    ASSERT_EQ(scan->pointCount(), 8U);
    EXPECT_EQ(scan->contextPoints, 6U);
    EXPECT_THAT(scan->positions[1], ElementsAre(3.0F, -4.0F, 7.5F)); // its own are untouched
    for (std::size_t i = 1; i < 4; ++i) {                            // newest first
        const int sweep = 7 - static_cast<int>(i);
        const auto number = static_cast<float>(sweep);
        const std::array<Vec3f, 2> points = {{{0, 0, 0}, {3, -4, 0.5F + number}}};
        for (std::size_t p = 0; p < 2; ++p) {
            const Vec3f should = expected(points[p], sweep, 7);
            for (std::size_t axis = 0; axis < 3; ++axis) {
                EXPECT_NEAR(scan->positions[2 * i + p][axis], should[axis], 1e-5) << sweep;
            }
        }
        EXPECT_EQ(scan->field("intensity")->values[2 * i], 10 + number);
        EXPECT_EQ(scan->field("ring")->values[2 * i + 1], number);
    }
    EXPECT_THAT(
        scan->field("time")->values, ElementsAre(0.0F, 0.0F, 0.05F, 0.05F, 0.1F, 0.1F, 0.15F, 0.15F)
    );
    EXPECT_EQ(scan->benchmarkName, "d7");
    EXPECT_THAT(scan->warnings, IsEmpty());
}

TEST(NuScenesSweeps, KeyframesBeforeCountAsScans) {
    const Drive drive;
    const auto scan = drive.open(5)->read(2);
    EXPECT_EQ(scan->contextPoints, 10U);
    // 6, 5, 4, the keyframe 3, and 2.
    EXPECT_THAT(scan->field("ring")->values[9], 3.0F);
    EXPECT_THAT(scan->field("ring")->values[11], 2.0F);
}

TEST(NuScenesSweeps, WithoutThemAScanIsAsBefore) {
    const Drive drive;
    const auto scan = drive.open(0)->read(2);
    EXPECT_EQ(scan->pointCount(), 2U);
    EXPECT_EQ(scan->contextPoints, 0U);
    EXPECT_EQ(scan->field("time"), nullptr);
    EXPECT_EQ(scan->fields.size(), 2U);
}

TEST(NuScenesSweeps, FewerAtTheBeginningOfAScene) {
    const Drive drive;
    const auto reader = drive.open(10);
    const auto first = reader->read(0);
    EXPECT_EQ(first->pointCount(), 2U);
    EXPECT_EQ(first->contextPoints, 0U);
    EXPECT_THAT(first->field("time")->values, ElementsAre(0.0F, 0.0F));
    EXPECT_THAT(first->warnings, IsEmpty());
    EXPECT_EQ(reader->read(1)->contextPoints, 6U);
    EXPECT_THAT(reader->read(1)->warnings, IsEmpty());
}

TEST(NuScenesSweeps, FewerAndAWarningWhereFilesAreMissing) {
    const Drive drive;
    const auto reader = drive.open(3);
    fs::remove(drive.root / Drive::fileOf(6));
    fs::remove(drive.root / Drive::fileOf(5));
    const auto scan = reader->read(2);
    EXPECT_EQ(scan->contextPoints, 2U); // 4, and no older one in their place
    EXPECT_THAT(scan->field("ring")->values[3], 4.0F);
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(AllOf(
            HasSubstr("scene-0103/002: 2 of 3 earlier scans are left out"),
            HasSubstr("sweeps/LIDAR_TOP/6.pcd.bin")
        ))
    );
    fs::remove_all(drive.root / "sweeps");
    EXPECT_EQ(reader->read(2)->contextPoints, 0U);
    EXPECT_EQ(reader->read(2)->field("time")->values.size(), 2U);
    writeBinary(drive.root / Drive::fileOf(6), std::vector<float>{1, 2, 3});
    EXPECT_THAT(lineOf<DatasetError>([&] { reader->read(2); }), HasSubstr("6.pcd.bin: 12 bytes"));
}

TEST(NuScenesSweeps, ContextHasNoGroundTruth) {
    Drive drive;
    drive.tables["category"] = {
        {{"token", "k1"}, {"name", "vehicle.car"}, {"index", 3}},
        {{"token", "k2"}, {"name", "static.vegetation"}, {"index", 0}}};
    drive.tables["lidarseg"] = {
        {{"token", "d7"}, {"sample_data_token", "d7"}, {"filename", "lidarseg/7.bin"}}};
    writeBinary(drive.root / "lidarseg/7.bin", std::vector<std::uint8_t>{3, 0});
    const auto scan = drive.open(2)->read(2);
    ASSERT_TRUE(scan->groundTruth.has_value());
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(17U, 30U, 0U, 0U, 0U, 0U));
    const auto& ids = scan->groundTruth->classIds;
    EXPECT_EQ(scan->groundTruth->classMap->info(ids[1]).name, "vegetation");
    EXPECT_THAT(
        std::vector(ids.begin() + 2, ids.end()), ElementsAre(kIgnored, kIgnored, kIgnored, kIgnored)
    );
    EXPECT_THAT(scan->warnings, IsEmpty());
    EXPECT_FALSE(drive.open(2)->read(1)->groundTruth.has_value());
}

TEST(NuScenesSweeps, RefusesBrokenChains) {
    const auto refusalAfter = [](const std::function<void(Drive&)>& spoil) {
        Drive drive;
        spoil(drive);
        return drive.refusal();
    };
    const auto table = HasSubstr("sample_data.json: record ");
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(4)["prev"] = "gone"; }),
        AllOf(table, HasSubstr("'prev' leads to 'gone', which is no record of LIDAR_TOP"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(7)["next"] = "gone"; }),
        AllOf(HasSubstr("record 4"), HasSubstr("'next' leads to 'gone'"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { // 0 <- 1 <- 2 <- 0 ...
            drive.data(0)["prev"] = "d2";
            drive.data(2)["next"] = "d0";
        }),
        AllOf(table, HasSubstr("goes round in a circle"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(5)["prev"] = "d5"; }),
        AllOf(HasSubstr("record 0"), HasSubstr("goes round in a circle"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(2)["next"] = "d0"; }), // forwards in a circle
        AllOf(HasSubstr("record 3"), HasSubstr("'next' leads to 'd0' (record 1)"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(6)["token"] = "d5"; }),
        HasSubstr("a second record with token 'd5'")
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(6).erase("prev"); }),
        AllOf(table, HasSubstr("'prev' is missing"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(6)["timestamp"] = "now"; }),
        HasSubstr("'timestamp' is not a whole number")
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.data(6)["prev"] = std::string(33, 'x'); }),
        HasSubstr("'prev' has 33 characters")
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) { drive.tables["ego_pose"].erase(7); }),
        AllOf(HasSubstr("ego_pose.json: no record 'e6'"), HasSubstr("sweeps/LIDAR_TOP/6"))
    );
    EXPECT_THAT(
        refusalAfter([](Drive& drive) {
            drive.tables["ego_pose"].push_back(drive.tables["ego_pose"][0]);
        }),
        AllOf(HasSubstr("ego_pose.json: record 8"), HasSubstr("a second record"))
    );
}

TEST(NuScenesSweeps, BrokenChainsDoNotMatterWithoutSweeps) {
    Drive drive;
    drive.data(4)["prev"] = "gone";
    EXPECT_THAT(drive.open(0)->frames(), SizeIs(3));
}

TEST(NuScenesSweeps, OneFileHasNone) {
    const Drive drive;
    const auto file = drive.root / Drive::fileOf(0);
    EXPECT_THAT(
        lineOf<DatasetError>([&] { NuScenesReader(file, Drive::map(), 1); }),
        AllOf(HasSubstr("0.pcd.bin"), HasSubstr("a single file has no earlier scans"))
    );
}

} // namespace
} // namespace siskin::test
