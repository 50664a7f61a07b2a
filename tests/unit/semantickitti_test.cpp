// SPDX-License-Identifier: MIT
#include "datasets/open.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<float> kThreePoints = {1, 2, 3, 0.5F, 4, 5, 6, 0.25F, -7, -8, -9, 0};
// car of instance 3, lane marking, an id that no document lists
const std::vector<std::uint32_t> kThreeLabels = {0x0003000A, 60, 77};

struct SemanticKitti : testing::Test {
    fs::path sequence(const std::string& name) const { return folder.path() / "sequences" / name; }

    void addFrame(const std::string& sequenceName, const std::string& frame, bool labels) const {
        writeBinary(sequence(sequenceName) / "velodyne" / (frame + ".bin"), kThreePoints);
        if (labels) {
            writeBinary(sequence(sequenceName) / "labels" / (frame + ".label"), kThreeLabels);
        }
    }

    std::unique_ptr<DatasetReader> open(const fs::path& path) const {
        return openDataset(path, map);
    }

    std::shared_ptr<const Scan> readFirst(const fs::path& path) const {
        return open(path)->read(0);
    }

    std::string refusal(const fs::path& path) const {
        return lineOf<DatasetError>([&] { readFirst(path); });
    }

    TemporaryFolder folder;
    std::shared_ptr<const ClassMap> map = loadMap("official");
};

TEST_F(SemanticKitti, ReadsAFrame) {
    addFrame("00", "000000", true);
    const auto reader = open(folder.path());
    EXPECT_EQ(reader->title(), "SemanticKITTI, 1 frame");
    EXPECT_EQ(reader->classMap(), map);
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->id, "00/000000");
    EXPECT_EQ(scan->source, sequence("00") / "velodyne/000000.bin");
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{4, 5, 6}, Vec3f{-7, -8, -9}));
    ASSERT_NE(scan->field("intensity"), nullptr);
    EXPECT_THAT(scan->field("intensity")->values, ElementsAre(0.5F, 0.25F, 0.0F));
    EXPECT_FALSE(scan->pose.has_value());
    ASSERT_TRUE(scan->groundTruth.has_value());
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(10U, 60U, 77U)); // no instance bits
    EXPECT_THAT(scan->groundTruth->classIds, ElementsAre(0, 8, kIgnored));
    EXPECT_EQ(scan->groundTruth->classMap, map);
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(
            AllOf(HasSubstr("000000.label"), HasSubstr("1 points"), HasSubstr("77 (1 points)"))
        )
    );
}

TEST_F(SemanticKitti, ListsFramesBySequenceAndName) {
    addFrame("01", "000001", false);
    addFrame("00", "000002", true);
    addFrame("00", "000000", false);
    writeText(sequence("00") / "velodyne" / "notes.txt", "not a scan");
    const auto reader = open(folder.path());
    std::vector<std::string> ids;
    std::vector<bool> labels;
    for (const FrameInfo& info : reader->frames()) {
        ids.push_back(info.id);
        labels.push_back(info.hasLabels);
    }
    EXPECT_THAT(ids, ElementsAre("00/000000", "00/000002", "01/000001"));
    EXPECT_THAT(labels, ElementsAre(false, true, false));
    EXPECT_EQ(reader->frames()[2].group, "01");
    EXPECT_THAT(reader->warnings(), IsEmpty());
    EXPECT_FALSE(reader->read(0)->groundTruth.has_value());
    EXPECT_THAT(
        lineOf<DatasetError>([&] { reader->read(3); }), HasSubstr("frame 3 does not exist")
    );
}

TEST_F(SemanticKitti, OpensEveryLevelOfTheFolder) {
    addFrame("00", "000000", true);
    for (const fs::path& path :
         {folder.path(),
          folder.path() / "sequences",
          sequence("00"),
          sequence("00") / "",
          sequence("00") / "velodyne",
          sequence("00") / "velodyne/000000.bin"}) {
        const auto reader = open(path);
        ASSERT_EQ(reader->frames().size(), 1U) << path;
        EXPECT_EQ(reader->frames()[0].id, "00/000000") << path;
        EXPECT_TRUE(reader->read(0)->groundTruth.has_value()) << path;
    }
}

