// SPDX-License-Identifier: MIT
// Damaged and hostile point files: one clear line each, and no memory for what is not there.
#include "tests/unit/point_files_test.hpp"

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct OddFile {
    const char* name;
    std::string content;
    const char* said;
};

std::string layout(const std::string& fields, const std::string& sizes, const std::string& types) {
    return "FIELDS " + fields + "\nSIZE " + sizes + "\nTYPE " + types;
}

const std::string kTwo = bytesOf(1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F);

std::vector<OddFile> oddPcds() {
    const auto compressed = [](std::uint32_t size, std::uint32_t promised, const std::string& data
                            ) {
        return pcdOf(kXyzLayout, 3, "binary_compressed", bytesOf(size, promised) + data);
    };
    return {
        {"empty.pcd", "", "header ends before its DATA line"},
        {"cut.pcd", "# .PCD v0.7\nFIELDS x y", "header ends before its DATA line"},
        {"noise.pcd", std::string(100, '\x07'), "is no key of a PCD header"},
        {"no-points.pcd", pcdOf(kXyzLayout, 0, "binary", ""), "no point in it"},
        {"no-fields.pcd", "WIDTH 1\nHEIGHT 1\nDATA ascii\n1\n", "names 0 FIELDS"},
        {"no-size.pcd", "FIELDS x y z\nSIZE 4 4\nTYPE F F F\nDATA ascii\n", "3 FIELDS, 2 SIZE"},
        {"no-x.pcd", pcdOf(layout("a y z", "4 4 4", "F F F"), 2, "binary", kTwo), "a, y, z"},
        {"type.pcd",
         pcdOf(layout("x y q", "4 4 4", "F F X"), 2, "binary", kTwo),
         "unknown type X of 4"},
        {"size.pcd", pcdOf(layout("x y q", "4 4 3", "F F U"), 2, "binary", kTwo), "type U of 3"},
        {"half.pcd", pcdOf(layout("x y q", "4 4 2", "F F F"), 2, "binary", kTwo), "type F of 2"},
        {"count.pcd", pcdOf(kXyzLayout + " 1", 2, "binary", kTwo), "and 4 COUNT"},
        {"zero-count.pcd",
         pcdOf("FIELDS x\nSIZE 4\nTYPE F\nCOUNT 0", 2, "binary", kTwo),
         "COUNT 0"},
        {"big-count.pcd",
         pcdOf("FIELDS x\nSIZE 4\nTYPE F\nCOUNT 99999999999", 2, "binary", kTwo),
         "COUNT 99999999999"},
        {"width.pcd",
         kXyzLayout + "\nWIDTH -4\nHEIGHT 1\nDATA binary\n" + kTwo,
         "WIDTH '-4' is not a whole number"},
        {"overflow.pcd",
         kXyzLayout + "\nWIDTH 18446744073709551615\nHEIGHT 2\nDATA binary\n" + kTwo,
         "is not POINTS"},
        {"points.pcd",
         kXyzLayout + "\nWIDTH 2\nHEIGHT 2\nPOINTS 2\nDATA binary\n" + kTwo,
         "WIDTH 2 x HEIGHT 2 is not POINTS 2"},
        {"data.pcd", pcdOf(kXyzLayout, 2, "binary_zip", kTwo), "DATA 'binary_zip' is unknown"},
        {"short.pcd",
         pcdOf(kXyzLayout, 5, "binary", kTwo),
         "5 points of 12 bytes were promised, 2"},
        {"huge.pcd", pcdOf(kXyzLayout, 1ULL << 60U, "binary", kTwo), "were promised, 2 are there"},
        {"huge-text.pcd", pcdOf(kXyzLayout, 1ULL << 60U, "ascii", "1 2 3\n"), "ends after 1"},
        {"few.pcd",
         pcdOf(kXyzLayout, 2, "ascii", "1 2 3\n4 5\n"),
         "line 13: 3 numbers were expected, found 2"},
        {"many.pcd",
         pcdOf(kXyzLayout, 1, "ascii", "1 2 3\n4 5 6\n"),
         "line 13: 1 points were promised"},
        {"word.pcd", pcdOf(kXyzLayout, 1, "ascii", "1 two 3\n"), "line 12: 'two' is not a number"},
        {"no-data.pcd",
         pcdOf(kXyzLayout, 3, "binary_compressed", "ab"),
         "compressed points are missing"},
        {"compressed.pcd", compressed(40, 36, "abc"), "there are 3 bytes"},
        {"lying.pcd", compressed(3, 400, "abc"), "claim to hold 400"},
        {"bomb.pcd",
         pcdOf(kXyzLayout, 300000000, "binary_compressed", bytesOf(3U, 3600000000U) + "abc"),
         "compressed points are damaged"},
        {"back.pcd", compressed(3, 36, "\x20\x05\x01"), "compressed points are damaged"},
        {"literal.pcd", compressed(3, 36, "\x1F\x01\x02"), "compressed points are damaged"},
        {"reference.pcd", compressed(2, 36, "\xE0\xFF"), "compressed points are damaged"},
    };
}

