// SPDX-License-Identifier: MIT
// `siskin train` from outside, and its command line.
#include "app/cli/train_command.hpp"
#include "app/cli/train_options.hpp"
#include "tests/unit/cli_test.hpp"
#include "tests/unit/train_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using cli::parseTrainOptions;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kEnough{"--data", "street", "--out", "x"};

std::vector<std::string> with(std::vector<std::string> more) {
    auto all = kEnough;
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

TEST(TrainOptions, HaveUsefulDefaults) {
    const auto request = parseTrainOptions(kEnough);
    ASSERT_EQ(request.data.size(), 1U);
    EXPECT_EQ(request.data[0].path, "street");
    EXPECT_EQ(request.data[0].share, 0.0);
    EXPECT_EQ(request.model, ModelKind::Spvcnn);
    EXPECT_EQ(request.voxelSize, 0.1);
    EXPECT_EQ(request.steps, 0);
    EXPECT_EQ(request.arguments, kEnough);
    EXPECT_FALSE(request.resume);
    EXPECT_EQ(request.batch, 2);
    EXPECT_EQ(parseTrainOptions(with({"--model", "pvcnn"})).batch, 16);
}

TEST(TrainOptions, DataMayHaveShares) {
    const auto request = parseTrainOptions(
        {"--data",
         "a*2.5",
         "--data=b*c",
         "--data",
         "d*1",
         "--out",
         "x",
         "--seed",
         "18446744073709551615"}
    );
    ASSERT_EQ(request.data.size(), 3U);
    EXPECT_EQ(request.data[0].path, "a");
    EXPECT_EQ(request.data[0].share, 2.5);
    EXPECT_EQ(request.data[1].path, "b*c"); // not a number: part of the name
    EXPECT_EQ(request.data[1].share, 0.0);
    EXPECT_EQ(request.data[2].share, 1.0);
    EXPECT_EQ(request.seed, UINT64_MAX);
}

TEST(TrainOptions, MistakesAreExplained) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
        {{}, "no data"},
        {{"--data", "a"}, "no folder"},
        {with({"--epoch", "3"}), "did you mean '--epochs'"},
        {with({"--epochs", "0"}), "--epochs 0 is impossible"},
        {with({"--epochs", "nan"}), "--epochs"},
        {with({"--steps", "0"}), "--steps 0"},
        {with({"--steps", "5", "--epochs", "2"}), "twice"},
        {with({"--batch", "0"}), "--batch 0"},
        {with({"--lr", "-1"}), "--lr"},
        {with({"--lr", "fast"}), "--lr"},
        {with({"--voxel-size", "0"}), "--voxel-size"},
        {with({"--average", "1"}), "--average 1"},
        {with({"--optimiser", "adam"}), "known: adamw, sgd"},
        {with({"--store", "int8"}), "known: fp32, fp16"},
        {with({"--model", "spvnn"}), "unknown model"},
        {with({"--model", "pvcn"}), "did you mean 'pvcnn'?"},
        {with({"--model", "cone-pvcn"}), "did you mean 'cone-pvcnn'?"},
        {with({"--model", "con-pointnet"}), "did you mean 'cone-pointnet'?"},
        {with({"--model", "cone-pvcnn", "--config", "c"}), "does not belong to networks for cones"},
        {with({"--model", "cone-pvcnn", "--class-weights", "log"}), "choose none or sqrt"},
        {with({"--threads", "0"}), "--threads 0 is impossible"},
        {with({"--model", "spvnas"}), "needs its architecture"},
        {with({"--model", "spvnas", "--config", "c", "--width", "0.5"}), "--width does not belong"},
        {with({"--config", "c"}), "--config does not belong to SPVCNN"},
        {with({"--width", "9"}), "--width 9"},
        {with({"--points", "9"}), "--points does not belong to SPVCNN"},
        {with({"--model", "pvcnn", "--voxel-size", "1"}), "--voxel-size does not belong to PVCNN"},
        {with({"--model", "pvcnn", "--points", "-1"}), "--points -1"},
        {with({"stray"}), "siskin train --help"},
        {{"--resume", "x", "--lr", "0.1"}, "not --lr"},
        {{"--data", "a*0", "--out", "x"}, "share"},
        {{"--data", "*2", "--out", "x"}, "names no folder"}};
    for (const auto& [arguments, words] : mistakes) {
        EXPECT_THAT(errorOf([&] { parseTrainOptions(arguments); }), HasSubstr(words)) << words;
    }
}

TEST(TrainOptions, ResumeTakesNothingButItsFolder) {
    const auto request = parseTrainOptions({"--resume", "x", "--threads", "2", "--quiet"});
    EXPECT_TRUE(request.resume);
    EXPECT_EQ(request.out, "x");
    EXPECT_EQ(request.threads, 2);
    EXPECT_TRUE(request.quiet);
}

class TrainCommand : public testing::Test {
  protected:
    void SetUp() override { writeSmallKitti(at("data"), 4); }

    std::string at(const std::string& name) const { return (folder_.path() / name).string(); }

    /// A training that takes about a second.
    std::string quick(const std::string& out) const {
        return fmt::format(
            "train --data '{0}' --val '{0}' --width 0.07 --max-voxels 300 --voxel-size 0.2 "
            "--epochs 3 --out '{1}'",
            at("data"),
            at(out)
        );
    }

    nlohmann::json record(const std::string& out) const {
        return nlohmann::json::parse(readTextFile(at(out) + "/train.json"));
    }

    TemporaryFolder folder_;
};

