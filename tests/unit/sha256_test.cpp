// SPDX-License-Identifier: MIT
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/sha256.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

// The examples of FIPS 180-4's authors (NIST, "Descriptions of SHA-256").
constexpr auto kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto kMillion = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, KnownAnswers) {
    EXPECT_EQ(sha256Of(""), kEmpty);
    EXPECT_EQ(sha256Of("abc"), kAbc);
    Sha256 hash;
    for (int i = 0; i < 1000; ++i) {
        hash.add(std::string(1000, 'a'));
    }
    EXPECT_EQ(hash.hex(), kMillion);
}

TEST(Sha256, FilesAreReadInPieces) {
    const auto file = std::filesystem::temp_directory_path() / "siskin-sha256-test";
    const std::string content(3'000'000, 'x');
    writeFileAtomically(file, content);
    EXPECT_EQ(sha256OfFile(file), sha256Of(content));
    writeFileAtomically(file, std::string());
    EXPECT_EQ(sha256OfFile(file), kEmpty);
    std::filesystem::remove(file);
    EXPECT_THROW(sha256OfFile(file), DatasetError);
    EXPECT_THROW(sha256OfFile(std::filesystem::temp_directory_path()), DatasetError);
}

} // namespace
} // namespace siskin
