// SPDX-License-Identifier: MIT
// Made-up streets on disk, as the ordinary reader of SemanticKITTI reads them.
#include "core/base/parallel.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/synthetic/street/semantickitti_writer.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <cstring>
#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

void ignoreProgress(std::size_t, std::size_t) {}

StreetSetPlan planOf(std::size_t frames, std::size_t framesPerDrive, StreetSplit split) {
    StreetSetPlan plan;
    plan.frames = frames;
    plan.framesPerDrive = framesPerDrive;
    plan.seed = 77;
    plan.split = split;
    return plan;
}

struct StreetFiles : testing::Test {
    fs::path write(const std::string& name, const StreetSetPlan& plan) const {
        OutputFolder output(folder.path() / name);
        writeSemanticKittiStreet(plan, output, {}, ignoreProgress);
        output.finish();
        return folder.path() / name;
    }

    TemporaryFolder folder;
};

TEST_F(StreetFiles, ReadBackAsTheyWereMade) {
    const StreetSetPlan plan = planOf(3, 2, StreetSplit::Val);
    const auto root = write("val", plan);
    const SemanticKittiReader reader(root, loadMap("spvnas"));
    EXPECT_THAT(reader.warnings(), IsEmpty());
    ASSERT_EQ(reader.frames().size(), 3U);
    std::array<double, 16> firstPose{};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(reader.frames()[i].id, "08/00000" + std::to_string(i));
        const StreetDrive drive(plan.seedOf(i / 2), 2, plan.strideSeconds);
        const StreetFrame made = drive.frame(i % 2, hdl64());
        const auto scan = reader.read(i);
        EXPECT_THAT(scan->warnings, IsEmpty());
        EXPECT_EQ(scan->positions, made.positions);
        EXPECT_EQ(scan->field("intensity")->values, made.intensity);
        EXPECT_EQ(scan->groundTruth->rawIds, made.rawIds);
        ASSERT_TRUE(scan->pose);
        if (i == 0) {
            firstPose = made.pose;
        }
        if (i < 2) { // poses count from the first frame of the sequence
            const double dx = made.pose[3] - firstPose[3];
            const double dy = made.pose[7] - firstPose[7];
            const auto& pose = *scan->pose;
            EXPECT_NEAR(std::hypot(pose[3], pose[7]), std::hypot(dx, dy), 1e-2);
            EXPECT_NEAR(pose[3], firstPose[0] * dx + firstPose[4] * dy, 0.5);
        }
    }
    EXPECT_GT(std::abs((*reader.read(2)->pose)[3]) + std::abs((*reader.read(2)->pose)[7]), 500.0)
        << "another street lies elsewhere";
    EXPECT_EQ(
        readTextFile(root / "sequences/08/times.txt").substr(0, 26), "0.000000e+00\n1.500000e+00\n"
    );
}

TEST_F(StreetFiles, LabelsCarryInstances) {
    const StreetSetPlan plan = planOf(1, 1, StreetSplit::Val);
    const auto root = write("val", plan);
    const auto bytes = readFile(root / "sequences/08/labels/000000.label");
    const StreetFrame made = StreetDrive(plan.seedOf(0), 1, plan.strideSeconds).frame(0, hdl64());
    ASSERT_EQ(bytes.size(), 4 * made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
        std::uint32_t label = 0;
        std::memcpy(&label, bytes.data() + 4 * i, 4);
        ASSERT_EQ(label & 0xFFFFU, made.rawIds[i]);
        ASSERT_EQ(label >> 16U, made.instances[i]);
    }
}

TEST_F(StreetFiles, SameBytesOnAnyNumberOfThreads) {
    const StreetSetPlan many = planOf(4, 1, StreetSplit::Train); // drives side by side
    const StreetSetPlan one = planOf(2, 2, StreetSplit::Test);   // frames side by side
    setThreadCount(1);
    const auto manyFiles = contentOf(write("many1", many));
    const auto oneFiles = contentOf(write("one1", one));
    EXPECT_EQ(manyFiles.size(), 4U * 5U);
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        const auto suffix = std::to_string(threads);
        EXPECT_TRUE(contentOf(write("many" + suffix, many)) == manyFiles) << threads;
        EXPECT_TRUE(contentOf(write("one" + suffix, one)) == oneFiles) << threads;
    }
    setThreadCount(0);
}

TEST_F(StreetFiles, OtherSeedsAndSplitsAreOtherScenes) {
    StreetSetPlan plan = planOf(1, 1, StreetSplit::Train);
    const auto scan = [](const fs::path& root, const char* sequence) {
        return readFile(root / "sequences" / sequence / "velodyne/000000.bin");
    };
    const auto train = scan(write("train", plan), "00");
    plan.seed = 78;
    EXPECT_FALSE(scan(write("seed", plan), "00") == train);
    plan.seed = 77;
    plan.split = StreetSplit::Test;
    EXPECT_FALSE(scan(write("test", plan), "11") == train);
}

TEST_F(StreetFiles, AllNineteenClassesInPlausibleShares) {
    const auto map = loadMap("spvnas");
    const auto root = write("train", planOf(10, 2, StreetSplit::Train));
    const SemanticKittiReader reader(root, map);
    std::vector<double> counts(map->size(), 0.0);
    double all = 0.0;
    for (std::size_t i = 0; i < reader.frames().size(); ++i) {
        const auto scan = reader.read(i);
        for (const ClassId id : scan->groundTruth->classIds) {
            all += 1.0;
            if (id != kIgnored) {
                counts[id] += 1.0;
            }
        }
    }
    EXPECT_NEAR(all / 10.0, 110'000.0, 20'000.0);
    for (std::size_t id = 0; id < counts.size(); ++id) {
        const double share = counts[id] / all;
        EXPECT_GT(share, 0.001) << map->classes()[id].name;
        EXPECT_LT(share, 0.4) << map->classes()[id].name;
    }
}

TEST_F(StreetFiles, InterruptLeavesNothing) {
    std::stop_source stop;
    const auto interrupted = [&] {
        OutputFolder output(folder.path() / "set");
        const auto stopAfterOne = [&](std::size_t, std::size_t) { stop.request_stop(); };
        writeSemanticKittiStreet(
            planOf(50, 1, StreetSplit::Train), output, stop.get_token(), stopAfterOne
        );
        output.finish();
    };
    EXPECT_THROW(interrupted(), Cancelled);
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

} // namespace
} // namespace siskin::test
