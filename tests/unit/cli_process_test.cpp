// SPDX-License-Identifier: MIT
// The `siskin` program from outside: exit codes, streams, files.
#include "tests/unit/cli_test.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> filesBelow(const std::filesystem::path& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.push_back(std::filesystem::relative(entry.path(), folder).string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST(Siskin, HelpAndVersion) {
    const auto help = runSiskin("--help");
    EXPECT_EQ(help.exitCode, 0);
    EXPECT_THAT(help.out, HasSubstr("Exit codes:"));
    EXPECT_EQ(help.err, "");
    const auto runHelp = runSiskin("run --help");
    EXPECT_EQ(runHelp.exitCode, 0);
    EXPECT_THAT(runHelp.out, HasSubstr("--repeat"));
    const auto version = runSiskin("--version");
    EXPECT_EQ(version.exitCode, 0);
    for (const auto* word : {"siskin ", "LibTorch", "Boost", "fmt", "compiler", "BLAS", "CUDA"}) {
        EXPECT_THAT(version.out, HasSubstr(word));
    }
}

TEST(Siskin, MistakesGiveOneLineAndAnExitCode) {
    const std::string run = "run demo:street --model spvcnn:random:0.25 ";
    const std::vector<std::pair<std::string, int>> commands{
        {run + "--modle x", 2},
        {"run /no/such/000000.bin --model spvcnn:random", 3},
        {run + "--device cuda", 4}};
    for (const auto& [command, exitCode] : commands) {
        const auto result = runSiskin(command);
        EXPECT_EQ(result.exitCode, exitCode) << command << "\n" << result.err;
        EXPECT_THAT(result.err, StartsWith("siskin: error: ")) << command;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
        EXPECT_EQ(result.out, "") << command;
    }
}

TEST(Siskin, RunWritesEverythingAndNothingElse) {
    const TemporaryFolder folder;
    const auto at = [&folder](const char* name) { return (folder.path() / name).string(); };
    const auto result = runSiskin(
        "run demo:street --frame 000000 --model spvcnn:random:0.25 --out '" + at("o") +
        "' --png --html '" + at("page.html") + "' --layers --region FRA"
    );
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_EQ(
        filesBelow(folder.path()),
        (std::vector<std::string>{
            "o/comparison.png", "o/predictions/street-000000.label", "o/run.json", "page.html"})
    );
    EXPECT_THAT(result.out, HasSubstr("gCO2e/1000 frames, FRA"));
    EXPECT_THAT(result.out, HasSubstr("UNTRAINED"));
    EXPECT_THAT(result.out, HasSubstr("GMAC/s")); // the layers
    EXPECT_THAT(result.err, HasSubstr("on street/000000"));
    EXPECT_THAT(readTextFile(at("o/comparison.png")), StartsWith("\x89PNG"));
    EXPECT_THAT(readTextFile(at("page.html")), HasSubstr("data:image/png;base64,"));
    const auto json = nlohmann::json::parse(readTextFile(at("o/run.json")));
    const auto& run = json.at("frames").at(0).at("runs").at(0);
    EXPECT_EQ(run.at("model").at("trained"), false);
    EXPECT_EQ(
        std::filesystem::file_size(at("o/predictions/street-000000.label")),
        4 * run.at("points").get<std::size_t>()
    );
}

TEST(Siskin, JsonOnStandardOutputAndQuiet) {
    const auto result =
        runSiskin("run demo:street --frame 000000 --model minkunet:random:0.25 --model "
                  "minkunet:random:0.25 --repeat 2 --quiet --json -");
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_EQ(result.err, "");
    const auto json = nlohmann::json::parse(result.out);
    const auto& runs = json.at("frames").at(0).at("runs");
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_NE(runs[0].at("model").at("label"), runs[1].at("model").at("label")); // told apart
    EXPECT_EQ(runs[0].at("repeats_s").size(), 2U);
}

TEST(Siskin, InterruptStopsTheRunAndLeavesNoHalfWrittenFile) {
    const TemporaryFolder folder;
    const auto result = runSiskin(
        "run demo:street --frame 000000 --model spvcnn:random:1 --device reference --repeat 1000 "
        "--png --out '" +
            folder.path().string() + "'",
        "timeout --preserve-status -s INT 2"
    );
    EXPECT_EQ(result.exitCode, 130);
    EXPECT_THAT(result.err, HasSubstr("siskin: cancelled"));
    EXPECT_TRUE(filesBelow(folder.path()).empty());
}

TEST(Siskin, UnwritableOutputIsAnError) {
    const auto result =
        runSiskin("run demo:street --frame 000000 --model minkunet:random:0.1 --out /proc/nowhere");
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.err, HasSubstr("/proc/nowhere"));
}

} // namespace
} // namespace siskin::test
