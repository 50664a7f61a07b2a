// SPDX-License-Identifier: MIT
#include "core/base/parallel.hpp"
#include "datasets/open.hpp"
#include "datasets/s3dis/classes.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct S3dis : testing::Test {
    fs::path room(const std::string& area, const std::string& name) const {
        return folder.path() / "data" / area / name;
    }

    void write(const std::string& file, const std::string& text) const {
        writeText(room("Area_1", "office_1") / "Annotations" / file, text);
    }

    std::shared_ptr<const Scan> read() const { return openDataset(root())->read(0); }

    fs::path root() const { return folder.path() / "data"; }

    TemporaryFolder folder;
};

TEST_F(S3dis, ReadsARoom) {
    write("floor_1.txt", "1 2 3 10 20 30\n4 5 6 40 50 60\n");
    write("chair_2.txt", "-1.5 0 0.25 255 0 1");
    write("Thumbs.db", "not a point");
    const auto reader = openDataset(root());
    EXPECT_EQ(reader->title(), "S3DIS, 1 room");
    EXPECT_EQ(reader->classMap()->name(), "s3dis");
    EXPECT_EQ(reader->frames()[0].id, "Area_1/office_1");
    EXPECT_EQ(reader->frames()[0].group, "Area_1");
    EXPECT_THAT(reader->frames()[0].splits, ElementsAre("area_1"));
    EXPECT_EQ(reader->benchmark(), "s3dis");
    EXPECT_TRUE(reader->frames()[0].hasLabels);
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->id, "Area_1/office_1");
    // Object by object, in the order of their names.
    EXPECT_THAT(
        scan->positions, ElementsAre(Vec3f{-1.5F, 0, 0.25F}, Vec3f{1, 2, 3}, Vec3f{4, 5, 6})
    );
    ASSERT_NE(scan->field("rgb"), nullptr);
    EXPECT_EQ(scan->field("rgb")->channels, 3);
    EXPECT_THAT(scan->field("rgb")->values, ElementsAre(255, 0, 1, 10, 20, 30, 40, 50, 60));
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(9U, 2U, 2U));
    EXPECT_EQ(scan->groundTruth->classMap->info(scan->groundTruth->classIds[0]).name, "chair");
    EXPECT_THAT(scan->warnings, IsEmpty());
    EXPECT_THAT(lineOf<DatasetError>([&] { reader->read(1); }), HasSubstr("room 1 does not exist"));
}

TEST_F(S3dis, TheClassMapNamesTheClassesInTheirOrder) {
    write("floor_1.txt", "1 2 3 10 20 30\n");
    const auto map = openDataset(root())->classMap();
    ASSERT_EQ(map->size(), kIndoorClasses.size());
    for (std::size_t i = 0; i < kIndoorClasses.size(); ++i) {
        EXPECT_EQ(map->info(static_cast<ClassId>(i)).name, kIndoorClasses[i]);
        EXPECT_EQ(map->classOf(static_cast<std::uint32_t>(i)), i);
    }
    EXPECT_EQ(map->classOf(kOtherIndoorObject), kIgnored);
}

TEST_F(S3dis, OpensEveryLevel) {
    write("floor_1.txt", "1 2 3 10 20 30\n");
    writeText(room("Area_1", "office_1") / "office_1.txt", "1 2 3 10 20 30\n");
    const fs::path office = room("Area_1", "office_1");
    for (const fs::path& path :
         {root(),
          root() / "Area_1",
          root() / "Area_1/",
          office,
          office / "Annotations",
          office / "office_1.txt"}) {
        const auto reader = openDataset(path);
        ASSERT_EQ(reader->frames().size(), 1U) << path;
        EXPECT_EQ(reader->frames()[0].id, "Area_1/office_1") << path;
        EXPECT_TRUE(reader->read(0)->groundTruth.has_value()) << path;
    }
}

TEST_F(S3dis, ListsRoomsByAreaAndName) {
    for (const char* area : {"Area_2", "Area_1"}) {
        for (const char* name : {"office_2", "hallway_1"}) {
            writeText(room(area, name) / "Annotations/wall_1.txt", "1 2 3 4 5 6\n");
        }
    }
    fs::create_directories(room("Area_1", "empty"));
    writeText(root() / "Area_1/Area_1_alignmentAngle.txt", "## comments\n");
    const auto reader = openDataset(root());
    std::vector<std::string> ids;
    for (const FrameInfo& info : reader->frames()) {
        ids.push_back(info.id);
    }
    EXPECT_THAT(
        ids,
        ElementsAre("Area_1/hallway_1", "Area_1/office_2", "Area_2/hallway_1", "Area_2/office_2")
    );
    EXPECT_THAT(reader->warnings(), ElementsAre(AllOf(HasSubstr("empty"), HasSubstr("left out"))));
}

TEST_F(S3dis, ARoomWithoutAnnotationsHasNoLabels) {
    writeText(room("Area_1", "office_1") / "office_1.txt", "1 2 3 10 20 30\n");
    const auto reader = openDataset(root());
    EXPECT_FALSE(reader->frames()[0].hasLabels);
    EXPECT_EQ(reader->read(0)->pointCount(), 1U);
    EXPECT_FALSE(reader->read(0)->groundTruth.has_value());
}

TEST_F(S3dis, KeepsUnknownObjectsAsIgnored) {
    write("floor_1.txt", "1 2 3 10 20 30\n");
    write("stairs_1.txt", "1 2 3 10 20 30\n1 2 4 10 20 30\n");
    const auto scan = read();
    EXPECT_THAT(scan->groundTruth->classIds, ElementsAre(2, kIgnored, kIgnored));
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(AllOf(HasSubstr("stairs_1.txt"), HasSubstr("'stairs'"), HasSubstr("2 points")))
    );
}

TEST_F(S3dis, LeavesDamagedObjectsOut) {
    write("floor_1.txt", "1 2 3 10 20 30\n");
    // The known damage of Area_5/hallway_6: a control character in the middle of a line.
    write(
        "ceiling_1.txt",
        "1 2 3 10 20 30\n1 2 3 185\x10"
        "187 20 30\n"
    );
    write("wall_1.txt", "1 2 3 10 20\n");
    write("wall_2.txt", "");
    const auto scan = read();
    EXPECT_EQ(scan->pointCount(), 1U);
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(
            AllOf(HasSubstr("ceiling_1.txt: line 2"), HasSubstr("red = '185?187'")),
            AllOf(HasSubstr("wall_1.txt: line 1"), HasSubstr("6 values were expected")),
            AllOf(HasSubstr("wall_2.txt"), HasSubstr("empty"))
        )
    );
    fs::remove(room("Area_1", "office_1") / "Annotations/floor_1.txt");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { read(); }),
        AllOf(HasSubstr("no object of the room can be read"), HasSubstr("ceiling_1.txt: line 2"))
    );
}

TEST_F(S3dis, ManyObjectsReadTheSameOnAnyNumberOfThreads) {
    for (int i = 0; i < 40; ++i) {
        write("clutter_" + std::to_string(i) + ".txt", std::to_string(i) + " 2 3 4 5 6\n");
    }
    const auto expected = read()->positions;
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        EXPECT_EQ(read()->positions, expected);
    }
    setThreadCount(0);
}

TEST_F(S3dis, SaysThatThereIsNothing) {
    fs::create_directories(root() / "Area_1/office_1");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { openDataset(root()); }),
        AllOf(HasSubstr("no room of S3DIS is here"), HasSubstr("office_1"))
    );
}

} // namespace
} // namespace siskin::test
