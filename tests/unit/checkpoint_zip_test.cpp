// SPDX-License-Identifier: MIT
// Archives that are what they say, and archives that lie.
#include "core/base/error.hpp"
#include "core/checkpoint/zip.hpp"
#include "tests/unit/checkpoint_files.hpp"

#include <gmock/gmock.h>

namespace siskin::checkpoint {
namespace {

using test::raw;
using test::zipFile;
using testing::HasSubstr;

/// Opens the archive and unpacks everything.
std::map<std::string, std::string>
unpack(const std::string& text, const CheckpointLimits& limits = {}) {
    const MemorySource file("test.zip", test::bytesOf(text));
    const ZipArchive archive(file, limits);
    std::map<std::string, std::string> contents;
    for (const auto& [name, entry] : archive.entries()) {
        const auto bytes = archive.read(entry);
        contents[name] = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    return contents;
}

std::string refusal(const std::string& text, const CheckpointLimits& limits = {}) {
    try {
        unpack(text, limits);
    } catch (const CheckpointError& error) {
        return error.what();
    }
    return {};
}

template <typename T>
std::string patched(std::string text, std::size_t at, T value) {
    return text.replace(at, sizeof(T), raw(value));
}

std::size_t directoryStart(const std::string& text) {
    return text.find("PK\x01\x02");
}

TEST(Zip, UnpacksStoredAndDeflatedEntries) {
    const std::string large(700'000, 'x');
    const auto contents = unpack(
        zipFile({{"stored", "abc"}, {"deflated", large, true}, {"empty", ""}, {"none", "", true}})
    );
    EXPECT_EQ(contents.at("stored"), "abc");
    EXPECT_EQ(contents.at("deflated"), large);
    EXPECT_EQ(contents.at("empty"), "");
    EXPECT_EQ(contents.at("none"), "");
}

TEST(Zip, AcceptsACommentAndAnEmptyArchive) {
    auto text = zipFile({{"a", "1"}});
    text = patched<std::uint16_t>(text, text.size() - 2, 5) + "hello";
    EXPECT_EQ(unpack(text).size(), 1U);
    EXPECT_TRUE(unpack(zipFile({})).empty());
}

TEST(Zip, AcceptsZip64Records) {
    const std::string plain = zipFile({{"a", "1234"}});
    const auto start = directoryStart(plain);
    const auto end = plain.size() - 22;
    std::string entry = plain.substr(start, end - start);
    entry = patched<std::uint32_t>(entry, 20, 0xFFFFFFFF);
    entry = patched<std::uint32_t>(entry, 24, 0xFFFFFFFF);
    entry = patched<std::uint16_t>(entry, 30, 20);
    entry += raw(std::uint16_t{1}) + raw(std::uint16_t{16}) + raw(std::uint64_t{4}) +
             raw(std::uint64_t{4});
    std::string text = plain.substr(0, start) + entry;
    const auto wideEnd = text.size();
    text += "PK\x06\x06" + raw(std::uint64_t{44}) + raw(std::uint32_t{0}) + raw(std::uint64_t{0}) +
            raw(std::uint64_t{1}) + raw(std::uint64_t{1}) + raw(std::uint64_t{entry.size()}) +
            raw(std::uint64_t{start});
    text +=
        "PK\x06\x07" + raw(std::uint32_t{0}) + raw(std::uint64_t{wideEnd}) + raw(std::uint32_t{1});
    text += "PK\x05\x06" + raw(std::uint32_t{0}) + raw(std::uint32_t{0xFFFFFFFF}) +
            raw(std::uint64_t{UINT64_MAX}) + raw(std::uint16_t{0});
    EXPECT_EQ(unpack(text).at("a"), "1234");
    EXPECT_THAT(
        refusal(patched<std::uint64_t>(text, wideEnd + 48, UINT64_MAX - 3)),
        HasSubstr("does not lie")
    );
    EXPECT_THAT(
        refusal(patched<std::uint64_t>(text, text.size() - 22 - 20 + 8, UINT64_MAX - 3)),
        HasSubstr("byte ")
    );
    EXPECT_THAT(
        refusal(patched<std::uint16_t>(text, start + 46 + 1, 7)), HasSubstr("no zip64 sizes")
    );
}

TEST(Zip, EveryTruncationIsAnError) {
    const auto text = zipFile({{"a", "1234"}, {"b", std::string(300, 'y'), true}});
    for (std::size_t size = 0; size < text.size(); ++size) {
        EXPECT_THAT(refusal(text.substr(0, size)), HasSubstr("test.zip: byte ")) << size;
    }
}

TEST(Zip, RefusesADirectoryThatLies) {
    const auto text = zipFile({{"a", "1234"}, {"b", "5678"}});
    const auto start = directoryStart(text);
    const auto second = start + 47;
    EXPECT_THAT(
        refusal(patched<std::uint32_t>(text, text.size() - 6, 0xFFFFFF)), HasSubstr("does not lie")
    );
    EXPECT_THAT(
        refusal(patched<std::uint16_t>(text, text.size() - 12, 3)),
        HasSubstr("2 entries in a directory of 3")
    );
    EXPECT_THAT(
        refusal(patched<std::uint32_t>(text, second + 42, 0)), HasSubstr("no local header of 'b'")
    );
    EXPECT_THAT(refusal(patched<std::uint32_t>(text, second + 42, 0x7FFFFFFF)), HasSubstr("byte "));
    EXPECT_THAT(refusal(patched<std::uint32_t>(text, start + 20, 40)), HasSubstr("cannot unpack"));
    EXPECT_THAT(refusal(patched<std::uint16_t>(text, start + 8, 1)), HasSubstr("encrypted"));
    EXPECT_THAT(
        refusal(patched<std::uint16_t>(text, start + 10, 14)), HasSubstr("compression method 14")
    );
    EXPECT_THAT(
        refusal(patched<std::uint16_t>(text, start + 28, 60000)),
        HasSubstr("leaves the zip directory")
    );
    EXPECT_THAT(refusal(zipFile({{"a", "1"}, {"a", "2"}})), HasSubstr("twice"));
}

TEST(Zip, RefusesOverlapAndDataInTheDirectory) {
    const auto text = zipFile({{"a", "1234"}, {"b", "5678"}});
    const auto start = directoryStart(text);
    auto both =
        patched<std::uint32_t>(patched<std::uint32_t>(text, start + 20, 10), start + 24, 10);
    EXPECT_THAT(refusal(both), HasSubstr("overlap"));
    both = patched<std::uint32_t>(patched<std::uint32_t>(text, start + 20, 100), start + 24, 100);
    EXPECT_THAT(refusal(both), HasSubstr("reaches into the directory"));
}

TEST(Zip, NoticesDamagedContent) {
    EXPECT_THAT(refusal(patched<char>(zipFile({{"a", "1234"}}), 31, 'X')), HasSubstr("checksum"));
    auto packed = zipFile({{"a", std::string(1000, 'z'), true}});
    const auto start = directoryStart(packed);
    EXPECT_THAT(
        refusal(patched<std::uint32_t>(packed, start + 24, 999)), HasSubstr("instead of 999")
    );
    EXPECT_THAT(
        refusal(patched<std::uint32_t>(packed, start + 24, 1001)), HasSubstr("instead of 1001")
    );
    EXPECT_THAT(refusal(patched<std::uint32_t>(packed, start + 20, 3)), HasSubstr("deflated data"));
}

TEST(Zip, RefusesABombBeforeUnpackingIt) {
    const auto bomb = zipFile({{"a", std::string(80'000'000, '\0'), true}});
    ASSERT_LT(bomb.size(), 100'000U);
    EXPECT_THAT(refusal(bomb), HasSubstr("limit of unpacked data"));
    const auto small = zipFile({{"a", std::string(1000, 'z'), true}});
    EXPECT_THAT(
        refusal(patched<std::uint32_t>(small, directoryStart(small) + 24, 0x7FFFFFFF)),
        HasSubstr("cannot unpack")
    );
    CheckpointLimits limits;
    limits.unpackedBytes = 999;
    EXPECT_THAT(refusal(small, limits), HasSubstr("limit of unpacked data"));
}

} // namespace
} // namespace siskin::checkpoint
