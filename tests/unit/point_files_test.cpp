// SPDX-License-Identifier: MIT
// What the fields of a point file become.
#include "tests/unit/point_files_test.hpp"

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> namesOf(const Scan& scan) {
    std::vector<std::string> names;
    for (const PointField& field : scan.fields) {
        names.push_back(field.name);
    }
    return names;
}

const std::vector<float>& valuesOf(const Scan& scan, const std::string& name) {
    static const std::vector<float> kNone;
    const PointField* field = scan.field(name);
    EXPECT_NE(field, nullptr) << name;
    return field != nullptr ? field->values : kNone;
}

TEST_F(PointFiles, PcdKeepsFieldsOfEveryTypeAndCount) {
    const std::string layout =
        "FIELDS x y z normal_x normal_y normal_z Reflectivity ring desc _ id\n"
        "SIZE 4 4 4 4 4 4 2 1 4 1 8\nTYPE F F F F F F U I F U U\n"
        "COUNT 1 1 1 1 1 1 1 1 3 5 1";
    const auto point = [](float x, std::int8_t ring, std::uint64_t id) {
        return bytesOf(x, 2.0F, 3.0F, 0.0F, 0.0F, 1.0F, std::uint16_t{40000}, ring) +
               bytesOf(5.0F, 6.0F, 7.0F) + "_____" + bytesOf(id);
    };
    const auto scan = read("a.pcd", pcdOf(layout, 2, "binary", point(1, -3, 9) + point(-1, 7, 8)));
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{-1, 2, 3}));
    EXPECT_THAT(namesOf(*scan), ElementsAre("normal", "intensity", "ring", "desc", "id"));
    EXPECT_THAT(valuesOf(*scan, "normal"), ElementsAre(0, 0, 1, 0, 0, 1));
    EXPECT_THAT(valuesOf(*scan, "intensity"), ElementsAre(40000, 40000));
    EXPECT_THAT(valuesOf(*scan, "ring"), ElementsAre(-3, 7));
    EXPECT_THAT(valuesOf(*scan, "desc"), ElementsAre(5, 6, 7, 5, 6, 7));
    EXPECT_EQ(scan->field("desc")->channels, 3);
    EXPECT_THAT(valuesOf(*scan, "id"), ElementsAre(9, 8));
    EXPECT_THAT(scan->warnings, IsEmpty());
    EXPECT_FALSE(scan->groundTruth);
    EXPECT_FALSE(scan->pose);
}

TEST_F(PointFiles, PcdUnpacksColoursBitByBit) {
    const std::string layout = "FIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F F";
    // As a float, this colour with alpha 255 is a signalling NaN.
    const std::uint32_t packed = 0xFF8A0B0CU & ~0x00400000U;
    const auto scan = read("a.pcd", pcdOf(layout, 1, "binary", bytesOf(1.0F, 2.0F, 3.0F, packed)));
    EXPECT_THAT(valuesOf(*scan, "rgb"), ElementsAre(0x8A, 0x0B, 0x0C));
    // 2.3418052e-38 is 0x00FF0000 as a float.
    const auto text = read("b.pcd", pcdOf(layout, 1, "ascii", "1 2 3 2.3418052e-38\n"));
    EXPECT_THAT(valuesOf(*text, "rgb"), ElementsAre(255, 0, 0));
    const auto alpha = read(
        "c.pcd",
        pcdOf("FIELDS x y z rgba\nSIZE 4 4 4 4\nTYPE F F F U", 1, "ascii", "1 2 3 2147549702")
    );
    EXPECT_THAT(valuesOf(*alpha, "rgb"), ElementsAre(1, 2, 6));
    EXPECT_THAT(valuesOf(*alpha, "alpha"), ElementsAre(128));
}

TEST_F(PointFiles, PcdReadsTextAndOldHeaders) {
    const auto scan = read(
        "a.PCD",
        "VERSION .5\r\nCOLUMNS X Y Z label\r\nSIZE 4 4 4 4\r\nTYPE F F F I\r\nWIDTH 2\r\nHEIGHT "
        "1\r\nDATA ascii\r\n1 +2 3e0 -7\r\n\r\n4 5 6 8\r\n"
    );
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{4, 5, 6}));
    EXPECT_THAT(valuesOf(*scan, "label"), ElementsAre(-7, 8));
}

