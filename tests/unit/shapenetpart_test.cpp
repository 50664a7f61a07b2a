// SPDX-License-Identifier: MIT
#include "core/scan/shape_categories.hpp"
#include "datasets/open.hpp"
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

constexpr const char* kTwoPoints = "0.1 -0.2 0.3 0 1 0 47.000000\n-1 2.5 0 0 0 -1 48.000000\n";

struct ShapeNetPart : testing::Test {
    fs::path root() const { return folder.path() / "archive"; }

    fs::path shape(const std::string& synset, const std::string& id) const {
        return root() / synset / (id + ".txt");
    }

    fs::path list(const std::string& split) const {
        return root() / "train_test_split" / ("shuffled_" + split + "_file_list.json");
    }

    void writeLists(const std::string& train, const std::string& val, const std::string& test) {
        writeText(list("train"), train);
        writeText(list("val"), val);
        writeText(list("test"), test);
    }

    static std::vector<std::string> idsOf(const DatasetReader& reader) {
        std::vector<std::string> ids;
        for (const FrameInfo& info : reader.frames()) {
            ids.push_back(info.id);
        }
        return ids;
    }

    std::string refusal(const fs::path& path) const {
        return lineOf<DatasetError>([&] { openDataset(path)->read(0); });
    }

    TemporaryFolder folder;
};

TEST_F(ShapeNetPart, ReadsAShape) {
    writeText(shape("04379243", "abc"), kTwoPoints);
    const auto reader = openDataset(root());
    EXPECT_EQ(reader->title(), "ShapeNetPart, 1 shape");
    EXPECT_EQ(reader->classMap()->name(), "shapenetpart");
    EXPECT_EQ(reader->classMap()->size(), kShapePartCount);
    const auto scan = reader->read(0);
    EXPECT_EQ(scan->id, "Table/abc");
    EXPECT_EQ(scan->shapeCategory, 15U);
    EXPECT_EQ(reader->frames()[0].group, "Table");
    EXPECT_TRUE(reader->frames()[0].hasLabels);
    EXPECT_EQ(scan->source, shape("04379243", "abc"));
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{0.1F, -0.2F, 0.3F}, Vec3f{-1, 2.5F, 0}));
    ASSERT_NE(scan->field("normal"), nullptr);
    EXPECT_EQ(scan->field("normal")->channels, 3);
    EXPECT_THAT(scan->field("normal")->values, ElementsAre(0, 1, 0, 0, 0, -1));
    EXPECT_THAT(scan->groundTruth->rawIds, ElementsAre(47U, 48U));
    EXPECT_EQ(scan->groundTruth->classMap->info(scan->groundTruth->classIds[1]).name, "table leg");
    EXPECT_THAT(scan->warnings, IsEmpty());
    EXPECT_THAT(
        lineOf<DatasetError>([&] { reader->read(1); }), HasSubstr("shape 1 does not exist")
    );
}

TEST_F(ShapeNetPart, OpensEveryLevel) {
    writeText(shape("04379243", "abc"), kTwoPoints);
    for (const fs::path& path :
         {root(),
          root() / "",
          root() / "04379243",
          root() / "04379243/",
          shape("04379243", "abc")}) {
        EXPECT_THAT(idsOf(*openDataset(path)), ElementsAre("Table/abc")) << path;
    }
}

TEST_F(ShapeNetPart, FollowsTheListsAndSurvivesMissingFiles) {
    writeText(shape("03001627", "b"), kTwoPoints);
    writeText(shape("03001627", "a"), kTwoPoints);
    writeText(shape("02691156", "z"), kTwoPoints);
    writeText(shape("02691156", "unlisted"), kTwoPoints);
    writeLists(
        R"(["shape_data/03001627/b", "shape_data/02691156/gone"])",
        R"(["shape_data/02691156/z"])",
        R"(["shape_data/03001627/a", "shape_data/03001627/b"])"
    );
    const auto reader = openDataset(root());
    EXPECT_THAT(
        idsOf(*reader), ElementsAre("Chair/b", "Airplane/z", "Chair/a", "Airplane/unlisted")
    );
    EXPECT_THAT(
        reader->warnings(),
        ElementsAre(
            AllOf(HasSubstr("1 shapes are in no list"), HasSubstr("unlisted.txt")),
            AllOf(HasSubstr("2 of 5 listed shapes"), HasSubstr("gone.txt"))
        )
    );
    EXPECT_THAT(reader->frames()[0].splits, ElementsAre("train", "trainval"));
    EXPECT_THAT(reader->frames()[1].splits, ElementsAre("val", "trainval"));
    EXPECT_THAT(reader->frames()[2].splits, ElementsAre("test"));
    EXPECT_THAT(reader->frames()[3].splits, IsEmpty());
    EXPECT_EQ(reader->benchmark(), "shapenetpart");
    // One split by its list.
    EXPECT_THAT(openDataset(list("val"))->frames()[0].splits, ElementsAre("val", "trainval"));
    EXPECT_THAT(idsOf(*openDataset(list("val"))), ElementsAre("Airplane/z"));
    EXPECT_THAT(idsOf(*openDataset(list("test"))), ElementsAre("Chair/a", "Chair/b"));
    fs::remove(list("val"));
    EXPECT_THAT(
        openDataset(root())->warnings(),
        testing::Contains(AllOf(HasSubstr("shuffled_val_file_list.json"), HasSubstr("no such list"))
        )
    );
}

