// SPDX-License-Identifier: MIT
// `siskin make-dataset track` and `siskin cones` from outside.
#include "tests/unit/cli_test.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <map>

namespace siskin::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Cones : testing::Test {
    std::string path(const char* name) const { return "'" + (folder.path() / name).string() + "'"; }

    void makeTrack() const {
        const auto made = runSiskin(
            "make-dataset track --frames 2 --frames-per-track 2 --beams 32 --quiet --out " +
            path("track")
        );
        ASSERT_EQ(made.exitCode, 0) << made.err;
    }

    TemporaryFolder folder;
};

TEST_F(Cones, MistakesGiveOneLine) {
    const std::map<std::string, std::string> lines = {
        {"make-dataset track", "--out DIR"},
        {"make-dataset track --out x --beams 16", "a LiDAR of 16 beams is unknown"},
        {"make-dataset track --out x --frames 0", "--frames 0 is impossible"},
        {"make-dataset track --out x --beam 64", "did you mean '--beams'?"},
        {"cones", "takes one data set"},
        {"cones a b", "takes one data set"},
        {"cones a", "no --model"},
        {"cones a --model pointnt", "did you mean 'pointnet'?"},
        {"cones a --model pvcnn", "which weights?"},
        {"cones a --model demo:cones-pvcn", "no network 'demo:cones-pvcn'"},
        {"cones a --model pvcnn:random --threads 0", "impossible"},
        {"cones a --model pvcnn:random --outt b", "did you mean '--out'?"}};
    for (const auto& [arguments, message] : lines) {
        const auto result = runSiskin(arguments);
        EXPECT_EQ(result.exitCode, 2) << arguments;
        EXPECT_THAT(result.err, HasSubstr(message)) << arguments;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    }
    const auto absent = runSiskin("cones absent --model pvcnn:random --quiet");
    EXPECT_EQ(absent.exitCode, 3);
    EXPECT_THAT(runSiskin("cones --help").out, HasSubstr("Examples:"));
    EXPECT_THAT(runSiskin("make-dataset track --help").out, HasSubstr("--frames-per-track"));
}

TEST_F(Cones, UntrainedNetworksAreScoredAndSayThatTheyAreUntrained) {
    makeTrack();
    EXPECT_THAT(
        runSiskin("info " + path("track")).out, HasSubstr("race track, 32 beams, 2 frames")
    );
    const auto result = runSiskin(
        "cones " + path("track") +
        " --model pvcnn:random --model pointnet:random --model voxelcnn:random --quiet --out " +
        path("out")
    );
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("random weights, its answers mean nothing"));
    EXPECT_THAT(result.out, HasSubstr("talk slide only, not confirmed"));
    const auto report = nlohmann::json::parse(readTextFile(folder.path() / "out/report.json"));
    EXPECT_EQ(report["schema"], "siskin.cones");
    ASSERT_EQ(report["models"].size(), 3U);
    EXPECT_EQ(report["labelled_frames"], 2);
    EXPECT_EQ(report["published"].size(), 6U);
    std::size_t objects = 0;
    for (const auto& frame : report["frames"]) {
        objects += frame["objects"].get<std::size_t>();
    }
    for (const auto& model : report["models"]) {
        std::size_t counted = 0;
        for (const auto& bin : model["by_range"]) {
            counted += bin["objects"].get<std::size_t>();
        }
        EXPECT_LE(counted, objects);
        EXPECT_GT(counted, 0U);
    }
    EXPECT_THAT(readTextFile(folder.path() / "out/report.html"), HasSubstr("data:image/png"));
    EXPECT_THAT(
        readTextFile(folder.path() / "out/cones.csv"),
        StartsWith("frame,model,x,y,z,colour,confidence\n")
    );
    const auto lines = readTextFile(folder.path() / "out/cones.jsonl");
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 6) << "a line per frame and model";
}

TEST_F(Cones, TrainedWeightsSayWhatTheyAre) {
    makeTrack();
    const auto trained = runSiskin(
        "train --model cone-pointnet --steps 3 --batch 8 --store fp16 --quiet --data " +
        path("track") + " --val " + path("track") + " --out " + path("run")
    );
    ASSERT_EQ(trained.exitCode, 0) << trained.err;
    EXPECT_THAT(trained.out, HasSubstr("big orange cone"));
    const auto weights = path("run/best.safetensors");
    const auto result =
        runSiskin("cones " + path("track") + " --frame 000001 --quiet --model " + weights);
    EXPECT_EQ(result.exitCode, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("PointNet 60k"));
    EXPECT_THAT(result.out, testing::Not(HasSubstr("mean nothing")));
    const auto other = runSiskin(
        "cones " + path("track") + " --quiet --model pvcnn:" + path("run/best.safetensors")
    );
    EXPECT_EQ(other.exitCode, 2);
    EXPECT_THAT(other.err, HasSubstr("holds a PointNet, not a PVCNN"));
    EXPECT_EQ(runSiskin("train --model cone-pvcnn --width 0.5 --data x --out y").exitCode, 2);
    const auto street =
        runSiskin("train --model cone-pvcnn --quiet --data demo:street --out " + path("street"));
    EXPECT_NE(street.exitCode, 0);
}

TEST_F(Cones, OtherScansAndBrokenWeights) {
    const std::vector<float> flat{1, 2, -1, 0.5F, 3, 1, -1, 0.5F, -4, 2, -1, 0.5F};
    writeBinary(folder.path() / "velodyne/000000.bin", flat);
    const auto bare = runSiskin(
        "cones " + path("velodyne/000000.bin") + " --model pvcnn:random --quiet --out " +
        path("out")
    );
    EXPECT_EQ(bare.exitCode, 0) << bare.err;
    EXPECT_THAT(bare.out, HasSubstr("0 objects in 1 frames, 0 with known cones"));
    writeBinary(folder.path() / "velodyne/000001.bin", std::vector<float>{1, 2, -1, 200});
    const auto bytes =
        runSiskin("cones " + path("velodyne/000001.bin") + " --model pvcnn:random --quiet");
    EXPECT_EQ(bytes.exitCode, 3);
    EXPECT_THAT(bytes.err, HasSubstr("not between 0 and 1"));
    writeText(folder.path() / "bad.safetensors", "nothing");
    const auto bad = runSiskin(
        "cones " + path("velodyne/000000.bin") + " --quiet --model " + path("bad.safetensors")
    );
    EXPECT_EQ(bad.exitCode, 3);
    EXPECT_THAT(bad.err, HasSubstr("bad.safetensors"));
}

} // namespace
} // namespace siskin::test
