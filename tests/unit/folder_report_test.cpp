// SPDX-License-Identifier: MIT
// What is said of folders that hold a data set in part, in an archive, or one level off.
#include "datasets/folder_report.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct FolderReports : testing::Test {
    void touch(const fs::path& file) const { writeText(folder.path() / file, "x"); }

    FolderReport report(const fs::path& path = {}) const {
        return reportFolder(folder.path() / path);
    }

    TemporaryFolder folder;
};

TEST_F(FolderReports, Nothing) {
    EXPECT_EQ(report().looksLike, "");
    EXPECT_THAT(report().advice, HasSubstr("Siskin opens"));
    EXPECT_THAT(report("absent").found, IsEmpty());
}

TEST_F(FolderReports, KittiWithoutScans) {
    touch("sequences/00/labels/000000.label");
    touch("sequences/00/poses.txt");
    fs::create_directories(folder.path() / "sequences/01/velodyne");
    const auto all = report();
    EXPECT_EQ(all.looksLike, "SemanticKITTI");
    EXPECT_FALSE(all.complete);
    EXPECT_THAT(
        all.missing, Contains(AllOf(HasSubstr("velodyne/*.bin in 0 of 2"), HasSubstr("always")))
    );
    EXPECT_THAT(all.missing, Contains(AllOf(HasSubstr("calib.txt"), HasSubstr("--sweeps"))));
    EXPECT_THAT(all.found, Contains("labels/*.label in 1 of 2 sequences"));
    EXPECT_THAT(all.found, Contains("poses.txt in 1 of 2 sequences"));
    EXPECT_THAT(all.advice, HasSubstr("data_odometry_velodyne.zip"));
    EXPECT_THAT(report("sequences/01").missing, Contains(HasSubstr("in 0 of 1 sequences")));
    EXPECT_THAT(report("sequences/01/velodyne").missing, Contains(HasSubstr("0 of 1")));
}

TEST_F(FolderReports, NuScenesWithoutPointsOrTables) {
    for (const char* table : {"scene", "sample", "sample_data", "sensor", "ego_pose"}) {
        touch(fs::path("v1.0-mini") / (std::string(table) + ".json"));
    }
    for (const fs::path& path : {fs::path(), fs::path("v1.0-mini")}) {
        const auto tables = report(path);
        EXPECT_EQ(tables.looksLike, "nuScenes");
        EXPECT_THAT(tables.missing, Contains(HasSubstr("v1.0-mini/calibrated_sensor.json")));
        EXPECT_THAT(tables.missing, Contains(HasSubstr("samples/LIDAR_TOP/*.pcd.bin")));
        EXPECT_THAT(tables.missing, Contains(HasSubstr("nuScenes-lidarseg package")));
        EXPECT_THAT(tables.found, Contains("v1.0-mini/sample_data.json"));
        EXPECT_THAT(tables.advice, HasSubstr("so that samples lies in " + folder.path().string()));
    }
    touch("v1.0-mini/calibrated_sensor.json");
    touch("samples/LIDAR_TOP/a.pcd.bin");
    EXPECT_TRUE(report().complete); // sweeps and labels are not needed
    EXPECT_EQ(report().advice, "");
    touch("v1.0-test/scene.json");
    EXPECT_THAT(report().advice, HasSubstr("several versions"));
    fs::remove_all(folder.path() / "v1.0-test");
    fs::remove_all(folder.path() / "v1.0-mini");
    EXPECT_THAT(report().missing, Contains(HasSubstr("the tables")));
    EXPECT_THAT(report().advice, HasSubstr("metadata"));
}

TEST_F(FolderReports, IndoorInPart) {
    touch("shapes/synsetoffset2category.txt");
    EXPECT_EQ(report("shapes").looksLike, "ShapeNetPart");
    EXPECT_THAT(report("shapes").missing, Contains(HasSubstr("the shapes")));
    EXPECT_THAT(report("shapes").missing, Contains(HasSubstr("shuffled_val_file_list.json")));
    fs::create_directories(folder.path() / "rooms/Area_1/office_1");
    EXPECT_EQ(report("rooms").looksLike, "S3DIS");
    EXPECT_THAT(report("rooms").missing, Contains(HasSubstr("0 rooms with Annotations")));
    EXPECT_THAT(report("rooms").found, Contains("1 areas"));
}