TEST_F(PointFiles, PcdDecompresses) {
    // All x, all y, all z: 1, 1, 1, 2, 2, 2, 3, 3, 3. Literals, then references that overlap
    // what they write.
    const auto axis = [](float value) {
        return std::string("\x03") + bytesOf(value) + std::string("\xC0\x03", 2);
    };
    const std::string data = axis(1) + axis(2) + axis(3);
    const auto header = bytesOf(static_cast<std::uint32_t>(data.size()), std::uint32_t{36});
    const auto scan = read("a.pcd", pcdOf(kXyzLayout, 3, "binary_compressed", header + data));
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{1, 2, 3}, Vec3f{1, 2, 3}));
}

TEST_F(PointFiles, PlyReadsAllEncodings) {
    const std::string properties = kXyzProperties +
                                   "property uchar red\nproperty uint8 green\nproperty uchar blue\n"
                                   "property ushort ring\nproperty double scalar_Intensity\n"
                                   "property char classification\n";
    const auto little = bytesOf(1.0F, 2.0F, -3.0F) + "\x01\x02\xFF" +
                        bytesOf(std::uint16_t{515}, 0.5, std::int8_t{-4});
    std::string big = little; // every number the other way round
    std::size_t begin = 0;
    for (const std::size_t size : {4U, 4U, 4U, 1U, 1U, 1U, 2U, 8U, 1U}) {
        std::reverse(
            big.begin() + static_cast<std::ptrdiff_t>(begin),
            big.begin() + static_cast<std::ptrdiff_t>(begin + size)
        );
        begin += size;
    }
    for (const auto& content :
         {plyOf("binary_little_endian", 1, properties, little),
          plyOf("binary_big_endian", 1, properties, big),
          plyOf("ascii", 1, properties, "1 2 -3 1 2 255 515 0.5 -4\n")}) {
        const auto scan = read("a.ply", content);
        EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, -3}));
        EXPECT_THAT(namesOf(*scan), ElementsAre("rgb", "intensity", "ring", "classification"));
        EXPECT_THAT(valuesOf(*scan, "rgb"), ElementsAre(1, 2, 255));
        EXPECT_THAT(valuesOf(*scan, "ring"), ElementsAre(515));
        EXPECT_THAT(valuesOf(*scan, "intensity"), ElementsAre(0.5F));
        EXPECT_THAT(valuesOf(*scan, "classification"), ElementsAre(-4));
        EXPECT_THAT(scan->warnings, IsEmpty());
    }
}

TEST_F(PointFiles, PlySkipsFacesAndListsOfVertices) {
    const std::string faces = "ply\nformat {} 1.0\nelement face 2\nproperty list uchar int i\n"
                              "element vertex 2\n" +
                              kXyzProperties +
                              "property list ushort double w\nproperty float q\nend_header\n";
    const auto header = [&faces](const std::string& format) {
        return faces.substr(0, 11) + format + faces.substr(13);
    };
    const std::string binary = bytesOf(std::uint8_t{2}, 7, 8) + bytesOf(std::uint8_t{0}) +
                               bytesOf(1.0F, 2.0F, 3.0F) + bytesOf(std::uint16_t{1}, 9.0) +
                               bytesOf(0.5F, 4.0F, 5.0F, 6.0F) + bytesOf(std::uint16_t{0}) +
                               bytesOf(0.25F);
    for (const auto& content :
         {header("binary_little_endian") + binary,
          header("ascii") + "2 7 8\n0\n1 2 3 1 9 0.5\n4 5 6 0 0.25\n"}) {
        const auto scan = read("a.ply", content);
        EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{4, 5, 6}));
        EXPECT_THAT(valuesOf(*scan, "q"), ElementsAre(0.5F, 0.25F));
        EXPECT_THAT(scan->warnings, ElementsAre(HasSubstr("the list 'w' of each vertex")));
    }
    // Faces after the vertices need no look.
    const auto mesh = plyOf(
        "ascii",
        1,
        kXyzProperties + "element face 1\nproperty list uchar int i\n",
        "1 2 3\n3 0 0 0\n"
    );
    EXPECT_EQ(read("b.ply", mesh)->pointCount(), 1U);
}