TEST_F(SemanticKitti, LooseScanFindsItsLabels) {
    const fs::path loose = folder.path() / "here" / "scan.bin";
    writeBinary(loose, kThreePoints);
    EXPECT_FALSE(readFirst(loose)->groundTruth.has_value());
    EXPECT_EQ(readFirst(loose)->id, "scan");
    writeBinary(folder.path() / "labels/scan.label", kThreeLabels);
    EXPECT_TRUE(readFirst(loose)->groundTruth.has_value());
    fs::remove_all(folder.path() / "labels");
    writeBinary(folder.path() / "here/scan.label", kThreeLabels);
    EXPECT_TRUE(readFirst(loose)->groundTruth.has_value());
}

TEST_F(SemanticKitti, OneBrokenSequenceDoesNotHideTheOthers) {
    addFrame("00", "000000", true);
    writeBinary(sequence("01") / "labels/000000.label", kThreeLabels);
    fs::create_directories(sequence("02") / "velodyne");
    const auto reader = open(folder.path());
    EXPECT_EQ(reader->frames().size(), 1U);
    EXPECT_THAT(
        reader->warnings(),
        ElementsAre(
            AllOf(HasSubstr("01"), HasSubstr("no velodyne folder")),
            AllOf(HasSubstr("02"), HasSubstr("no .bin file"))
        )
    );
}

TEST_F(SemanticKitti, RefusesBrokenScans) {
    const fs::path file = sequence("00") / "velodyne/000000.bin";
    writeBinary(file, std::vector<char>(39));
    EXPECT_THAT(
        refusal(file),
        AllOf(
            HasSubstr("000000.bin"), HasSubstr("39 bytes"), HasSubstr("7 left over after byte 32")
        )
    );
    writeBinary(file, std::vector<float>{});
    EXPECT_THAT(refusal(file), AllOf(HasSubstr("000000.bin"), HasSubstr("empty")));

    std::vector<float> points = kThreePoints;
    points[6] = std::numeric_limits<float>::quiet_NaN();
    points[8] = std::numeric_limits<float>::infinity();
    writeBinary(file, points);
    EXPECT_THAT(
        refusal(file),
        AllOf(HasSubstr("2 of 3 points"), HasSubstr("z = nan of point 1"), HasSubstr("byte 24"))
    );
    points = kThreePoints;
    points[11] = -std::numeric_limits<float>::infinity();
    writeBinary(file, points);
    EXPECT_THAT(
        refusal(file), AllOf(HasSubstr("1 of 3"), HasSubstr("remission = -inf of point 2"))
    );
}

TEST_F(SemanticKitti, RefusesLabelsOfAnotherScan) {
    addFrame("00", "000000", true);
    const fs::path labels = sequence("00") / "labels/000000.label";
    writeBinary(labels, std::vector<std::uint32_t>{10, 10});
    EXPECT_THAT(
        refusal(folder.path()),
        AllOf(
            HasSubstr("000000.label: 2 labels"), HasSubstr("000000.bin"), HasSubstr("has 3 points")
        )
    );
    writeBinary(labels, std::vector<char>(10));
    EXPECT_THAT(refusal(folder.path()), HasSubstr("2 left over after byte 8"));
    writeBinary(labels, std::vector<char>{});
    EXPECT_THAT(refusal(folder.path()), HasSubstr("0 labels"));
}

TEST_F(SemanticKitti, SaysWhichFileVanished) {
    addFrame("00", "000000", true);
    const auto reader = open(folder.path());
    fs::remove(sequence("00") / "velodyne/000000.bin");
    EXPECT_THAT(lineOf<DatasetError>([&] { reader->read(0); }), HasSubstr("000000.bin"));
}

// A camera that looks along the velodyne's x: camera x = -y, camera y = -z, camera z = x.
constexpr const char* kCalibration = "P0: 1 2 3\nTr: 0 -1 0 0 0 0 -1 0 1 0 0 0.5\n";
// Frame 1: two metres ahead of frame 0 in the camera, turned 90 degrees to the left (about -y).
constexpr const char* kPoses = "1 0 0 0 0 1 0 0 0 0 1 0\r\n0 0 -1 0 0 1 0 0 1 0 0 2\n";

