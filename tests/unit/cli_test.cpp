// SPDX-License-Identifier: MIT
// Parsing and suggestions of the `siskin` command, without starting it.
#include "app/cli/frame_list.hpp"
#include "app/cli/program.hpp"
#include "app/cli/run_options.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using cli::parseModelArgument;
using cli::parseRunOptions;
using testing::HasSubstr;

/// The line of the `ConfigError` that `action` must throw.
template <typename Action>
std::string usageError(const Action& action) {
    try {
        action();
    } catch (const ConfigError& error) {
        EXPECT_EQ(error.exitCode(), ExitCode::Usage);
        return error.line();
    }
    ADD_FAILURE() << "no ConfigError";
    return {};
}

std::string runError(const std::vector<std::string>& arguments) {
    return usageError([&arguments] { parseRunOptions(arguments); });
}

TEST(Suggest, NearestKnownWord) {
    const std::vector<std::string> known{"minkunet", "spvcnn", "spvnas"};
    EXPECT_EQ(cli::nearestWord("spvcn", known), "spvcnn");
    EXPECT_EQ(cli::nearestWord("MINKUNET", known), "minkunet");
    EXPECT_EQ(cli::nearestWord("resnet50", known), "");
    EXPECT_EQ(cli::nearestWord("", {}), "");
    EXPECT_EQ(cli::didYouMean("spvnsa", known), "did you mean 'spvnas'?");
    EXPECT_EQ(cli::didYouMean("zzzzzzz", known, "see help"), "see help");
}

TEST(ModelArgument, KindWeightsConfig) {
    EXPECT_EQ(parseModelArgument("spvcnn").kind, ModelKind::Spvcnn);
    EXPECT_TRUE(parseModelArgument("spvcnn").weights.empty());
    EXPECT_EQ(parseModelArgument("minkunet:a/b.pt").weights, "a/b.pt");
    const auto spvnas = parseModelArgument("spvnas:init:net.config");
    EXPECT_EQ(spvnas.weights, "init");
    EXPECT_EQ(spvnas.config, std::filesystem::path("net.config"));
}

TEST(ModelArgument, RandomWidth) {
    const auto random = parseModelArgument("minkunet:random:0.5");
    EXPECT_TRUE(random.random);
    EXPECT_DOUBLE_EQ(random.randomWidth, 0.5);
    EXPECT_TRUE(parseModelArgument("minkunet:random").random);
    for (const auto* bad :
         {"spvcnn:random:",
          "spvcnn:random:x",
          "spvcnn:random:0",
          "spvcnn:random:1e9",
          "spvcnn:random:nan"}) {
        EXPECT_THAT(usageError([bad] { parseModelArgument(bad); }), HasSubstr("width")) << bad;
    }
}

TEST(ModelArgument, ColonInAnExistingFileName) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "run:3.pt";
    writeFileAtomically(file, std::string_view("x"));
    const auto argument = parseModelArgument("spvcnn:" + file.string());
    EXPECT_EQ(argument.weights, file);
    EXPECT_FALSE(argument.config);
}

TEST(ModelArgument, PrecisionAfterAnAt) {
    EXPECT_FALSE(parseModelArgument("spvcnn:random:0.5").precision);
    const auto random = parseModelArgument("spvcnn:random:0.5@int8");
    EXPECT_EQ(random.precision, Precision::Int8);
    EXPECT_DOUBLE_EQ(random.randomWidth, 0.5);
    const auto file = parseModelArgument("minkunet:a@b.pt@fp16");
    EXPECT_EQ(file.precision, Precision::Float16);
    EXPECT_EQ(file.weights, "a@b.pt");
    EXPECT_EQ(parseModelArgument("minkunet:a@b.pt").weights, "a@b.pt"); // part of the name
    EXPECT_EQ(parseModelArgument("spvcnn@bf16").precision, Precision::BFloat16);
    EXPECT_EQ(parseModelArgument("spvcnn@tf32").precision, Precision::TensorFloat32);
}

