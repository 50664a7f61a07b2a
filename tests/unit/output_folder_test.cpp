// SPDX-License-Identifier: MIT
// A data set is there whole or not at all.
#include "datasets/synthetic/output_folder.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Output : testing::Test {
    TemporaryFolder folder;
    fs::path set = folder.path() / "set";
};

TEST_F(Output, TakesItsNameAtTheEnd) {
    OutputFolder output(set);
    output.write("a/b/c.txt", "content");
    EXPECT_FALSE(fs::exists(set));
    output.finish();
    const std::map<std::string, std::string> expected = {{"set/a/b/c.txt", "content"}};
    EXPECT_EQ(contentOf(folder.path()), expected);
}

TEST_F(Output, LeavesNothingWithoutAnEnd) {
    {
        const OutputFolder output(set);
        output.write("a.txt", "content");
    }
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

TEST_F(Output, ReplacesALeftoverAndAnEmptyFolder) {
    writeText(folder.path() / "set.partial/old.txt", "old");
    fs::create_directories(set);
    OutputFolder output(set.string() + "/"); // a slash at the end changes nothing
    output.write("new.txt", "new");
    output.finish();
    const std::map<std::string, std::string> expected = {{"set/new.txt", "new"}};
    EXPECT_EQ(contentOf(folder.path()), expected);
}

TEST_F(Output, RefusesWhatIsThere) {
    writeText(set / "mine.txt", "mine");
    const auto line = lineOf<DatasetError>([&] { const OutputFolder output(set); });
    EXPECT_THAT(line, HasSubstr("exists already"));
    const auto file = folder.path() / "file";
    writeText(file, "mine");
    EXPECT_THAT(lineOf<DatasetError>([&] { const OutputFolder output(file); }), HasSubstr(file));
    EXPECT_EQ(contentOf(folder.path()).size(), 2U);
}

TEST_F(Output, SaysWhereItCannotWrite) {
    const auto line = lineOf<DatasetError>([] { const OutputFolder output("/proc/nowhere/set"); });
    EXPECT_THAT(line, HasSubstr("/proc/nowhere/set.partial"));
    const OutputFolder output(set);
    output.write("taken", "a file");
    const auto below = lineOf<DatasetError>([&] { output.write("taken/below", "x"); });
    EXPECT_THAT(below, HasSubstr("taken/below"));
}

} // namespace
} // namespace siskin::test
