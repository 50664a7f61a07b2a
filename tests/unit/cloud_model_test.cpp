// SPDX-License-Identifier: MIT
// Whole shapes and rooms through small random networks.
#include "core/base/parallel.hpp"
#include "core/run/cloud_model.hpp"
#include "core/run/devices.hpp"
#include "tests/unit/cloud_scans.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<ScanModel>
randomModel(ModelKind kind, const std::string& classes, int votes = 1, double width = 0.125) {
    ModelSpec spec;
    spec.kind = kind;
    spec.classMap = classMapOf(classes);
    spec.randomWidth = width;
    spec.votes = votes;
    return openModel(spec, DeviceRegistry().open("cpu"));
}

std::vector<std::string> stagesOf(const Trace& trace) {
    std::vector<std::string> names;
    for (const auto& stage : trace.root.children) {
        names.push_back(stage.name);
    }
    return names;
}

TEST(CloudModel, LabelsEveryPointOfAShapeWithItsCategorysParts) {
    const auto scan = madeShape(3000);
    const auto result = randomModel(ModelKind::Pvcnn, "shapenetpart", 2)->run(scan);
    ASSERT_EQ(result.prediction.classIds.size(), scan.pointCount());
    for (const ClassId id : result.prediction.classIds) {
        ASSERT_TRUE(id >= 12 && id <= 15) << int{id};
    }
    EXPECT_EQ(result.model.task, ModelTask::ShapeParts);
    EXPECT_EQ(result.voxels, 2 * 2 * 2048);
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_THAT(stagesOf(result.trace), ElementsAre("read", "cut", "network", "points"));
    EXPECT_GT(result.trace.totalMacs(), 0);
    const auto& layers = result.trace.stage("network")->children;
    const auto dense = std::count_if(layers.begin(), layers.end(), [](const Span& span) {
        return span.kind == SpanKind::DenseConvolution;
    });
    EXPECT_EQ(dense, 6); // of four clouds together
#if !defined(__SANITIZE_ADDRESS__)
    EXPECT_GT(result.peakTensorBytes, 1'000'000);
#endif
}

TEST(CloudModel, LabelsEveryPointOfARoomAndSaysWhichHadNoBlock) {
    const auto scan = heapedRoom();
    const auto result = randomModel(ModelKind::Pvcnn, "s3dis")->run(scan);
    ASSERT_EQ(result.prediction.classIds.size(), scan.pointCount());
    std::int64_t uncovered = 0;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        ASSERT_LT(result.prediction.classIds[i], 13);
        uncovered += result.prediction.confidence[i] == 0.0F ? 1 : 0;
    }
    ASSERT_GT(uncovered, 0);
    EXPECT_THAT(
        result.notes,
        ElementsAre(HasSubstr(fmt::format("{} of 9 216 points were in no block", uncovered)))
    );
    EXPECT_EQ(result.model.task, ModelTask::IndoorScene);
}

TEST(CloudModel, EveryNetworkReadsItsOwnClouds) {
    const auto room = madeRoom(3'000, 1.3F, 0.9F);
    for (const auto kind : {ModelKind::Pvcnn, ModelKind::Pvcnn2, ModelKind::PointNet}) {
        const auto result = randomModel(kind, "s3dis", 1, 0.25)->run(room);
        EXPECT_EQ(result.voxels, 3 * 8192) << toString(kind); // one window, two at the offset
    }
    const auto columns = randomModel(ModelKind::Dgcnn, "s3dis-pointnet", 1, 0.25)->run(room);
    EXPECT_EQ(columns.voxels, 2 * 4096);
    auto shape = madeShape(3000);
    for (const auto kind : {ModelKind::PointNet2Ssg, ModelKind::PointNet2Msg}) {
        EXPECT_EQ(randomModel(kind, "shapenetpart", 1, 0.25)->run(shape).voxels, 2 * 2048);
    }
    shape.fields.clear(); // PointNet reads no normals
    const auto pointNet = randomModel(ModelKind::PointNet, "shapenetpart", 1, 0.25);
    EXPECT_EQ(pointNet->refusal(shape), "");
    EXPECT_EQ(pointNet->run(shape).voxels, 2 * 2048);
}

TEST(CloudModel, LabelsDoNotDependOnTheNumberOfThreads) {
    const auto shape = madeShape(2500);
    const auto room = madeRoom(3'000, 1.3F, 1.3F);
    const auto shapes = randomModel(ModelKind::Pvcnn, "shapenetpart");
    const auto rooms = randomModel(ModelKind::Pvcnn, "s3dis");
    std::vector<Prediction> expected;
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        std::vector<Prediction> found;
        found.push_back(shapes->run(shape).prediction);
        found.push_back(rooms->run(room).prediction);
        if (expected.empty()) {
            expected = std::move(found);
            continue;
        }
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].classIds, expected[i].classIds) << threads;
            EXPECT_EQ(found[i].confidence, expected[i].confidence) << threads;
        }
    }
    setThreadCount(0);
}