TEST(RunOptions, PrecisionOfAllModels) {
    const auto request = parseRunOptions(
        {"a.bin",
         "--model",
         "spvcnn:random",
         "--model",
         "spvcnn:random@fp32",
         "--precision",
         "int8"}
    );
    EXPECT_EQ(request.precision, Precision::Int8);
    EXPECT_FALSE(request.models[0].precision);
    EXPECT_EQ(request.models[1].precision, Precision::Float32);
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:random", "--precision", "fp8"}),
        HasSubstr("fp32, tf32, fp16, bf16, int8")
    );
}

TEST(ModelArgument, UnknownKindSuggests) {
    EXPECT_THAT(
        usageError([] { parseModelArgument("spvcn:x"); }), HasSubstr("did you mean 'spvcnn'?")
    );
    EXPECT_THAT(usageError([] { parseModelArgument("yolo"); }), HasSubstr("known models"));
    EXPECT_THAT(usageError([] { parseModelArgument("spvcnn:"); }), HasSubstr("no weight file"));
}

TEST(RunOptions, Everything) {
    const auto request = parseRunOptions(
        {"a.bin",    "--model",   "spvcnn",    "--weights", "w.pt",  "--config=c.json",
         "--device", "reference", "--threads", "3",         "b.bin", "--out",
         "o",        "--region",  "FRA",       "--tdp",     "65.5",  "--class-map",
         "x",        "--html",    "h.html",    "--json",    "-",     "--repeat",
         "4",        "--layers",  "--quiet",   "--frame",   "00/1",  "--frame",
         "2"}
    );
    EXPECT_EQ(request.scans, (std::vector<std::string>{"a.bin", "b.bin"}));
    ASSERT_EQ(request.models.size(), 1U);
    EXPECT_EQ(request.models[0].weights, "w.pt");
    EXPECT_EQ(request.models[0].config, std::filesystem::path("c.json"));
    EXPECT_EQ(request.device, "reference");
    EXPECT_EQ(request.threads, 3);
    EXPECT_EQ(request.region, "FRA");
    EXPECT_EQ(request.tdpWatts, 65.5);
    EXPECT_EQ(request.jsonFile, "-");
    EXPECT_EQ(request.repeat, 4);
    EXPECT_TRUE(request.layers && request.quiet && !request.png);
    EXPECT_EQ(request.frames.size(), 2U);
}

TEST(RunOptions, PngWithAndWithoutFile) {
    const std::vector<std::string> model{"--model", "spvcnn:random"};
    const auto parse = [&model](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), model.begin(), model.end());
        return parseRunOptions(arguments);
    };
    EXPECT_TRUE(parse({"a.bin", "--png"}).png);
    EXPECT_EQ(parse({"a.bin", "--png"}).pngFile, "");
    EXPECT_EQ(parse({"a.bin", "--png", "x.png"}).pngFile, "x.png");
    EXPECT_EQ(parse({"a.bin", "--png=y"}).pngFile, "y");
    const auto scanAfter = parse({"--png", "a.bin"});
    EXPECT_EQ(scanAfter.pngFile, "");
    EXPECT_EQ(scanAfter.scans, (std::vector<std::string>{"a.bin"}));
}

TEST(RunOptions, MistakesAreExplained) {
    EXPECT_THAT(runError({"a.bin", "--modle", "x"}), HasSubstr("did you mean '--model'?"));
    EXPECT_THAT(runError({"a.bin", "--mod", "x"}), HasSubstr("unknown option")); // no abbreviations
    EXPECT_THAT(runError({"--model", "spvcnn:random"}), HasSubstr("no scan"));
    EXPECT_THAT(runError({"a.bin"}), HasSubstr("no model"));
    EXPECT_THAT(runError({"a.bin", "--model", "spvcnn"}), HasSubstr("no weights"));
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:a.pt", "--weights", "b.pt"}), HasSubstr("twice")
    );
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:a.pt", "--model", "minkunet", "--weights", "b.pt"}),
        HasSubstr("one --model only")
    );
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:random", "--repeat", "0"}), HasSubstr("--repeat")
    );
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:random", "--repeat", "x"}), HasSubstr("invalid")
    );
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:random", "--threads", "-1"}), HasSubstr("--threads")
    );
    EXPECT_THAT(
        runError({"a.bin", "--model", "spvcnn:random", "--tdp", "nan"}), HasSubstr("--tdp")
    );
    EXPECT_THAT(runError({"a.bin", "--model"}), HasSubstr("missing"));
}