TEST_F(SemanticKitti, PosesAreInTheVelodyneFrame) {
    addFrame("00", "000000", false);
    addFrame("00", "000001", false);
    addFrame("00", "000007", false);
    addFrame("00", "later", false);
    writeText(sequence("00") / "calib.txt", kCalibration);
    writeText(sequence("00") / "poses.txt", kPoses);
    const auto reader = open(sequence("00"));
    EXPECT_THAT(reader->warnings(), IsEmpty());
    const auto pose = reader->read(1)->pose.value();
    // The velodyne sits 0.5 m ahead of the camera. In frame 1 the camera is 2 m ahead of where it
    // was, 1.5 m ahead of the velodyne's old place, and the velodyne 0.5 m to the old left of it.
    const std::array<double, 16> expected = {0, -1, 0, 1.5, 1, 0, 0, 0.5, 0, 0, 1, 0, 0, 0, 0, 1};
    for (std::size_t i = 0; i < 16; ++i) {
        EXPECT_NEAR(pose[i], expected[i], 1e-12) << i;
    }
    EXPECT_FALSE(reader->read(2)->pose.has_value());
    EXPECT_THAT(reader->read(2)->warnings, ElementsAre(HasSubstr("frames 0 to 1")));
    EXPECT_FALSE(reader->read(3)->pose.has_value());
}

TEST_F(SemanticKitti, BrokenTrajectoryIsAWarning) {
    addFrame("00", "000000", false);
    writeText(sequence("00") / "poses.txt", kPoses);
    EXPECT_THAT(open(sequence("00"))->warnings(), IsEmpty()); // no calib.txt: nothing to say
    const auto warning = [&](const std::string& calibration, const std::string& poses) {
        writeText(sequence("00") / "calib.txt", calibration);
        writeText(sequence("00") / "poses.txt", poses);
        const auto reader = open(sequence("00"));
        EXPECT_FALSE(reader->read(0)->pose.has_value());
        return reader->warnings().empty() ? std::string() : reader->warnings().front();
    };
    EXPECT_THAT(warning(kCalibration, "1 0 0 0\n"), HasSubstr("poses.txt: line 1"));
    EXPECT_THAT(warning(kCalibration, "1 0 0 0 0 1 0 0 0 0 1 nan\n"), HasSubstr("line 1"));
    EXPECT_THAT(warning(kCalibration, "1 0 0 0 0 1 0 0 0 0 1 0 9\n"), HasSubstr("line 1"));
    EXPECT_THAT(warning("P0: 1\n", kPoses), HasSubstr("'Tr:' is missing"));
    EXPECT_THAT(warning("Tr: 2 0 0 0 0 1 0 0 0 0 1 0\n", kPoses), HasSubstr("not a rigid"));
}

struct SemanticKittiEarlier : SemanticKitti {
    SemanticKittiEarlier() {
        addFrame("00", "000000", true);
        addFrame("00", "000001", true);
        writeText(sequence("00") / "calib.txt", kCalibration);
        writeText(sequence("00") / "poses.txt", kPoses);
    }

    std::unique_ptr<DatasetReader> openWith(const fs::path& path, std::size_t earlierScans) const {
        return openDataset(path, map, earlierScans);
    }
};