TEST_F(PointFiles, ColoursAreBytesWhateverTheFileSays) {
    const auto colours = [this](const std::string& type, const std::string& numbers) {
        const std::string p = "property " + type + " ";
        return valuesOf(
            *read(
                "a.ply",
                plyOf(
                    "ascii",
                    1,
                    kXyzProperties + p + "r\n" + p + "g\n" + p + "b\n",
                    "1 2 3 " + numbers
                )
            ),
            "rgb"
        );
    };
    EXPECT_THAT(colours("uchar", "1 0 1"), ElementsAre(1, 0, 1));
    EXPECT_THAT(colours("float", "1 0.5 0"), ElementsAre(255, 127.5F, 0));
    EXPECT_THAT(colours("float", "255 1 0"), ElementsAre(255, 1, 0));
    EXPECT_THAT(colours("ushort", "65535 257 0"), ElementsAre(255, 1, 0));
    EXPECT_THAT(colours("ushort", "200 7 0"), ElementsAre(200, 7, 0));
    EXPECT_THAT(colours("float", "nan -1 900"), ElementsAre(0, 0, 255));
}

TEST_F(PointFiles, TextFilesByTheirExtension) {
    EXPECT_THAT(
        read("a.xyz", "# made up\n\n1 2 3\r\n4,5;6")->positions,
        ElementsAre(Vec3f{1, 2, 3}, Vec3f{4, 5, 6})
    );
    EXPECT_THAT(valuesOf(*read("a.xyz", "1 2 3 4 5\n"), "column5"), ElementsAre(5));
    EXPECT_THAT(valuesOf(*read("a.xyzn", "1 2 3 0 1 0\n"), "normal"), ElementsAre(0, 1, 0));
    EXPECT_THAT(valuesOf(*read("a.xyzrgb", "1 2 3 0 1 0\n"), "rgb"), ElementsAre(0, 255, 0));
    EXPECT_THAT(valuesOf(*read("a.xyzi", "1 2 3 0.25\n"), "intensity"), ElementsAre(0.25F));
    EXPECT_EQ(read("a.pts", "2\n1 2 3\n4 5 6\n")->pointCount(), 2U);
    const auto full = read("b.pts", "1\n1 2 3 -100 1 0 1\n");
    EXPECT_THAT(valuesOf(*full, "intensity"), ElementsAre(-100));
    EXPECT_THAT(valuesOf(*full, "rgb"), ElementsAre(1, 0, 1));
    // The header that CloudCompare writes.
    const auto named = read("c.xyz", "//X Y Z Scalar_Intensity Classification\n1 2 3 4 5\n");
    EXPECT_THAT(namesOf(*named), ElementsAre("intensity", "Classification"));
}

TEST_F(PointFiles, LeavesPointsWithoutCoordinatesOut) {
    const auto scan = read("a.xyzi", "nan nan nan 1\n1 2 3 nan\ninf 0 0 3\n4 5 6 2\n1e39 0 0 1\n");
    EXPECT_THAT(scan->positions, ElementsAre(Vec3f{1, 2, 3}, Vec3f{4, 5, 6}));
    EXPECT_THAT(valuesOf(*scan, "intensity"), ElementsAre(0, 2));
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(
            AllOf(HasSubstr("a.xyzi: 3 of 5 points"), HasSubstr("left out")),
            HasSubstr("'intensity': 1 values are not finite and became 0")
        )
    );
    EXPECT_THAT(refusal("b.xyz", "nan 1 2\n"), HasSubstr("no point has finite coordinates"));
}