TEST(RunOptions, HelpNeedsNothingElse) {
    EXPECT_TRUE(parseRunOptions({"--help"}).help);
    EXPECT_THAT(cli::runHelp(), HasSubstr("--class-map"));
    EXPECT_THAT(cli::runHelp(), HasSubstr("Examples:"));
}

TEST(FrameList, DemoFramesByIdOrItsEnd) {
    const auto classMap = cli::loadClassMap("semantickitti-spvnas");
    const auto all = cli::listFrames({"demo:street"}, {}, classMap);
    ASSERT_FALSE(all.empty());
    const auto id = all.front().info().id;
    const auto one = cli::listFrames({"demo:street"}, {id}, classMap);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(
        cli::listFrames({"demo:street"}, {id.substr(id.rfind('/') + 1)}, classMap).size(), 1U
    );
    EXPECT_THAT(
        usageError([&] { cli::listFrames({"demo:street"}, {id + "9"}, classMap); }),
        HasSubstr("did you mean")
    );
}

TEST(FrameList, UnknownPathsAndClassMaps) {
    const auto classMap = cli::loadClassMap("semantickitti-official");
    EXPECT_EQ(classMap->name(), "semantickitti-official");
    EXPECT_THROW(cli::listFrames({"/no/such/scan.bin"}, {}, classMap), DatasetError);
    EXPECT_THAT(
        usageError([] { cli::loadClassMap("semantickitti-spvnsa"); }),
        HasSubstr("did you mean 'semantickitti-spvnas'?")
    );
}

/// Standard output of a command, which must succeed.
std::string outputOf(const std::vector<std::string>& arguments) {
    testing::internal::CaptureStdout();
    const int exitCode = cli::runProgram(arguments, {});
    std::fflush(stdout);
    EXPECT_EQ(exitCode, 0);
    return testing::internal::GetCapturedStdout();
}

TEST(Program, RegionsCanBeFiltered) {
    const auto text = outputOf({"regions", "franc"});
    EXPECT_THAT(text, HasSubstr("FRA"));
    EXPECT_THAT(text, testing::Not(HasSubstr("DEU")));
}

TEST(Program, InfoDescribesTheDemo) {
    EXPECT_THAT(outputOf({"info", "demo:street"}), HasSubstr("street/000000"));
}

TEST(Program, InfoListsTheSplits) {
    const TemporaryFolder folder;
    for (const char* scan : {"03/velodyne/000000.bin", "08/velodyne/000000.bin"}) {
        const auto file = folder.path() / "sequences" / scan;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << std::string(32, '\0');
    }
    const auto text = outputOf({"info", folder.path().string()});
    EXPECT_THAT(text, HasSubstr("SemanticKITTI, 2 frames\n  split train: 1 frame, 0 with labels"));
    EXPECT_THAT(text, HasSubstr("  split val: 1 frame, 0 with labels\n  sequence 03: 1 frame,"));
}

TEST(Program, InfoSaysWhatAFolderLacks) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "sequences/00/velodyne");
    testing::internal::CaptureStdout();
    EXPECT_THROW(cli::runProgram({"info", folder.path().string()}, {}), DatasetError);
    const auto text = testing::internal::GetCapturedStdout();
    EXPECT_THAT(text, HasSubstr("  looks like  SemanticKITTI\n"));
    EXPECT_THAT(text, HasSubstr("  missing     velodyne/*.bin in 0 of 1 sequences"));
    EXPECT_THAT(text, HasSubstr("  advice      unpack the scans"));
}

