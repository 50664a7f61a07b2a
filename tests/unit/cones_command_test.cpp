// SPDX-License-Identifier: MIT
// `siskin make-dataset track` and `siskin cones` from outside.
#include "tests/unit/cli_test.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
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

/// One frame: flat ground 0.9 m below the sensor, a blue cone at (5, 0) and a yellow one at (7, 1).
void writeSmallTrack(const std::filesystem::path& root) {
    std::vector<float> points;
    std::vector<std::uint32_t> labels;
    const auto add = [&](float x, float y, float up, std::uint32_t label) {
        points.insert(points.end(), {x, y, up - 0.9F, 0.5F});
        labels.push_back(label);
    };
    for (int i = 0; i < 60; ++i) {
        for (int k = 0; k < 60; ++k) {
            constexpr std::uint32_t kGround = 5;
            add(0.25F * static_cast<float>(i), 0.25F * static_cast<float>(k - 30), 0.0F, kGround);
        }
    }
    for (int i = 0; i < 30; ++i) { // rings that become narrower
        const float angle = 0.7F * static_cast<float>(i);
        const float up = 0.1F + 0.006F * static_cast<float>(i);
        const float x = (0.11F - 0.4F * up + 0.04F) * std::cos(angle);
        const float y = (0.11F - 0.4F * up + 0.04F) * std::sin(angle);
        add(5.0F + x, y, up, 1U | 7U << 16U);
        add(7.0F + x, 1.0F + y, up, 2U | 8U << 16U);
    }
    writeBinary(root / "velodyne/000000.bin", points);
    writeBinary(root / "labels/000000.label", labels);
    writeText(root / "cones/000000.txt", "7 blue 5 0 -0.9 30\n8 yellow 7 1 -0.9 30\n");
    writeText(root / "track.json", R"({"format":"siskin-track-1","beams":32,"framesPerTrack":1})");
}

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
        {"cones a --model pvcnn:random --threads 100000000", "give 1 to 1024"},
        {"cones a --model pvcnn:random@int8", "computes in fp32"},
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
    EXPECT_EQ(street.exitCode, 2);
    EXPECT_THAT(street.err, HasSubstr("demo:street: not a race track with cones"));
}

/// Weights of a PointNet for cones that call every object a blue cone with its foot below the
/// middle of its points.
void alwaysBlue(const std::filesystem::path& weights) {
    auto file = readTextFile(weights);
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof(length));
    const auto header = nlohmann::json::parse(file.substr(8, length));
    for (const char* name :
         {"classifier.weight", "classifier.bias", "centre.weight", "centre.bias"}) {
        const auto& place = header.at(name).at("data_offsets");
        const auto begin = place[0].get<std::size_t>();
        std::memset(file.data() + 8 + length + begin, 0, place[1].get<std::size_t>() - begin);
    }
    const float sure = 9.0F;
    const auto blue = header.at("classifier.bias").at("data_offsets")[0].get<std::size_t>();
    std::memcpy(file.data() + 8 + length + blue, &sure, sizeof(sure));
    writeText(weights, file);
}

TEST_F(Cones, ScoresAreThoseOfWhatTheNetworkSaid) {
    writeSmallTrack(folder.path() / "small");
    const auto small = path("small");
    const auto trained = runSiskin(
        "train --model cone-pointnet --steps 1 --batch 2 --quiet --data " + small + " --out " +
        path("run")
    );
    ASSERT_EQ(trained.exitCode, 0) << trained.err;
    alwaysBlue(folder.path() / "run/last.safetensors");
    const auto result = runSiskin(
        "cones " + small + " --quiet --model " + path("run/last.safetensors") + " --out " +
        path("out")
    );
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("2 objects in 1 frame, 1 with known cones"));
    const auto report = nlohmann::json::parse(readTextFile(folder.path() / "out/report.json"));
    const auto& model = report["models"][0];
    EXPECT_EQ(model["detections"], 2);
    EXPECT_EQ(model["accuracy"], 0.5);
    EXPECT_EQ(model["recall"], 1.0);
    EXPECT_EQ(model["colour_accuracy"], 0.5);
    EXPECT_EQ(model["false_cones_per_frame"], 0.0);
    EXPECT_LT(model["centre_error_m"], 0.05);
    EXPECT_EQ(model["by_range"][2]["right"], 1) << "the blue one, at 5 m";
    EXPECT_EQ(model["by_range"][3]["right"], 0) << "the yellow one, at 7 m";
    EXPECT_EQ(report["cones_with_one_point"], 0);
    EXPECT_TRUE(report["complete"].get<bool>());
}

TEST_F(Cones, TheFolderForResultsIsCheckedFirst) {
    writeSmallTrack(folder.path() / "small");
    const auto result = runSiskin(
        "cones " + path("small") + " --quiet --model absent.pt --out " + path("small/track.json")
    );
    EXPECT_EQ(result.exitCode, 3);
    EXPECT_THAT(result.err, HasSubstr("track.json: cannot write there"));
    EXPECT_EQ(result.out, "");
}

TEST_F(Cones, OtherScansAndBrokenWeights) {
    const std::vector<float> flat{1, 2, -1, 0.5F, 3, 1, -1, 0.5F, -4, 2, -1, 0.5F};
    writeBinary(folder.path() / "velodyne/000000.bin", flat);
    const auto bare = runSiskin(
        "cones " + path("velodyne/000000.bin") + " --model pvcnn:random --quiet --out " +
        path("out")
    );
    EXPECT_EQ(bare.exitCode, 0) << bare.err;
    EXPECT_THAT(bare.out, HasSubstr("0 objects in 1 frame, 0 with known cones"));
    writeBinary(folder.path() / "velodyne/000001.bin", std::vector<float>{1, 2, -1, 200});
    const auto bytes =
        runSiskin("cones " + path("velodyne/000001.bin") + " --model pvcnn:random --quiet");
    EXPECT_EQ(bytes.exitCode, 3);
    EXPECT_THAT(bytes.err, HasSubstr("not between 0 and 1"));
    writeText(
        folder.path() / "a.pcd",
        "VERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH 3\n"
        "HEIGHT 1\nPOINTS 3\nDATA ascii\n1 2 -1 0.5\nnan nan nan 0\n3 1 -1 0.5\n"
    );
    const auto noReturn = runSiskin("cones " + path("a.pcd") + " --model pvcnn:random --quiet");
    EXPECT_EQ(noReturn.exitCode, 0) << noReturn.err;
    EXPECT_THAT(noReturn.err, HasSubstr("siskin: warning: "));
    writeText(folder.path() / "bad.safetensors", "nothing");
    const auto bad = runSiskin(
        "cones " + path("velodyne/000000.bin") + " --quiet --model " + path("bad.safetensors")
    );
    EXPECT_EQ(bad.exitCode, 3);
    EXPECT_THAT(bad.err, HasSubstr("bad.safetensors"));
}

} // namespace
} // namespace siskin::test
