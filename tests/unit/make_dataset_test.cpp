// SPDX-License-Identifier: MIT
// `siskin make-dataset street` from outside: messages, exit codes, what is left behind.
#include "tests/unit/cli_test.hpp"
#include "tests/unit/made_folders.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::HasSubstr;

struct MakeDataset : testing::Test {
    ProcessResult make(const std::string& arguments, const std::string& prefix = {}) const {
        return runSiskin("make-dataset " + arguments, prefix);
    }

    std::string out() const { return " --out '" + (folder.path() / "set").string() + "'"; }

    TemporaryFolder folder;
};

TEST_F(MakeDataset, HelpSaysWhatThereIs) {
    EXPECT_THAT(make("--help").out, HasSubstr("street"));
    const auto help = make("street --help");
    EXPECT_EQ(help.exitCode, 0);
    EXPECT_THAT(help.out, HasSubstr("--frames-per-drive"));
    EXPECT_THAT(help.out, HasSubstr("Examples:"));
}

TEST_F(MakeDataset, MistakesGiveOneLine) {
    const std::map<std::string, std::string> lines = {
        {"", "what?"},
        {"stret --out x", "did you mean 'street'?"},
        {"street", "--out DIR"},
        {"street --out x --frames 0", "--frames 0 is impossible"},
        {"street --out x --frames many", "frames"},
        {"street --out x --split valid", "unknown split 'valid'"},
        {"street --out x --layout semantikitti", "did you mean 'semantickitti'?"},
        {"street --out x --stride-seconds -1", "impossible"},
        {"street --out x --stride-seconds nan", "impossible"},
        {"street --out x --drives 2 --frames-per-drive 3", "drop one"},
        {"street --out x --drives 300", "--drives 300 is impossible"},
        {"street --out x --frame 5", "did you mean '--frames'?"},
        {"street --out x surplus", "positional"}};
    for (const auto& [arguments, message] : lines) {
        const auto result = make(arguments);
        EXPECT_EQ(result.exitCode, 2) << arguments;
        EXPECT_THAT(result.err, HasSubstr(message)) << arguments;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
}

TEST_F(MakeDataset, WritesADriveThatInfoUnderstands) {
    const auto result = make("street --frames 2 --drives 1 --stride-seconds 0.1 --quiet" + out());
    EXPECT_EQ(result.exitCode, 0) << result.err;
    EXPECT_EQ(result.err, "");
    const auto info = runSiskin("info '" + (folder.path() / "set").string() + "'");
    EXPECT_THAT(info.out, HasSubstr("SemanticKITTI, 2 frames"));
    EXPECT_EQ(make("street --frames 1" + out()).exitCode, 3) << "never over existing data";
}

TEST_F(MakeDataset, InterruptLeavesNothing) {
    // Ctrl-C as soon as the first files are there.
    const auto waitAndInterrupt = fmt::format(
        "(until test -e '{}'; do kill -0 $$ 2>&- || exit; sleep 0.1; done; kill -INT $$) & exec",
        (folder.path() / "set.partial/sequences").string()
    );
    const auto result = make("street --frames 5000" + out(), waitAndInterrupt);
    EXPECT_EQ(result.exitCode, 130);
    EXPECT_THAT(result.err, HasSubstr("siskin: cancelled"));
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

TEST_F(MakeDataset, FullDiskLeavesNothing) {
    // No file may grow beyond 100 kB: a write fails in the middle, as on a full disk.
    const auto result = make("street --frames 2 --quiet" + out(), "trap '' XFSZ; ulimit -f 100;");
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.err, HasSubstr("cannot write"));
    EXPECT_THAT(result.err, HasSubstr("free space"));
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

TEST_F(MakeDataset, UnwritablePlaceIsAnError) {
    const auto result = make("street --frames 1 --out /proc/nowhere");
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.err, HasSubstr("/proc/nowhere"));
}

} // namespace
} // namespace siskin::test
