// SPDX-License-Identifier: MIT
// Where predictions lie in each benchmark's submission, and their bytes.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/submission/submission_format.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/submission_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<int> numbersIn(const std::vector<std::byte>& bytes) {
    std::vector<int> numbers;
    for (const std::byte byte : bytes) {
        numbers.push_back(std::to_integer<int>(byte));
    }
    return numbers;
}

std::string textIn(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Action>
std::string errorOf(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.line();
    }
    return "no error";
}

TEST(SubmissionFormat, PathsOfEachBenchmark) {
    const SubmissionFormat kitti("semantickitti", "test");
    EXPECT_EQ(kitti.path("11/000123", {}), "sequences/11/predictions/000123.label");
    EXPECT_EQ(
        SubmissionFormat("nuscenes", "val").path("scene-0103/004", "ab12"),
        "lidarseg/val/ab12_lidarseg.bin"
    );
    EXPECT_EQ(
        SubmissionFormat("nuscenes").path("loose file", {}), "lidarseg/all/loose-file_lidarseg.bin"
    );
    EXPECT_EQ(SubmissionFormat("s3dis").path("Area_3/hallway_3", {}), "Area_3/hallway_3.txt");
    EXPECT_EQ(SubmissionFormat("shapenetpart").path("02691156/1a2b", {}), "02691156/1a2b.txt");
    EXPECT_EQ(
        SubmissionFormat("shapenetpart").path("Airplane/1a2b", "02691156/1a2b"), "02691156/1a2b.txt"
    );
    EXPECT_THROW(SubmissionFormat("kitti360"), ConfigError);
}

TEST(SubmissionFormat, NoIdLeavesTheFolder) {
    const SubmissionFormat plain("");
    EXPECT_EQ(plain.path("08/000123", {}), "sequences/08/predictions/000123.label");
    EXPECT_EQ(plain.path("demo:street", {}), "predictions/demo-street.label");
    EXPECT_EQ(plain.path("../x/y", {}), "predictions/x-y.label");
    EXPECT_EQ(plain.path("08/", {}), "predictions/08.label");
    EXPECT_EQ(plain.path("", {}), "predictions/unnamed.label");
    EXPECT_EQ(SubmissionFormat("s3dis").path("../passwd", {}), "predictions/passwd.txt");
    EXPECT_EQ(SubmissionFormat("s3dis").path("/etc/passwd", {}), "predictions/etc-passwd.txt");
    EXPECT_EQ(
        SubmissionFormat("nuscenes", "val").path("s/1", "../../x"), "lidarseg/val/x_lidarseg.bin"
    );
}

TEST(SubmissionFormat, LittleEndianSubmissionIds) {
    const auto map = std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format": "siskin-classmap-1", "name": "own", "title": "t",
            "ignored": {"name": "no", "colour": [0, 0, 0], "rawIds": [7], "submissionId": 7},
            "classes": [{"name": "a", "colour": [0, 0, 0], "rawIds": [66051], "submissionId": 66051}]})",
        "test"
    ));
    const auto bytes = SubmissionFormat("").encode(predictionOf(map, {0, kIgnored, 9}), 0, "f");
    EXPECT_THAT(numbersIn(bytes), ElementsAre(3, 2, 1, 0, 7, 0, 0, 0, 7, 0, 0, 0)); // 0x010203
}

TEST(SubmissionFormat, NoClassIsZeroMinusOneOrRefused) {
    const auto kitti = predictionOf(shippedMap("semantickitti-spvnas"), {8, kIgnored, 0});
    EXPECT_THAT(
        numbersIn(SubmissionFormat("semantickitti").encode(kitti, 0, "f")),
        ElementsAre(40, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0)
    );
    const auto room = predictionOf(shippedMap("s3dis"), {12, kIgnored, 0});
    EXPECT_EQ(textIn(SubmissionFormat("s3dis").encode(room, 0, "f")), "12\n-1\n0\n");
    const auto shape = predictionOf(shippedMap("shapenetpart"), {49, kIgnored});
    EXPECT_EQ(textIn(SubmissionFormat("shapenetpart").encode(shape, 0, "f")), "49\n-1\n");
    const auto street = predictionOf(shippedMap("nuscenes-lidarseg"), {0, 15, kIgnored});
    EXPECT_THAT(
        errorOf([&] { SubmissionFormat("nuscenes").encode(street, 0, "scene-1/002"); }),
        AllOf(HasSubstr("scene-1/002: point 2 has no class"), HasSubstr("16 classes"))
    );
}

TEST(SubmissionFormat, NuScenesIsClassPlusOneAndNotTheRawId) {
    const SubmissionFormat format("nuscenes", "val");
    const auto own = predictionOf(shippedMap("nuscenes-lidarseg"), {0, 10, 15});
    EXPECT_THAT(numbersIn(format.encode(own, 0, "f")), ElementsAre(1, 11, 16));
    // Merged: road, pole (a barrier), vegetation, person, bus.
    const auto merged = predictionOf(mergedNuScenes(), {0, 3, 4, 5, 9});
    EXPECT_THAT(numbersIn(format.encode(merged, 0, "f")), ElementsAre(11, 1, 16, 7, 3));
}