TEST_F(SemanticKittiEarlier, MovesEarlierScansByThePoses) {
    writeText(sequence("00") / "times.txt", "0\n1.25e-01\n");
    const auto reader = openWith(folder.path(), 5);
    EXPECT_DOUBLE_EQ(reader->framesPerSecond(), 8.0);
    const auto scan = reader->read(1);
    ASSERT_EQ(scan->pointCount(), 6U);
    EXPECT_EQ(scan->contextPoints, 3U);
    EXPECT_THAT(scan->positions[0], ElementsAre(1.0F, 2.0F, 3.0F));
    // Frame 1 is at (1.5, 0.5, 0) of frame 0, looking along its y (see the test of the poses):
    // (1, 2, 3) is 1.5 m ahead of it and 0.5 m to its left.
    const std::array<Vec3f, 3> moved = {{{1.5F, 0.5F, 3}, {4.5F, -2.5F, 6}, {-8.5F, 8.5F, -9}}};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            EXPECT_NEAR(scan->positions[3 + i][axis], moved[i][axis], 1e-6) << i;
        }
    }
    EXPECT_THAT(
        scan->field("intensity")->values, ElementsAre(0.5F, 0.25F, 0.0F, 0.5F, 0.25F, 0.0F)
    );
    EXPECT_THAT(scan->field("time")->values, ElementsAre(0.0F, 0.0F, 0.0F, 0.125F, 0.125F, 0.125F));
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(10U, 60U, 77U, 0U, 0U, 0U));
    EXPECT_THAT(
        scan->groundTruth->classIds, ElementsAre(0, 8, kIgnored, kIgnored, kIgnored, kIgnored)
    );
    EXPECT_THAT(scan->warnings, ElementsAre(HasSubstr("77")));
    EXPECT_EQ(reader->read(0)->pointCount(), 3U);
    EXPECT_EQ(reader->read(0)->contextPoints, 0U);
    // One file finds its neighbours, too; without times ten frames a second are taken.
    fs::remove(sequence("00") / "times.txt");
    const auto one = openWith(sequence("00") / "velodyne/000001.bin", 1)->read(0);
    EXPECT_EQ(one->contextPoints, 3U);
    EXPECT_EQ(one->field("time")->values[5], 0.1F);
    EXPECT_EQ(openWith(folder.path(), 0)->read(1)->field("time"), nullptr);
}

TEST_F(SemanticKittiEarlier, MissingScansAreAWarning) {
    const auto reader = openWith(folder.path(), 2);
    fs::remove(sequence("00") / "velodyne/000000.bin");
    const auto scan = reader->read(1);
    EXPECT_EQ(scan->contextPoints, 0U);
    EXPECT_THAT(
        scan->warnings,
        testing::Contains(AllOf(HasSubstr("1 of 1 earlier scans"), HasSubstr("000000.bin")))
    );
}

TEST_F(SemanticKittiEarlier, NeedsPoses) {
    addFrame("01", "000000", false);
    addFrame("00", "000002", false);
    const auto reader = openWith(folder.path(), 1);
    EXPECT_THAT(
        reader->warnings(), ElementsAre(AllOf(HasSubstr("01"), HasSubstr("without poses")))
    );
    EXPECT_EQ(reader->read(1)->contextPoints, 3U);
    for (const std::size_t frame : {2U, 3U}) { // beyond the poses, and without any
        EXPECT_THAT(
            lineOf<DatasetError>([&] { reader->read(frame); }), HasSubstr("the frame has no pose")
        );
    }
    const auto refusal = [&](const fs::path& path) {
        return lineOf<DatasetError>([&] { openWith(path, 1); });
    };
    EXPECT_THAT(refusal(sequence("01")), HasSubstr("cannot be moved along without poses"));
    writeText(sequence("00") / "poses.txt", "1 2 3\n");
    EXPECT_THAT(refusal(sequence("00")), AllOf(HasSubstr("without poses"), HasSubstr("line 1")));
    writeText(sequence("00") / "poses.txt", "");
    EXPECT_THAT(refusal(sequence("00")), HasSubstr("poses.txt: the file is empty"));
    writeBinary(folder.path() / "loose/a.bin", kThreePoints);
    EXPECT_THAT(refusal(folder.path() / "loose/a.bin"), HasSubstr("without poses"));
}

TEST_F(SemanticKittiEarlier, BrokenTimesAreAWarning) {
    for (const char* times : {"0\nx\n", "0\n0\n", "1 2\n", "0\nnan\n"}) {
        writeText(sequence("00") / "times.txt", times);
        const auto reader = openWith(folder.path(), 0);
        EXPECT_EQ(reader->framesPerSecond(), 10.0);
        EXPECT_THAT(reader->warnings(), ElementsAre(HasSubstr("times.txt: line"))) << times;
    }
    writeText(sequence("00") / "times.txt", "");
    EXPECT_THAT(openWith(folder.path(), 0)->warnings(), IsEmpty());
}

TEST_F(SemanticKitti, NeedsAClassMap) {
    addFrame("00", "000000", false);
    EXPECT_THROW(SemanticKittiReader(folder.path(), nullptr), ConfigError);
}

} // namespace
} // namespace siskin::test