TEST_F(PointFiles, KeepsWhatFloatsWouldLose) {
    const auto map = read("a.xyz", "500000.25 5000000.5 100\n500001.5 5000002.75 101\n");
    EXPECT_THAT(map->positions, ElementsAre(Vec3f{0.25F, 0.5F, 0}, Vec3f{1.5F, 2.75F, 1}));
    ASSERT_TRUE(map->pose);
    EXPECT_THAT(
        *map->pose, ElementsAre(1, 0, 0, 500000, 0, 1, 0, 5000000, 0, 0, 1, 100, 0, 0, 0, 1)
    );
    EXPECT_THAT(map->warnings, ElementsAre(HasSubstr("relative to (500000, 5000000, 100)")));

    const std::string layout = "FIELDS x y z time id hash\nSIZE 4 4 4 8 8 8\nTYPE F F F F U U";
    const auto scan = read(
        "b.pcd",
        pcdOf(
            layout,
            2,
            "binary",
            bytesOf(1.0F, 2.0F, 3.0F, 1564037177.25, std::uint64_t{1} << 40U, std::uint64_t{1}) +
                bytesOf(
                    1.0F, 2.0F, 3.0F, 1564037177.5, (std::uint64_t{1} << 40U) + 3, ~std::uint64_t{0}
                )
        )
    );
    EXPECT_THAT(valuesOf(*scan, "time"), ElementsAre(0, 0.25F));
    EXPECT_THAT(valuesOf(*scan, "id"), ElementsAre(0, 3));
    EXPECT_THAT(valuesOf(*scan, "hash"), ElementsAre(1, 0x1p64F));
    EXPECT_THAT(
        scan->warnings,
        ElementsAre(
            AllOf(HasSubstr("'time'"), HasSubstr("1564037177.25 was subtracted")),
            AllOf(HasSubstr("'id'"), HasSubstr("was subtracted"))
        )
    );
}

TEST_F(PointFiles, FieldsOfOneNameAreAllKept) {
    const std::string layout = "FIELDS x y z a a a\nSIZE 4 4 4 4 4 4\nTYPE F F F F F F";
    const auto scan = read("a.pcd", pcdOf(layout, 1, "ascii", "1 2 3 4 5 6\n"));
    EXPECT_THAT(namesOf(*scan), ElementsAre("a", "a_2", "a_3"));
    EXPECT_THAT(valuesOf(*scan, "a_3"), ElementsAre(6));
}

TEST_F(PointFiles, AFolderIsAListOfFrames) {
    file("b.xyz", "1 2 3\n");
    file("a.ply", plyOf("ascii", 1, kXyzProperties, "1 2 3\n"));
    file("a.PCD", pcdOf(kXyzLayout, 1, "ascii", "1 2 3\n"));
    file("notes.txt", "not a point");
    file("broken.pts", "7\n");
    const PlainFileReader reader(folder.path() / "", loadMap("spvnas"));
    std::vector<std::string> ids;
    for (const FrameInfo& info : reader.frames()) {
        ids.push_back(info.id);
        EXPECT_EQ(info.group, folder.path().filename().string());
        EXPECT_FALSE(info.hasLabels);
    }
    EXPECT_THAT(ids, ElementsAre("a.PCD", "a.ply", "b", "broken"));
    EXPECT_EQ(reader.title(), "4 point files");
    EXPECT_EQ(reader.benchmark(), "");
    EXPECT_THAT(reader.warnings(), ElementsAre(HasSubstr("1 other files are left out")));
    EXPECT_EQ(reader.read(1)->id, "a.ply");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { reader.read(3); }),
        HasSubstr("broken.pts: line 1: 7 points were promised, the file ends after 0")
    );
    EXPECT_THAT(lineOf<DatasetError>([&] { reader.read(4); }), HasSubstr("file 4 does not exist"));
}

TEST_F(PointFiles, KnowsItsPaths) {
    file("scan.bin", "0000");
    EXPECT_FALSE(looksLikePointFiles(folder.path()));
    EXPECT_FALSE(looksLikePointFiles(folder.path() / "scan.bin"));
    EXPECT_FALSE(looksLikePointFiles(folder.path() / "absent.ply"));
    EXPECT_TRUE(looksLikePointFiles(file("a.Ply", "")));
    EXPECT_TRUE(looksLikePointFiles(folder.path()));
    EXPECT_FALSE(looksLikePointFiles(file("a.pcd.bin", "")));
    std::filesystem::create_directories(folder.path() / "sequences");
    EXPECT_FALSE(looksLikePointFiles(folder.path()));
}

} // namespace
} // namespace siskin::test