TEST_F(FolderReports, RaceTracks) {
    touch("track/track.json");
    fs::create_directories(folder.path() / "track/cones");
    EXPECT_EQ(report("track").looksLike, "race track");
    EXPECT_THAT(report("track").missing, Contains(HasSubstr("velodyne/*.bin (always needed")));
    EXPECT_THAT(report("track").advice, HasSubstr("siskin make-dataset track"));
    const auto track = (folder.path() / "track").string();
    touch("track/velodyne/000000.bin");
    EXPECT_TRUE(report("track").complete); // cones can be looked for
    EXPECT_THAT(report("track/cones").advice, HasSubstr("open " + track + " (race track)"));
}

TEST_F(FolderReports, StillPacked) {
    touch("v1.0-mini.tgz");
    touch("data_odometry_labels.zip");
    const auto packed = report();
    EXPECT_THAT(
        packed.missing,
        Contains(AllOf(HasSubstr("v1.0-mini.tgz"), HasSubstr("data_odometry_labels.zip")))
    );
    EXPECT_EQ(packed.advice, "unpack data_odometry_labels.zip here");
}

TEST_F(FolderReports, TooHighAndTooLow) {
    touch("disk/kitti/dataset/sequences/00/velodyne/000000.bin");
    touch("disk/nu/v1.0-mini/scene.json");
    touch("disk/nu/samples/LIDAR_TOP/a.pcd.bin");
    touch("disk/nu/sweeps/LIDAR_TOP/b.pcd.bin");
    const auto path = [&](const char* name) { return (folder.path() / name).string(); };
    EXPECT_THAT(report("disk/kitti").advice, HasSubstr("open " + path("disk/kitti/dataset")));
    EXPECT_THAT(report("disk").advice, HasSubstr("open " + path("disk/nu") + " (nuScenes)"));
    EXPECT_THAT(report("disk/nu/sweeps/LIDAR_TOP").advice, HasSubstr(path("disk/nu") + " (nu"));
    EXPECT_THAT(report("disk/nu/samples").advice, HasSubstr(path("disk/nu") + " (nuScenes)"));
    fs::remove_all(folder.path() / "disk/nu");
    EXPECT_THAT(report("disk").advice, HasSubstr(path("disk/kitti/dataset") + " (SemanticKITTI)"));
    EXPECT_THAT(report("disk").looksLike, IsEmpty());
    fs::create_directories(folder.path() / "disk/kitti/a/velodyne"); // empty: not worth opening
    EXPECT_THAT(report("disk/kitti").advice, Not(HasSubstr(path("disk/kitti/a"))));
    EXPECT_THAT(
        lineOf<DatasetError>([&] { openDataset(folder.path() / "disk"); }),
        AllOf(HasSubstr("no data set lies here"), HasSubstr(path("disk/kitti/dataset")))
    );
}

TEST_F(FolderReports, LinksThatGoRoundEnd) {
    fs::create_directories(folder.path() / "a");
    fs::create_directory_symlink(folder.path() / "a", folder.path() / "a/b");
    fs::create_symlink(folder.path() / "self", folder.path() / "self");
    EXPECT_EQ(report().looksLike, "");
    EXPECT_EQ(report("a/b").looksLike, "");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { openDataset(folder.path() / "self"); }),
        HasSubstr("no such file or folder")
    );
}

TEST_F(FolderReports, EarlierScansAreForSequencesOnly) {
    const auto refusal = [](const fs::path& path) {
        return lineOf<ConfigError>([&] { openDataset(path, nullptr, 2); });
    };
    EXPECT_THAT(refusal("demo:street"), HasSubstr("nothing here has earlier scans"));
    touch("rooms/Area_1/office_1/Annotations/chair_1.txt");
    EXPECT_THAT(refusal(folder.path() / "rooms"), HasSubstr("nuScenes and SemanticKITTI"));
}

} // namespace
} // namespace siskin::test