std::vector<OddFile> oddPlys() {
    const std::string little = "binary_little_endian";
    const std::string list = kXyzProperties + "property list int float w\n";
    const std::string vertex = bytesOf(1.0F, 2.0F, 3.0F);
    return {
        {"empty.ply", "", "line 1 of the PLY header: 'ply' was expected"},
        {"cut.ply", "ply\nformat ascii 1.0\nelement ver", "the count '' is not a whole number"},
        {"no-end.ply", "ply\nformat ascii 1.0\n", "ends before end_header"},
        {"no-format.ply", "ply\nelement vertex 1\nend_header\n", "no format line"},
        {"format.ply", "ply\nformat binary 1.0\n", "unknown format 'binary'"},
        {"type.ply", plyOf("ascii", 1, "property quux x\n", "1\n"), "unknown type 'quux'"},
        {"key.ply", plyOf("ascii", 1, "propperty float x\n", "1\n"), "'propperty' is unexpected"},
        {"stray.ply", "ply\nformat ascii 1.0\nproperty float x\n", "'property' is unexpected"},
        {"nameless.ply", plyOf("ascii", 1, "property float\n", "1\n"), "without a name"},
        {"list.ply", plyOf("ascii", 1, "property list float int x\n", "1\n"), "length of a list"},
        {"negative.ply",
         "ply\nformat ascii 1.0\nelement vertex -1\n",
         "'-1' is not a whole number"},
        {"no-vertex.ply",
         "ply\nformat ascii 1.0\nelement face 0\nend_header\n",
         "no element 'vertex'"},
        {"bare.ply", plyOf("ascii", 1, "", "1\n"), "no element 'vertex' with numbers"},
        {"no-points.ply", plyOf("ascii", 0, kXyzProperties, ""), "no point in it"},
        {"no-x.ply", plyOf("ascii", 1, "property float y\nproperty float z\n", "2 3\n"), "y, z"},
        {"short.ply",
         plyOf(little, 4, kXyzProperties, kTwo),
         "4 vertex rows were promised, the file ends in number 2"},
        {"huge.ply", plyOf(little, 1ULL << 62U, kXyzProperties, kTwo), "ends in number 2"},
        {"huge-text.ply", plyOf("ascii", 1ULL << 62U, kXyzProperties, "1 2 3\n"), "ends after 1"},
        {"huge-list.ply", plyOf("ascii", 1ULL << 62U, list, "1 2 3 0\n"), "ends after 1"},
        {"short-text.ply",
         plyOf("ascii", 4, kXyzProperties, "1 2 3\n"),
         "line 9: 4 points were promised"},
        {"word.ply",
         plyOf("ascii", 1, kXyzProperties, "1 two 3\n"),
         "line 9: 'two' is not a number"},
        {"list-length.ply", plyOf(little, 1, list, vertex + bytesOf(1000)), "ends in number 0"},
        {"list-negative.ply", plyOf(little, 1, list, vertex + bytesOf(-1)), "ends in number 0"},
        {"list-cut.ply", plyOf(little, 1, list, vertex + "ab"), "ends in number 0"},
        {"list-text.ply", plyOf("ascii", 1, list, "1 2 3 2 9\n"), "the line ends too early"},
        {"list-more.ply", plyOf("ascii", 1, list, "1 2 3 0 9\n"), "goes on after its last"},
        {"faces.ply",
         "ply\nformat ascii 1.0\nelement face 3\nproperty list uchar int i\nelement vertex 1\n" +
             kXyzProperties + "end_header\n1 2\n",
         "ends inside its 'face'"},
    };
}