TEST(CloudModel, SaysWhatAScanLacks) {
    auto street = madeShape(10);
    street.shapeCategory.reset();
    street.fields = {{"intensity", 1, std::vector<float>(10, 0.5F)}};
    const auto shape = madeShape(10);
    const auto room = madeRoom(10, 1.0F, 1.0F);
    auto bare = shape;
    bare.fields.clear();
    const auto shapes = randomModel(ModelKind::Pvcnn, "shapenetpart");
    const auto rooms = randomModel(ModelKind::Pvcnn, "s3dis");
    const auto streets = randomModel(ModelKind::Spvcnn, "semantickitti-spvnas");
    EXPECT_EQ(shapes->refusal(shape), "");
    EXPECT_EQ(shapes->refusal(street), "needs an object of a known category");
    EXPECT_EQ(shapes->refusal(room), "needs an object of a known category");
    EXPECT_EQ(shapes->refusal(bare), "needs normals");
    EXPECT_EQ(rooms->refusal(room), "");
    EXPECT_EQ(rooms->refusal(shape), "needs a colour per point");
    EXPECT_EQ(streets->refusal(street), "");
    EXPECT_EQ(streets->refusal(room), "needs intensity per point");
    EXPECT_THAT(
        lineOf<DatasetError>([&] { (void)rooms->run(shape); }),
        AllOf(HasSubstr("Chair/made: PVCNN"), HasSubstr("needs a colour per point"))
    );
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)shapes->run(shape, {.stop = stop.get_token(), .progress = {}}), Cancelled);
}

TEST(CloudModel, RefusesWhatDoesNotFit) {
    ModelSpec spec;
    spec.kind = ModelKind::Pvcnn;
    spec.classMap = classMapOf("shapenetpart");
    const auto refusal = [&spec] {
        return lineOf<ConfigError>([&] { (void)openModel(spec, DeviceRegistry().open("cpu")); });
    };
    spec.precision = Precision::Int8;
    EXPECT_THAT(refusal(), HasSubstr("PVCNN computes in fp32, not in int8"));
    spec.precision = Precision::Float32;
    spec.votes = 0;
    EXPECT_THAT(refusal(), HasSubstr("0 votes"));
    spec.votes = 1;
    spec.classMap = classMapOf("semantickitti-official");
    EXPECT_THAT(
        refusal(), HasSubstr("the classes of 'semantickitti-official' are of LiDAR scenes")
    );
    spec.classMap.reset();
    EXPECT_THAT(refusal(), HasSubstr("class map"));
}

TEST(CloudModel, ProgressRisesToTheEnd) {
    const auto model = randomModel(ModelKind::Pvcnn, "shapenetpart");
    std::vector<double> fractions;
    (void)model->run(madeShape(2049), {.stop = {}, .progress = [&](double f, std::string_view) {
                                           fractions.push_back(f);
                                       }});
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_GT(fractions.size(), 20U);
    EXPECT_EQ(fractions.back(), 1.0);
}

} // namespace
} // namespace siskin::test
