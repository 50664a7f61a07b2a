// SPDX-License-Identifier: MIT
// What is published beside what was measured: the right rows, their status, the ratios; which
// networks a folder of weights gives; and pictures of rooms and shapes.
#include "core/report/paper_comparison.hpp"
#include "core/report/paper_models.hpp"
#include "core/report/scan_view.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/cloud_scans.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;

ModelRun madeRun(ModelTask task, double networkSeconds, std::int64_t tensorBytes) {
    ModelRun run;
    auto& result = run.result;
    result.model.kind = ModelKind::Pvcnn;
    result.model.task = task;
    result.model.classMap = classMapOf("shapenetpart");
    result.prediction.classMap = result.model.classMap;
    result.trace.root.duration = 2.0;
    result.trace.root.children = {
        Span{.name = "cut", .duration = 0.5}, Span{.name = "network", .duration = networkSeconds}};
    result.voxels = 4 * 2048;
    result.peakTensorBytes = tensorBytes;
    return run;
}

PaperComparison madeComparison(const std::vector<std::string>& names) {
    FrameReport frame{.scan = std::make_shared<Scan>(madeShape(5)), .runs = {}, .grid = {}};
    double seconds = 0.1;
    for (std::size_t i = 0; i < names.size(); ++i, seconds *= 2.0) {
        const auto bytes = static_cast<std::int64_t>(i + 1) * 1'000'000;
        frame.runs.push_back(madeRun(ModelTask::ShapeParts, seconds, bytes));
    }
    return paperComparison(
        frame, names, readPublishedFigures(resourcePath("published_results.csv"))
    );
}

TEST(PaperComparison, PutsPublishedFiguresBesideMeasuredOnes) {
    const auto comparison =
        madeComparison({"PVCNN", "PVCNN 0.25xC", "PointNet++ MSG", "PVCNN 0.3xC"});
    const auto& rows = comparison.rows;
    EXPECT_EQ(comparison.dataset, "ShapeNetPart");
    EXPECT_EQ(comparison.batch, "8 x 2048 points");
    EXPECT_NEAR(rows[0].batchSeconds, 0.2, 1e-12); // twice the four clouds that were run
    EXPECT_EQ(rows[1].timeRatio, 2.0);
    EXPECT_EQ(rows[2].memoryRatio, 3.0);
    // Confirmed rows are better than recalled ones, and reproduced ones better than quoted ones.
    EXPECT_EQ(rows[0].publishedMiou->value, 85.8);
    EXPECT_EQ(rows[0].publishedMiou->status, "confirmed");
    EXPECT_EQ(rows[2].publishedMiou->value, 85.3);
    EXPECT_EQ(rows[0].publishedLatency->value, 50.7);
    EXPECT_EQ(rows[0].publishedLatency->status, "recalled");
    EXPECT_EQ(rows[2].publishedLatency->value, 77.9);
    EXPECT_NEAR(rows[2].publishedTimeRatio.value(), 77.9 / 50.7, 1e-9);
    EXPECT_NEAR(rows[1].publishedMemoryRatio.value(), 0.8 / 1.6, 1e-9);
    EXPECT_FALSE(rows[3].publishedLatency.has_value()); // no such width in the paper
    EXPECT_FALSE(rows[3].publishedTimeRatio.has_value());
    EXPECT_FALSE(rows[0].miou.has_value()); // untrained
}

TEST(PaperComparison, TextPageAndJsonSayTheStatus) {
    const auto comparison = madeComparison({"PVCNN", "PointNet++ SSG"});
    const auto text = paperText(comparison);
    EXPECT_THAT(text, HasSubstr("77.9 ms (r)"));
    EXPECT_THAT(text, HasSubstr("85.1 % (c)"));
    EXPECT_THAT(text, HasSubstr("untrained: cost only"));
    EXPECT_THAT(text, HasSubstr("(r) recalled"));
    EXPECT_THAT(paperHtml(comparison), HasSubstr("<td>77.9 ms (r)</td>"));
    const auto json = paperJson(comparison);
    EXPECT_EQ(json.at("networks").at(1).at("published").at("latency").at("status"), "recalled");
    EXPECT_TRUE(json.at("networks").at(1).at("miou").is_null());
}

TEST(PaperComparison, WithoutPvcnnThereAreNoRatios) {
    const auto comparison = madeComparison({"PointNet"});
    EXPECT_FALSE(comparison.rows[0].timeRatio.has_value());
    EXPECT_THAT(paperText(comparison), HasSubstr("21.7 ms (r)"));
}