TEST(SubmissionFormat, PointsOfEarlierScansAreNotWritten) {
    const auto map = shippedMap("semantickitti-official");
    const SubmissionFormat format("semantickitti");
    EXPECT_EQ(format.encode(predictionOf(map, {1, 2, 3}), 2, "f").size(), 4U);
    EXPECT_EQ(format.encode(predictionOf(map, {1, 2, 3}), 3, "f").size(), 0U);
    EXPECT_EQ(format.encode(predictionOf(map, {}), 0, "f").size(), 0U);
    auto scan = scanOf("11/000000", 5);
    scan->contextPoints = 4;
    const TemporaryFolder folder;
    const auto file = format.write(folder.path(), *scan, predictionOf(map, {0, 1, 2, 3, 4}));
    EXPECT_THAT(numbersIn(readFile(file)), ElementsAre(10, 0, 0, 0));
}

TEST(SubmissionFormat, ClassesOfAnotherDataSetAreRefused) {
    const auto map = shippedMap("semantickitti-official");
    for (const auto* benchmark : {"nuscenes", "s3dis", "shapenetpart"}) {
        EXPECT_THAT(
            errorOf([&] { SubmissionFormat(benchmark).encode(predictionOf(map, {0}), 0, "f"); }),
            HasSubstr("semantickitti-official")
        );
    }
    EXPECT_EQ(SubmissionFormat("").encode(predictionOf(map, {0}), 0, "f").size(), 4U);
}

TEST(SubmissionFormat, EveryClassComesBack) {
    const std::vector<std::pair<std::string, std::shared_ptr<const ClassMap>>> cases = {
        {"semantickitti", shippedMap("semantickitti-official")},
        {"semantickitti", shippedMap("semantickitti-spvnas")},
        {"nuscenes", shippedMap("nuscenes-lidarseg")},
        {"nuscenes", mergedNuScenes()},
        {"s3dis", shippedMap("s3dis")},
        {"shapenetpart", shippedMap("shapenetpart")},
        {"", mergedNuScenes()}};
    for (const auto& [benchmark, map] : cases) {
        const SubmissionFormat format(benchmark);
        auto ids = everyClass(*map);
        if (benchmark != "nuscenes") {
            ids.push_back(kIgnored);
        }
        const auto bytes = format.encode(predictionOf(map, ids), 0, "f");
        EXPECT_EQ(format.decode(bytes, format.encoding(), *map, "f"), ids) << map->name();
    }
}

TEST(SubmissionFormat, DecodesWhatOthersWrite) {
    const auto official = shippedMap("semantickitti-official");
    const SubmissionFormat kitti("semantickitti");
    const std::array<std::uint32_t, 4> raw = {(5U << 16U) | 252U, 60U, 999U, 0U};
    EXPECT_THAT(
        kitti.decode(std::as_bytes(std::span(raw)), LabelEncoding::Raw32, *official, "f"),
        ElementsAre(0, 8, kIgnored, kIgnored) // moving car with an instance, lane marking
    );
    const SubmissionFormat rooms("s3dis");
    const auto lines = [&](std::string_view text) {
        return rooms.decode(
            std::as_bytes(std::span(text.data(), text.size())),
            LabelEncoding::NumberLines,
            *shippedMap("s3dis"),
            "room.txt"
        );
    };
    EXPECT_THAT(lines("3\r\n 12 \n1.1e+01\n-1"), ElementsAre(3, 12, 11, kIgnored));
    EXPECT_TRUE(lines("").empty());
    for (const auto* bad : {"1\n\n2\n", "1\nx\n", "1\n1.5\n", "1\n-2\n", "1\n3 4\n", "1\nnan\n"}) {
        EXPECT_THAT(errorOf([&] { lines(bad); }), HasSubstr("room.txt: line 2")) << bad;
    }
}

TEST(SubmissionFormat, NuScenesRefusesTheDataSetsOwnNumbers) {
    const SubmissionFormat format("nuscenes");
    const std::array<std::uint8_t, 3> fine = {16, 24, 0};
    EXPECT_THAT(
        errorOf([&] {
            format.decode(
                std::as_bytes(std::span(fine)),
                LabelEncoding::Challenge8,
                *shippedMap("nuscenes-lidarseg"),
                "t_lidarseg.bin"
            );
        }),
        AllOf(HasSubstr("byte 1: 24"), HasSubstr("own label files"))
    );
}

TEST(SubmissionFormat, OnlyNuScenesHasADescription) {
    const TemporaryFolder folder;
    SubmissionFormat("semantickitti").writeDescription(folder.path());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    SubmissionFormat("nuscenes", "mini_val").writeDescription(folder.path());
    EXPECT_THAT(
        readTextFile(folder.path() / "mini_val/submission.json"), HasSubstr(R"("use_lidar":true)")
    );
}

} // namespace
} // namespace siskin::test
