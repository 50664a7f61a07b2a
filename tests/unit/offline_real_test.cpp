// SPDX-License-Identifier: MIT
// Ground truth of real scans, written as predictions and read back as a model, scores 100 %.
#include "core/base/file.hpp"
#include "core/eval/confusion.hpp"
#include "core/run/offline_model.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/submission_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;

fs::path dataRoot() {
    return sharedRoot() / "data";
}

/// IoU over the classes that occur, as a benchmark scores the file that `model` reads.
IouScores scoresOf(const OfflineModel& model, const Scan& scan, const ClassMap& map) {
    Confusion confusion(map.size());
    confusion.add(map.classesOf(scan.groundTruth->rawIds), model.run(scan).prediction.classIds);
    EXPECT_GT(confusion.scoredPoints(), 1000);
    return intersectionOverUnion(confusion, AbsentClass::SkippedIfEmpty);
}

void expectPerfect(const OfflineModel& model, const Scan& scan, const ClassMap& map) {
    const auto scores = scoresOf(model, scan, map);
    EXPECT_DOUBLE_EQ(scores.mean, 1.0) << scan.id;
    EXPECT_DOUBLE_EQ(scores.accuracy, 1.0) << scan.id;
}

TEST(OfflineReal, SemanticKittiLabelFilesAreAPerfectPrediction) {
    const auto reader = openDataset(dataRoot() / "semantickitti");
    const TemporaryFolder folder;
    for (const auto* map : {"semantickitti-official", "semantickitti-spvnas"}) {
        std::size_t scored = 0;
        for (std::size_t i = 0; i < reader->frames().size(); ++i) {
            const auto scan = reader->read(i);
            if (!scan->groundTruth) {
                continue;
            }
            const auto name = scan->source.stem().string() + ".label";
            const auto copy = folder.path() / "sequences/00/predictions" / name;
            fs::create_directories(copy.parent_path());
            fs::copy_file(
                scan->source.parent_path().parent_path() / "labels" / name,
                copy,
                fs::copy_options::overwrite_existing
            );
            const OfflineModel model({folder.path(), "semantickitti", shippedMap(map), ""});
            expectPerfect(model, *scan, *shippedMap(map));
            ++scored;
        }
        EXPECT_EQ(scored, 3U);
    }
}

TEST(OfflineReal, WrongByOnePointIsNotPerfect) {
    const auto reader = openDataset(dataRoot() / "semantickitti");
    const auto scan = reader->read(0);
    const auto map = shippedMap("semantickitti-official");
    auto ids = map->classesOf(scan->groundTruth->rawIds);
    const auto car = std::find(ids.begin(), ids.end(), ClassId{0});
    ASSERT_NE(car, ids.end());
    *car = 1; // a bicycle
    const TemporaryFolder folder;
    SubmissionFormat("semantickitti").write(folder.path(), *scan, predictionOf(map, ids));
    const OfflineModel model({folder.path(), "semantickitti", map, ""});
    EXPECT_EQ(model.run(*scan).prediction.classIds, ids);
    EXPECT_LT(scoresOf(model, *scan, *map).mean, 1.0);
}

TEST(OfflineReal, NuScenesThroughMergedClasses) {
    const auto map = mergedNuScenes();
    const auto reader = openDataset(dataRoot() / "nuscenes_rangesubset", map);
    ASSERT_EQ(reader->frames().size(), 2U);
    const TemporaryFolder folder;
    const SubmissionFormat format("nuscenes", "train");
    for (std::size_t i = 0; i < 2; ++i) {
        const auto scan = reader->read(i);
        auto ids = scan->groundTruth->classIds;
        std::replace(ids.begin(), ids.end(), kIgnored, ClassId{4}); // every point needs a class
        format.write(folder.path(), *scan, predictionOf(map, ids));
        expectPerfect(OfflineModel({folder.path(), "nuscenes", map, ""}), *scan, *map);
    }
}

TEST(OfflineReal, RoomsAndShapes) {
    for (const auto* benchmark : {"s3dis", "shapenetpart"}) {
        const auto reader = openDataset(dataRoot() / benchmark);
        EXPECT_EQ(reader->benchmark(), benchmark);
        const auto map = shippedMap(benchmark);
        const TemporaryFolder folder;
        for (std::size_t i = 0; i < reader->frames().size(); ++i) {
            const auto scan = reader->read(i);
            SubmissionFormat(benchmark).write(
                folder.path(), *scan, predictionOf(map, scan->groundTruth->classIds)
            );
            expectPerfect(OfflineModel({folder.path(), benchmark, map, ""}), *scan, *map);
        }
    }
}

} // namespace
} // namespace siskin::test
