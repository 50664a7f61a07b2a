// SPDX-License-Identifier: MIT
// The networks in resources/demo: small, of known origin, and good at what they were trained for.
// Bounds are well below the scores in resources/demo/README.md: these are a few scans, not a
// benchmark.
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "tests/unit/cli_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json runDemo(const std::string& scans, const std::string& network) {
    const auto result =
        runSiskin(fmt::format("run {} --model demo:{} --quiet --json -", scans, network));
    EXPECT_EQ(result.exitCode, 0) << result.err;
    return json::parse(result.out, nullptr, false);
}

TEST(DemoNetworks, ThoseForShapesRoomsAndConesAreSmall) {
    std::uintmax_t all = 0, clouds = 0;
    for (const auto& file : demoWeights()) {
        const auto name = file.stem().string();
        const bool ofClouds =
            name.ends_with("-shapes") || name.ends_with("-rooms") || name.starts_with("cones-");
        all += std::filesystem::file_size(file);
        clouds += ofClouds ? std::filesystem::file_size(file) : 0;
    }
    EXPECT_GT(clouds, 1'000'000U);
    EXPECT_LE(clouds, 4'000'000U);
    EXPECT_LE(all - clouds, 8'000'000U);
}

TEST(DemoNetworks, SayWhereTheyComeFrom) {
    for (const auto& file : demoWeights()) {
        const auto info = runSiskin("info '" + file.string() + "'");
        EXPECT_EQ(info.exitCode, 0) << info.err;
        EXPECT_THAT(info.out, HasSubstr("trained on  ")) << file;
        EXPECT_THAT(info.out, HasSubstr("val mIoU")) << file;
    }
}

TEST(DemoNetworks, PvcnnKnowsPartsOfShapes) {
    const auto report = runDemo("demo:shapes", "pvcnn-shapes");
    EXPECT_EQ(report["summary"]["frames"], 12);
    EXPECT_GT(report["summary"]["models"][0]["instance_miou"], 0.8);
}

TEST(DemoNetworks, PvcnnKnowsThingsInRooms) {
    const auto report = runDemo("demo:rooms", "pvcnn-rooms");
    EXPECT_EQ(report["summary"]["frames"], 2);
    EXPECT_GT(report["summary"]["models"][0]["scores"]["absent_skipped"]["miou"], 0.6);
}

TEST(DemoNetworks, AreComparedAsInThePaper) {
    const auto result = runSiskin("run demo:shapes --frame Mug/synthetic_s5_000011 --quiet "
                                  "--preset pvcnn-paper --repeat 1 --json -");
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto paper = json::parse(result.out)["frames"][0]["paper"];
    EXPECT_EQ(paper["dataset"], "ShapeNetPart");
    std::map<std::string, json> rows;
    for (const auto& row : paper["networks"]) {
        rows[row["name"]] = row;
        EXPECT_EQ(row["miou"].is_number(), row["trained"].get<bool>()) << row["name"];
        EXPECT_GT(row["total_s"], 0.0);
#if !defined(__SANITIZE_ADDRESS__) // where tensors are not counted
        EXPECT_GT(row["peak_tensor_bytes"], 100'000);
#endif
    }
    EXPECT_GT(rows["PVCNN 0.25xC"]["miou"], 0.8);
    EXPECT_EQ(rows["PVCNN"]["time_over_pvcnn"], 1.0);
    EXPECT_EQ(rows["PointNet++ MSG"]["published"]["miou"]["status"], "confirmed");
}

TEST(DemoNetworks, ConesAreFoundOnATrackOfAnotherSeed) {
    const TemporaryFolder folder;
    const auto track = (folder.path() / "track").string();
    const auto made = runSiskin(
        fmt::format("make-dataset track --frames 4 --beams 64 --seed 555 --quiet --out '{}'", track)
    );
    ASSERT_EQ(made.exitCode, 0) << made.err;
    const auto out = folder.path() / "out";
    const auto found = runSiskin(fmt::format(
        "cones '{}' --model demo:cones-pvcnn --model demo:cones-pointnet --model "
        "demo:cones-voxelcnn --quiet --out '{}'",
        track,
        out.string()
    ));
    ASSERT_EQ(found.exitCode, 0) << found.err;
    const auto report = json::parse(readTextFile(out / "report.json"));
    ASSERT_EQ(report["models"].size(), 3U);
    for (const auto& model : report["models"]) {
        EXPECT_GT(model["accuracy"], 0.85) << model["label"];
        EXPECT_GE(model["range_at_95_recall_m"], 12.0) << model["label"];
        EXPECT_LT(model["centre_error_m"], 0.05) << model["label"];
    }
}

} // namespace
} // namespace siskin::test
