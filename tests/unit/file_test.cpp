// SPDX-License-Identifier: MIT
// Whole-file reading, all-or-nothing writing, and where resources are found.
#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/file_name.hpp"
#include "core/base/resources.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <string>

namespace siskin {
namespace {

using testing::HasSubstr;

template <typename Action>
std::string datasetErrorOf(Action action) {
    try {
        action();
    } catch (const DatasetError& error) {
        EXPECT_EQ(error.exitCode(), ExitCode::BadData);
        return error.line();
    }
    return "no error";
}

std::size_t entriesIn(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(
        std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator{}
    ));
}

TEST(FileName, StaysInsideItsFolder) {
    EXPECT_EQ(fileNameFrom("SPVCNN 1.4M (untrained)"), "spvcnn-1.4m-untrained");
    EXPECT_EQ(fileNameFrom("../../etc/passwd"), "etc-passwd");
    EXPECT_EQ(fileNameFrom(".."), "unnamed");
    EXPECT_EQ(fileNameFrom(""), "unnamed");
}

TEST(File, ReadsBackWhatWasWritten) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "new" / "deep" / "file.bin";
    const std::string content("a\0b\n\xff", 5);
    writeFileAtomically(path, content);
    EXPECT_EQ(readTextFile(path), content);
    const auto bytes = readFile(path);
    ASSERT_EQ(bytes.size(), 5U);
    EXPECT_EQ(bytes[4], std::byte{0xff});
}

TEST(File, ReplacesTheOldContentAndLeavesNoTemporaryFile) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "file.txt";
    writeFileAtomically(path, std::string(10'000, 'x'));
    writeFileAtomically(path, std::string_view("short"));
    EXPECT_EQ(readTextFile(path), "short");
    EXPECT_EQ(entriesIn(folder.path()), 1U);
}

TEST(File, EmptyFileIsNoError) {
    const test::TemporaryFolder folder;
    writeFileAtomically(folder.path() / "empty", std::string_view());
    EXPECT_TRUE(readFile(folder.path() / "empty").empty());
}

TEST(File, NamesAMissingFileAFolderAndAFileThatIsTooLarge) {
    const test::TemporaryFolder folder;
    const auto missing = folder.path() / "missing";
    EXPECT_THAT(
        datasetErrorOf([&] { readFile(missing); }), HasSubstr(missing.string() + ": no such file")
    );
    EXPECT_THAT(datasetErrorOf([&] { readTextFile(folder.path()); }), HasSubstr("is a folder"));
    const auto path = folder.path() / "file";
    writeFileAtomically(path, std::string_view("12345"));
    EXPECT_THAT(datasetErrorOf([&] { readFile(path, 4); }), HasSubstr("5 bytes, more than the 4"));
    EXPECT_EQ(readFile(path, 5).size(), 5U);
}

TEST(File, FailedWriteKeepsTheOldContent) {
    const test::TemporaryFolder folder;
    const auto target = folder.path() / "target";
    std::filesystem::create_directory(target); // a rename onto a folder cannot succeed
    std::ofstream(target / "inside") << "kept";
    EXPECT_THAT(
        datasetErrorOf([&] { writeFileAtomically(target, std::string_view("x")); }),
        HasSubstr("cannot write")
    );
    EXPECT_EQ(readTextFile(target / "inside"), "kept");
    EXPECT_EQ(entriesIn(folder.path()), 1U);
}

TEST(File, AFileInThePlaceOfAFolderIsAnError) {
    const test::TemporaryFolder folder;
    writeFileAtomically(folder.path() / "file", std::string_view("x"));
    EXPECT_THAT(
        datasetErrorOf([&] {
            writeFileAtomically(folder.path() / "file" / "below", std::string_view("y"));
        }),
        HasSubstr("cannot write")
    );
}

TEST(Error, LineJoinsMessageAndHint) {
    EXPECT_EQ(DatasetError("scan.bin: bad").line(), "scan.bin: bad");
    EXPECT_EQ(ConfigError("bad option", "try --help").line(), "bad option - try --help");
    EXPECT_EQ(ConfigError("x").exitCode(), ExitCode::Usage);
    EXPECT_EQ(DeviceError("x").exitCode(), ExitCode::DeviceUnavailable);
    EXPECT_EQ(EnergyError("x").exitCode(), ExitCode::RunFailed);
}

TEST(Cancel, ThrowsOnceAStopWasRequested) {
    std::stop_source source;
    EXPECT_NO_THROW(throwIfStopRequested(source.get_token()));
    EXPECT_NO_THROW(throwIfStopRequested(std::stop_token{}));
    source.request_stop();
    EXPECT_THROW(throwIfStopRequested(source.get_token()), Cancelled);
}

TEST(WritableFolder, IsMadeOrRefusedBeforeTheWork) {
    const test::TemporaryFolder folder;
    requireWritableFolder(folder.path() / "a/b");
    requireWritableFolder(folder.path() / "a/b");
    EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "a/b"));
    writeFileAtomically(folder.path() / "file", std::string_view("x"));
    for (const char* name : {"file", "file/below"}) {
        const auto line = datasetErrorOf([&] { requireWritableFolder(folder.path() / name); });
        EXPECT_THAT(line, HasSubstr(std::string(name) + ": cannot write there: Not a directory"));
    }
}

TEST(Resources, FindsAFileOfTheProgramAndNamesAMissingOne) {
    EXPECT_TRUE(std::filesystem::exists(resourcePath("carbon_intensity.csv")));
    try {
        resourcePath("none/such.json");
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_THAT(error.line(), HasSubstr("none/such.json"));
        EXPECT_THAT(error.hint(), HasSubstr("SISKIN_RESOURCES"));
    }
}

TEST(Resources, TheFolderInTheEnvironmentComesFirst) {
    const test::TemporaryFolder folder;
    const char* before = std::getenv("SISKIN_RESOURCES");
    const std::string saved = before == nullptr ? "" : before;
    writeFileAtomically(folder.path() / "carbon_intensity.csv", std::string_view("other"));
    setenv("SISKIN_RESOURCES", folder.path().c_str(), 1);
    EXPECT_EQ(readTextFile(resourcePath("carbon_intensity.csv")), "other");
    if (before == nullptr) {
        unsetenv("SISKIN_RESOURCES");
    } else {
        setenv("SISKIN_RESOURCES", saved.c_str(), 1);
    }
}

} // namespace
} // namespace siskin