TEST_F(TrainCommand, WritesWeightsThatRunAsTheyAre) {
    const auto result = runSiskin(quick("net"));
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("building"));
    EXPECT_THAT(result.out, HasSubstr("6 steps"));
    EXPECT_THAT(result.err, HasSubstr("weight"));
    EXPECT_THAT(result.err, HasSubstr("val mIoU"));
    for (const char* file : {"best.safetensors", "last.safetensors", "log.csv", "state.pt"}) {
        EXPECT_TRUE(std::filesystem::exists(at("net/") + file)) << file;
    }
    const auto json = record("net");
    EXPECT_EQ(json["finished"]["step"], 6);
    EXPECT_EQ(json["data"]["training"][0]["frames"], 4);
    EXPECT_GT(json["best"]["scores"]["miou"], 0.0);

    const auto weights = at("net/best.safetensors");
    const auto info = runSiskin("info '" + weights + "'");
    EXPECT_THAT(info.out, HasSubstr("voxels      0.2 m"));
    EXPECT_THAT(info.out, HasSubstr("trained on  data, 4 frames ("));
    EXPECT_THAT(info.out, Not(HasSubstr(at("data")))); // no path of this machine
    const auto run = runSiskin(fmt::format(
        "run '{}/sequences/00/velodyne/000000.bin' --model 'spvcnn:{}'", at("data"), weights
    ));
    EXPECT_EQ(run.exitCode, 0) << run.err;
    const auto wrong = runSiskin(fmt::format("run demo:street --model 'minkunet:{}'", weights));
    EXPECT_EQ(wrong.exitCode, 2);
    EXPECT_THAT(wrong.err, HasSubstr("holds a SPVCNN"));
}

TEST_F(TrainCommand, AnInterruptSavesAndResumeGoesOn) {
    ASSERT_EQ(runSiskin(quick("whole")).exitCode, 0);
    // Ctrl-C once the training runs: log.csv or state.pt appear after the first epoch.
    const auto script = fmt::format(
        "sh -c '\"$0\" \"$@\" & p=$!; while [ ! -e \"{}\" ] && kill -0 $p; do sleep 0.05; done; "
        "kill -INT $p; wait $p'",
        at("stopped/state.pt")
    );
    const auto stopped = runSiskin(quick("stopped") + " --log-every 1", script);
    EXPECT_EQ(stopped.exitCode, 130) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("siskin train --resume " + at("stopped")));
    const auto resumed = runSiskin("train --resume '" + at("stopped") + "'");
    EXPECT_EQ(resumed.exitCode, 0) << resumed.err;
    EXPECT_EQ(
        readTextFile(at("stopped/last.safetensors")), readTextFile(at("whole/last.safetensors"))
    );
    writeSmallFrame(folder_.path() / "data/sequences/00", 1, 77);
    const auto changed = runSiskin("train --resume '" + at("stopped") + "'");
    EXPECT_EQ(changed.exitCode, 2);
    EXPECT_THAT(changed.err, HasSubstr("the data have changed"));
}

TEST_F(TrainCommand, AnInterruptWhilePreparingOffersNothingToResume) {
    std::stop_source stopped;
    stopped.request_stop();
    const auto lines = [&](const std::vector<std::string>& arguments) {
        testing::internal::CaptureStderr();
        EXPECT_THROW(cli::trainCommand(arguments, stopped.get_token()), Cancelled);
        return testing::internal::GetCapturedStderr();
    };
    const auto begun = lines({"--data", at("data"), "--out", at("new"), "--quiet"});
    EXPECT_THAT(begun, Not(HasSubstr("--resume")));
    EXPECT_FALSE(std::filesystem::exists(at("new")));
    ASSERT_EQ(runSiskin(quick("net")).exitCode, 0);
    EXPECT_THAT(
        lines({"--resume", at("net"), "--quiet"}), HasSubstr("siskin train --resume " + at("net"))
    );
}

TEST_F(TrainCommand, RefusesWhatCannotWorkBeforeItStarts) {
    std::filesystem::create_directories(at("full"));
    std::ofstream(at("full/thesis.txt")) << "text";
    const std::string data = fmt::format("train --data '{}' ", at("data"));
    const std::vector<std::tuple<std::string, int, std::string>> commands{
        {data + "--out '" + at("full") + "'", 2, "not an empty folder"},
        {"train --resume '" + at("full") + "'", 2, "no train.json"},
        {data + "--out x --device cuda", 4, "'cuda' is not available"},
        {data + "--out x --class-map nuscenes-lidarseg", 3, "no point"},
        {data + "--out x --augment spin", 2, "spin"},
        {data + "--out x --class-weights rare", 3, "rare"},
        {data + "--out /proc/none/x --steps 1 --width 0.07", 3, "/proc/none/x"},
        {data + "--out x --voxel-size 0.08", 2, "0.08"},
        {data + "--out x --init none.safetensors", 3, "none.safetensors"},
        {"train --data '" + at("full") + "' --out x", 3, at("full")},
        {"train --data /no/such/folder --out x", 3, "/no/such/folder"}};
    for (const auto& [command, exitCode, words] : commands) {
        const auto result = runSiskin(command, "cd '" + folder_.path().string() + "' &&");
        EXPECT_EQ(result.exitCode, exitCode) << command << "\n" << result.err;
        EXPECT_THAT(result.err, HasSubstr(words)) << command;
        EXPECT_FALSE(std::filesystem::exists(at("x/best.safetensors"))) << command;
        std::filesystem::remove_all(at("x"));
    }
    ASSERT_EQ(runSiskin(quick("net") + " --steps 1").exitCode, 2);
    ASSERT_EQ(runSiskin(quick("net")).exitCode, 0);
    EXPECT_THAT(runSiskin(quick("net")).err, HasSubstr("--resume"));
    const auto help = runSiskin("train --help");
    EXPECT_EQ(help.exitCode, 0);
    EXPECT_THAT(help.out, HasSubstr("Examples:"));
}

} // namespace
} // namespace siskin::test