TEST(PublishedFigures, OfTheProgramAllHaveAStatusAndASource) {
    const auto figures = readPublishedFigures(resourcePath("published_results.csv"));
    EXPECT_GT(figures.size(), 100U);
    for (const auto& figure : figures) {
        EXPECT_THAT(figure.status, AnyOf("confirmed", "recalled", "derived", "not confirmed"))
            << figure.model;
        EXPECT_FALSE(figure.source.empty());
    }
}

TEST(PublishedFigures, AValueThatIsNoNumberIsNamed) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "figures.csv";
    writeText(
        path,
        "system,model,dataset,hardware,metric,value,unit,source,status\n"
        "PVCNN,PVCNN,ShapeNetPart,,mIoU,many,%,paper,confirmed\n"
    );
    EXPECT_THAT(
        lineOf<DatasetError>([&] { (void)readPublishedFigures(path); }),
        HasSubstr("line 2: 'many' is not a number")
    );
}

TEST(PaperModels, AreUntrainedWithoutFiles) {
    const TemporaryFolder folder;
    const auto names = [&](ModelTask task) {
        std::vector<std::string> found;
        for (const auto& model : paperModels(task, folder.path())) {
            EXPECT_TRUE(model.spec.weights.empty());
            EXPECT_THAT(model.spec.label, HasSubstr("(untrained)"));
            found.push_back(model.name);
        }
        return found;
    };
    const auto shapes = names(ModelTask::ShapeParts);
    EXPECT_EQ(shapes.front(), "PVCNN");
    EXPECT_THAT(shapes, Contains("PointNet++ MSG"));
    EXPECT_THAT(shapes, Contains("PVCNN 0.25xC"));
    const auto rooms = names(ModelTask::IndoorScene);
    EXPECT_THAT(rooms, Contains("PVCNN++"));
    EXPECT_THAT(rooms, Contains("DGCNN"));
    EXPECT_THROW((void)paperModels(ModelTask::LidarScene), ConfigError);
    EXPECT_THROW((void)paperModels(ModelTask::ShapeParts, folder.path() / "none"), ConfigError);
}

TEST(PaperModels, FindPublishedFilesByTheirNames) {
    const TemporaryFolder folder;
    writeText(folder.path() / "s3dis.pvcnn.area5.c1.pth.tar", "weights");
    writeText(folder.path() / "dgcnn_semseg_s3dis_fold5.t7", "weights");
    for (const auto& model : paperModels(ModelTask::IndoorScene, folder.path())) {
        const bool has = model.name == "PVCNN" || model.name == "DGCNN";
        EXPECT_EQ(!model.spec.weights.empty(), has) << model.name;
        EXPECT_EQ(model.spec.label == model.name, has);
    }
}

/// Whether everything that is drawn falls into the picture.
void expectAllInPicture(const ScanView& view, int width, int height) {
    // One point at a time: a raster of all would hide some.
    for (std::size_t i = 0; i < view.positions.size(); i += 97) {
        const RasterOptions options{
            .width = width, .height = height, .pointSize = 1.0F, .edlStrength = 0.0F};
        const auto raster = rasterise(std::span(&view.positions[i], 1), view.camera, options);
        ASSERT_NE(*std::max_element(raster.point.begin(), raster.point.end()), kNoPoint) << i;
    }
}

TEST(ScanView, LooksIntoARoomWithoutItsCeiling) {
    for (const auto& [length, width] : {std::pair(9.0F, 2.0F), std::pair(2.0F, 9.0F)}) {
        const auto room = madeRoom(2000, length, width);
        const auto view = viewOf(room, ModelTask::IndoorScene, 16.0F / 9.0F);
        EXPECT_LT(view.points.size(), 1450U); // about a third of an even box is above the cut
        EXPECT_GT(view.points.size(), 1250U);
        const float floor = lowestCorner(room)[2];
        for (std::size_t i = 0; i < view.points.size(); ++i) {
            ASSERT_EQ(view.positions[i], room.positions[view.points[i]]);
            ASSERT_LT(view.positions[i][2] - floor, 1.75F);
        }
        expectAllInPicture(view, 160, 90);
    }
}

TEST(ScanView, TurnsAShapeUpright) {
    auto shape = madeShape(500);
    shape.positions[0] = {0.0F, 3.0F, 0.0F}; // y is up
    const auto view = viewOf(shape, ModelTask::ShapeParts, 1.0F);
    ASSERT_EQ(view.positions.size(), 500U);
    for (const auto& position : view.positions) {
        ASSERT_LE(position[2], view.positions[0][2]);
    }
    expectAllInPicture(view, 80, 80);
    EXPECT_EQ(taskOf(shape, ModelTask::LidarScene), ModelTask::ShapeParts);
}

} // namespace
} // namespace siskin::test