std::vector<OddFile> oddTexts() {
    return {
        {"empty.xyz", "", "no point in it"},
        {"comments.xyz", "# nothing\n\n", "no point in it"},
        {"few.xyz", "1 2\n", "line 1: at least 3 numbers were expected, found 2"},
        {"uneven.xyz", "1 2 3\n\n1 2 3 4\n", "line 3: 3 numbers were expected, found 4"},
        {"word.xyz", "1 2 3\n1 b 3\n", "line 2: 'b' is not a number"},
        {"huge-number.xyz", "1 2 1e999\n", "'1e999' is not a number"},
        {"few.xyzn", "1 2 3\n", "at least 6 numbers"},
        {"few.xyzi", "1 2 3\n", "at least 4 numbers"},
        {"more.pts", "5\n1 2 3\n", "5 points were promised, the file ends after 1"},
        {"less.pts", "1\n1 2 3\n4 5 6\n", "line 3: 1 points were promised, here is one more"},
        {"huge.pts", "999999999999999\n1 2 3\n", "the file ends after 1"},
        {"none.pts", "3\n", "3 points were promised, the file ends after 0"},
        {"mixed.pts", "2\n1 2 3\n1 2 3 4\n", "line 3: 3 numbers were expected, found 4"},
    };
}

TEST_F(PointFiles, SayWhatIsWrong) {
    for (const auto& files : {oddPcds(), oddPlys(), oddTexts()}) {
        for (const OddFile& odd : files) {
            EXPECT_THAT(
                refusal(odd.name, odd.content), AllOf(HasSubstr(odd.name), HasSubstr(odd.said))
            );
        }
    }
}

TEST_F(PointFiles, BytesAfterTheLastPointAreAWarning) {
    EXPECT_THAT(
        read("a.pcd", pcdOf(kXyzLayout, 1, "binary", kTwo))->warnings,
        testing::ElementsAre(HasSubstr("12 bytes after the last point"))
    );
}

/// Every prefix of a good file is either refused or, where only line ends are missing, read.
TEST_F(PointFiles, CutAnywhereTheyAreRefused) {
    const std::vector<std::pair<std::string, std::string>> files = {
        {"a.pcd", pcdOf(kXyzLayout, 2, "binary", kTwo)},
        {"a.ply", plyOf("binary_little_endian", 2, kXyzProperties, kTwo)},
        {"b.ply",
         plyOf(
             "binary_little_endian",
             1,
             kXyzProperties + "property list uchar int i\n",
             bytesOf(1.0F, 2.0F, 3.0F, std::uint8_t{1}, 5)
         )},
    };
    for (const auto& [name, content] : files) {
        // Every byte of the data, every fifth of the header.
        const std::size_t data = content.size() - 30;
        for (std::size_t size = 0; size < content.size(); size += size < data ? 5 : 1) {
            EXPECT_THAT(refusal(name, content.substr(0, size)), HasSubstr(name)) << size;
        }
        EXPECT_GE(read(name, content)->pointCount(), 1U);
    }
}

} // namespace
} // namespace siskin::test