struct Mistake {
    std::vector<std::string> arguments;
    ExitCode exitCode;
    std::string says;
};

class ProgramMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(ProgramMistakes, AreExplained) {
    const auto& mistake = GetParam();
    try {
        cli::runProgram(mistake.arguments, {});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.exitCode(), mistake.exitCode) << error.line();
        EXPECT_THAT(error.line(), HasSubstr(mistake.says));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Commands,
    ProgramMistakes,
    testing::Values(
        Mistake{{}, ExitCode::Usage, "no command"},
        Mistake{{"rnu"}, ExitCode::Usage, "did you mean 'run'?"},
        Mistake{{"info"}, ExitCode::Usage, "nothing to describe"},
        Mistake{{"info", "--wat"}, ExitCode::Usage, "unknown option"},
        Mistake{{"info", "/no/such.bin"}, ExitCode::BadData, "/no/such.bin"},
        Mistake{{"regions", "no-such-place"}, ExitCode::Usage, "no region"},
        Mistake{{"regions", "a", "b"}, ExitCode::Usage, "one filter"},
        Mistake{{"run", "demo:street", "--preset", "pvcnn"}, ExitCode::Usage, "pvcnn-paper"},
        Mistake{
            {"run", "demo:street", "--preset", "pvcnn-paper", "--model", "pvcnn:random"},
            ExitCode::Usage,
            "brings its own networks"},
        Mistake{
            {"run", "demo:rooms", "--preset", "pvcnn-paper", "--precision", "int8"},
            ExitCode::Usage,
            "--precision does not go with --preset"},
        Mistake{
            {"run", "demo:rooms", "--preset", "pvcnn-paper", "--weights", "a.pt"},
            ExitCode::Usage,
            "--weights-folder"},
        Mistake{
            {"run", "demo:street", "--model", "pvcnn:random", "--weights-folder", "x"},
            ExitCode::Usage,
            "--preset"},
        Mistake{
            {"run", "demo:street", "--quiet", "--preset", "pvcnn-paper", "--frame", "000000"},
            ExitCode::Usage,
            "label shapes and rooms"},
        Mistake{
            {"run", "a.ply", "--model", "pvcnn:random", "--category", "chairs"},
            ExitCode::Usage,
            "did you mean 'chair'?"},
        Mistake{
            {"run", "demo:shapes", "--model", "pvcnn:random", "--votes", "0"},
            ExitCode::Usage,
            "--votes 0"},
        Mistake{
            {"run", "demo:street", "--quiet", "--model", "pvcnn:random"},
            ExitCode::Usage,
            "are of LiDAR scenes"},
        Mistake{
            {"run", "demo:shapes", "--quiet", "--model", "pvcnn:random@int8"},
            ExitCode::Usage,
            "fp32"},
        Mistake{
            {"run", "demo:street", "--model", "spvcnn:random", "--region", "FRX"},
            ExitCode::Usage,
            "nearest"},
        Mistake{
            {"run", "demo:street", "--model", "spvcnn:random", "--png", "one.png"},
            ExitCode::Usage,
            "choose one frame"},
        Mistake{
            {"run", "demo:street", "--model", "spvcnn:random", "--device", "cpus"},
            ExitCode::DeviceUnavailable,
            "did you mean 'cpu'?"},
        Mistake{
            {"run", "demo:street", "--model", "spvcnn:random", "--device", "cuda:0"},
            ExitCode::DeviceUnavailable,
            "cuda:0"},
        Mistake{
            {"run", "demo:street", "--quiet", "--model", "spvcnn:/no/such.pt"},
            ExitCode::BadData,
            "/no/such.pt"}
    )
);

} // namespace
} // namespace siskin::test
