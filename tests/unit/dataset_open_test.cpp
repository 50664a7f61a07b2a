// SPDX-License-Identifier: MIT
// What `openDataset` says about paths that are not a readable data set.
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const fs::path& path) {
    const auto map = loadMap("official");
    return lineOf<DatasetError>([&] { openDataset(path, map); });
}

TEST(OpenDataset, BuiltInScan) {
    const auto reader = openDataset("demo:street", loadMap("official"));
    EXPECT_THAT(reader->title(), HasSubstr("synthetic street (procedural)"));
    EXPECT_THAT(refusal("demo:moon"), AllOf(HasSubstr("demo:moon"), HasSubstr("demo:street")));
}

TEST(OpenDataset, KnowsTheUsualClassMapOfADataSet) {
    const TemporaryFolder folder;
    writeBinary(folder.path() / "a.pcd.bin", std::vector<float>(20, 1.0F));
    writeBinary(folder.path() / "a.bin", std::vector<float>(20, 1.0F));
    EXPECT_EQ(openDataset(folder.path() / "a.pcd.bin")->classMap()->name(), "nuscenes-lidarseg");
    EXPECT_EQ(openDataset(folder.path() / "a.bin")->classMap()->name(), "semantickitti-spvnas");
    const auto chosen = loadMap("official");
    EXPECT_EQ(openDataset(folder.path() / "a.pcd.bin", chosen)->classMap(), chosen);
}

TEST(OpenDataset, SaysWhatAFolderLooksLike) {
    const TemporaryFolder folder;
    const fs::path root = folder.path();
    EXPECT_THAT(refusal(root / "absent"), HasSubstr("absent: no such file or folder"));
    EXPECT_THAT(refusal(""), HasSubstr("no data set was named"));
    EXPECT_THAT(refusal(root), HasSubstr("no data set lies here"));

    fs::create_directories(root / "sequences");
    EXPECT_THAT(
        refusal(root), AllOf(HasSubstr("looks like the sequences folder"), HasSubstr("it is empty"))
    );
    fs::create_directories(root / "sequences/03/labels");
    EXPECT_THAT(
        refusal(root),
        AllOf(HasSubstr("velodyne"), HasSubstr("sequences/03"), HasSubstr("expected: <root>"))
    );
    EXPECT_THAT(
        refusal(root / "sequences/03"),
        AllOf(HasSubstr("looks like a sequence"), HasSubstr("velodyne folder is missing"))
    );
    fs::create_directories(root / "sequences/03/velodyne");
    EXPECT_THAT(refusal(root / "sequences/03"), HasSubstr("holds no .bin file"));

    fs::create_directories(root / "download/dataset/sequences");
    EXPECT_THAT(
        refusal(root / "download"), HasSubstr("open " + (root / "download/dataset").string())
    );
}

TEST(OpenDataset, SaysWhatAFileLooksLike) {
    const TemporaryFolder folder;
    // 80 bytes: a whole number of points in both formats, so only the name tells them apart.
    const std::vector<float> numbers(20, 1.0F);
    writeBinary(folder.path() / "a.pcd.bin", numbers);
    EXPECT_EQ(openDataset(folder.path() / "a.pcd.bin")->read(0)->pointCount(), 4U);
    writeBinary(folder.path() / "a.bin", numbers);
    EXPECT_EQ(openDataset(folder.path() / "a.bin")->read(0)->pointCount(), 5U);
    writeText(folder.path() / "a.label", "0000");
    EXPECT_THAT(refusal(folder.path() / "a.label"), HasSubstr("open the .bin file"));
    writeText(folder.path() / "a.txt", "hello");
    EXPECT_THAT(refusal(folder.path() / "a.txt"), HasSubstr("not a .bin scan"));
}

} // namespace
} // namespace siskin::test