TEST_F(ShapeNetPart, RefusesBrokenShapes) {
    const fs::path file = shape("04379243", "abc");
    const auto refused = [&](const std::string& text) {
        writeText(file, text);
        return refusal(root());
    };
    const auto said = [](const std::string& line, const std::string& what) {
        return AllOf(HasSubstr("abc.txt: line " + line), HasSubstr(what));
    };
    EXPECT_THAT(
        refused("1 2 3 0 1 0 47\n\n1 2 3 0 1 0\n"),
        said("3", "7 values were expected (x y z nx ny nz part), found 6")
    );
    EXPECT_THAT(refused("1 2 3 0 1 0 47 9\n"), said("1", "found 8"));
    EXPECT_THAT(refused("1 2 x 0 1 0 47\n"), said("1", "z = 'x' is not a finite number"));
    EXPECT_THAT(refused("1 2 3 0 1 nan 47\n"), said("1", "nz = 'nan'"));
    EXPECT_THAT(refused("1 2 3 0 1e99 0 47\n"), said("1", "ny = '1e99'"));
    EXPECT_THAT(refused("1 2 3 0 1 0 47\n1 2 3 0 1 0 47.5\n"), said("2", "47.5 is not a part id"));
    EXPECT_THAT(refused("1 2 3 0 1 0 -1\n"), said("1", "-1 is not a part id"));
    EXPECT_THAT(refused("1 2 3\x01 0 1 0 47\n"), said("1", "z = '3?'"));
    EXPECT_THAT(refused(""), AllOf(HasSubstr("abc.txt"), HasSubstr("empty")));
    EXPECT_THAT(refused("\n \n"), HasSubstr("empty"));
}

TEST_F(ShapeNetPart, TakesOddButReadableFiles) {
    // Windows line ends, tabs, commas, no line end at the end.
    writeText(shape("04379243", "abc"), "1\t2 3, 0 1 0 47\r\n4 5 6 0 1 0 47");
    EXPECT_EQ(openDataset(root())->read(0)->pointCount(), 2U);
}

TEST_F(ShapeNetPart, WarnsAboutPartsOfAnotherCategory) {
    writeText(shape("04379243", "abc"), "1 2 3 0 1 0 47\n1 2 3 0 1 0 12\n1 2 3 0 1 0 77\n");
    const auto scan = openDataset(root())->read(0);
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(
            AllOf(HasSubstr("abc.txt"), HasSubstr("a Table does not have (47 to 49): 12")),
            AllOf(HasSubstr("unknown to 'shapenetpart'"), HasSubstr("77 (1 points)"))
        )
    );
    EXPECT_THAT(scan->groundTruth->classIds, ElementsAre(47, 12, kIgnored));
}

TEST_F(ShapeNetPart, RefusesBrokenTables) {
    writeText(shape("04379243", "abc"), kTwoPoints);
    writeText(root() / "synsetoffset2category.txt", "Airplane\t02691156\nSpoon\t1234\n");
    EXPECT_THAT(
        refusal(root()),
        AllOf(
            HasSubstr("synsetoffset2category.txt: line 2: unknown category 'Spoon 1234'"),
            HasSubstr("'Bag 02773838' was expected")
        )
    );
    writeText(root() / "synsetoffset2category.txt", "Airplane\t02691156\n");
    EXPECT_THAT(refusal(root()), HasSubstr("1 categories, 16 were expected"));
    fs::remove(root() / "synsetoffset2category.txt");

    writeLists("[\"shape_data/04379243/abc\", \"shape_data/1234/x\"]", "[]", "[]");
    EXPECT_THAT(
        refusal(root()),
        AllOf(HasSubstr("shuffled_train_file_list.json: entry 2: unknown category '1234'"))
    );
    writeLists("[7]", "[]", "[]");
    EXPECT_THAT(refusal(root()), HasSubstr("entry 1: 7 is not a shape"));
    writeLists("[\"04379243/abc\"]", "[]", "[]");
    EXPECT_THAT(refusal(root()), HasSubstr("is not a shape"));
    writeLists("{\"a\": ", "[]", "[]");
    EXPECT_THAT(refusal(root()), HasSubstr("not a JSON list"));
}

TEST_F(ShapeNetPart, SaysThatThereIsNothing) {
    fs::create_directories(root() / "04379243");
    EXPECT_THAT(refusal(root()), HasSubstr("no shape of ShapeNetPart is here"));
    EXPECT_THAT(refusal(root() / "04379243"), HasSubstr("holds no .txt file"));
}

TEST(ShapeCategories, CoverThePartsWithoutGaps) {
    std::uint32_t next = 0;
    for (const ShapeCategory& category : kShapeCategories) {
        EXPECT_EQ(category.firstPart, next) << category.name;
        next += category.partCount;
    }
    EXPECT_EQ(next, kShapePartCount);
}

} // namespace
} // namespace siskin::test
