// SPDX-License-Identifier: MIT
// What panes draw, without a display: colours, odd coordinates, camera poses, picking arithmetic.
#include "tests/gui/fake_session.hpp"
#include "widgets/scene/camera.hpp"
#include "widgets/scene/cloud_points.hpp"
#include "widgets/scene/cloud_scene.hpp"
#include "widgets/scene/colouring.hpp"

#include <gtest/gtest.h>
#include <vtkActor.h>
#include <vtkActorCollection.h>
#include <vtkCellArray.h>
#include <vtkMapper.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkRenderer.h>

#include <cmath>
#include <limits>

namespace siskin::ui {
namespace {

std::shared_ptr<Scan> scanOf(std::vector<Vec3f> positions) {
    auto scan = std::make_shared<Scan>();
    scan->positions = std::move(positions);
    return scan;
}

TEST(CloudPoints, LooksIntoTheScansOwnMemory) {
    const auto scan = scanOf({{1, 2, 3}, {4, 5, 6}});
    const auto cloud = makeCloudPoints(scan);
    EXPECT_EQ(cloud->points->GetVoidPointer(0), scan->positions.data());
    EXPECT_EQ(cloud->bounds, (std::array<double, 6>{1, 4, 2, 5, 3, 6}));
}

TEST(CloudPoints, KeepsOddCoordinatesOutOfThePicture) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinite = std::numeric_limits<float>::infinity();
    const auto cloud = makeCloudPoints(scanOf({{nan, 0, 0}, {1, 2, 3}, {0, infinite, 0}}));
    EXPECT_EQ(cloud->drawable, (std::vector<std::uint8_t>{0, 1, 0}));
    EXPECT_EQ(cloud->bounds, (std::array<double, 6>{1, 1, 2, 2, 3, 3}));
    CloudScene scene;
    scene.setCloud(cloud, colourByHeight(*cloud->scan, {}));
    EXPECT_EQ(scene.visiblePointCount(), 1U);
    scene.lookFrom(ViewPreset::Top);
    EXPECT_TRUE(std::isfinite(scene.pose().position[2]));
}

TEST(CloudPoints, EmptyScan) {
    CloudScene scene;
    const auto cloud = makeCloudPoints(scanOf({}));
    scene.setCloud(cloud, colourByHeight(*cloud->scan, {}));
    EXPECT_EQ(scene.visiblePointCount(), 0U);
    EXPECT_FALSE(scene.pick(10, 10, 100, 100));
}

TEST(CloudPoints, ShapesAreTurnedUprightAndRoomsLoseTheirCeiling) {
    const auto scan = scanOf({{1, 0, 0}, {2, 5, 0}, {3, 10, 7}});
    const auto shape = makeCloudPoints(scan, SceneKind::Shape);
    EXPECT_EQ(shape->bounds, (std::array<double, 6>{1, 3, -7, 0, 0, 10}));
    EXPECT_EQ(shape->heights, (std::array<double, 2>{0, 10}));
    CloudScene scene;
    scene.setCloud(shape, colourByHeight(*scan, {}, SceneKind::Shape));
    EXPECT_EQ(colourByHeight(*scan, {}, SceneKind::Shape)->range->at(1), 10.0);
    scene.setCeiling(0.5); // the middle point lies exactly there
    EXPECT_EQ(scene.visiblePointCount(), 2U);
    scene.setCeiling(0.4);
    EXPECT_EQ(scene.visiblePointCount(), 1U);
    scene.setCloud(makeCloudPoints(scan), colourByHeight(*scan, {})); // z up: heights 0, 0, 7
    EXPECT_EQ(scene.visiblePointCount(), 2U);
    scene.setCeiling(std::nullopt);
    EXPECT_EQ(scene.visiblePointCount(), 3U);
}

TEST(Colouring, RightWrongCountsOnlyScoredPoints) {
    const std::vector<ClassId> truth{0, 1, kIgnored, 2};
    const std::vector<ClassId> predicted{0, 2, 0, 2};
    const auto map = colourRightWrong(truth, predicted);
    EXPECT_EQ(map->right, 2);
    EXPECT_EQ(map->wrong, 1);
    EXPECT_EQ(map->notScored, 1);
    EXPECT_EQ(map->colours[0], kRightColour);
    EXPECT_EQ(map->colours[1], kWrongColour);
    EXPECT_EQ(map->colours[2], kNotScoredColour);
}

TEST(Colouring, BlackClassStaysVisibleOnTheDarkBackground) {
    const auto map = test::fakeClassMap();
    EXPECT_EQ(displayColour(*map, kIgnored), kNotScoredColour);
    EXPECT_EQ(displayColour(*map, 1), (Colour{100, 150, 245}));
}

TEST(Colouring, RampRisesInBrightnessAndSurvivesNan) {
    const auto brightness = [](const Colour& c) { return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]; };
    for (int i = 1; i <= 20; ++i) {
        EXPECT_GT(brightness(rampColour(i / 20.0)), brightness(rampColour((i - 1) / 20.0))) << i;
    }
    EXPECT_EQ(rampColour(std::nan("")), rampColour(0.0));
    EXPECT_EQ(rampColour(7.0), rampColour(1.0));
}

TEST(Colouring, ValuesThatAreAllEqualHaveAColour) {
    const std::vector<float> same(10, 3.0F);
    const auto colouring = colourByValue(same, {});
    EXPECT_EQ(colouring->colours.size(), 10U);
    EXPECT_EQ(colouring->colours[0], rampColour(0.5));
}

TEST(Colouring, ColoursOfTheScanItself) {
    Scan scan;
    scan.positions.resize(2);
    EXPECT_EQ(colourByColour(scan, {}), nullptr);
    scan.fields.push_back({"rgb", 3, {1.4F, 127.5F, 255.0F, -3.0F, 300.0F, 0.0F}});
    const auto colouring = colourByColour(scan, {});
    ASSERT_NE(colouring, nullptr);
    EXPECT_EQ(colouring->colours[0], (Colour{1, 128, 255}));
    EXPECT_EQ(colouring->colours[1], (Colour{0, 255, 0}));
    scan.fields.front().values.pop_back();
    EXPECT_EQ(colourByColour(scan, {}), nullptr);
}

TEST(Colouring, NormalsAsColours) {
    Scan scan;
    scan.positions.resize(2);
    EXPECT_EQ(colourByNormal(scan, {}), nullptr);
    scan.fields.push_back({"normal", 3, {-1.0F, 0.0F, 1.0F, std::nanf(""), 2.0F, -2.0F}});
    const auto colouring = colourByNormal(scan, {});
    ASSERT_NE(colouring, nullptr);
    EXPECT_EQ(colouring->colours[0], (Colour{0, 128, 255}));
    EXPECT_EQ(colouring->colours[1], (Colour{0, 255, 0}));
}

TEST(CloudScene, CheapDrawingKeepsToItsPointsAndComesBack) {
    const auto scan = test::fakeScan("x", 2000);
    CloudScene scene;
    const auto drawn = [&scene] {
        auto* actor = scene.cloudRenderer().GetActors()->GetLastActor();
        auto* data = vtkPolyData::SafeDownCast(actor->GetMapper()->GetInput());
        return data->GetVerts()->GetNumberOfConnectivityIds();
    };
    const auto colouring = colourByClass(scan->groundTruth->classIds, *scan->groundTruth->classMap);
    scene.setCloud(makeCloudPoints(scan), colouring);
    EXPECT_EQ(drawn(), 2000);
    scene.drawCheaply(700);
    EXPECT_EQ(drawn(), 667); // every third
    EXPECT_EQ(scene.visiblePointCount(), 2000U);
    scene.setCloud(makeCloudPoints(scan), colouring); // the next frame too
    EXPECT_EQ(drawn(), 667);
    scene.drawCheaply(5000);
    EXPECT_EQ(drawn(), 2000);
    scene.drawCheaply(1);
    EXPECT_EQ(drawn(), 1);
    scene.drawCheaply(0);
    EXPECT_EQ(drawn(), 2000);
}

TEST(CloudScene, SwitchesHideClasses) {
    const auto scan = test::fakeScan("x", 2000);
    CloudScene scene;
    scene.setCloud(
        makeCloudPoints(scan),
        colourByClass(scan->groundTruth->classIds, *scan->groundTruth->classMap)
    );
    EXPECT_EQ(scene.visiblePointCount(), 2000U);
    const auto cars = static_cast<std::size_t>(std::count(
        scan->groundTruth->classIds.begin(), scan->groundTruth->classIds.end(), ClassId{1}
    ));
    ASSERT_GT(cars, 0U);
    scene.setSwitches(ClassSwitches().set().reset(1));
    EXPECT_EQ(scene.visiblePointCount(), 2000U - cars);
    scene.setSwitches(ClassSwitches().set(1));
    EXPECT_EQ(scene.visiblePointCount(), cars);
}

TEST(Camera, NarrowPanesLookAtARoomFromFurtherAway) {
    const std::array<double, 6> room{0, 6, 0, 4, 0, 3};
    const auto height = [&](double aspect) {
        return presetPose(ViewPreset::Top, room, SceneKind::Room, aspect).position[2];
    };
    EXPECT_GT(height(0.5), 1.5 * height(1.0));
    EXPECT_EQ(height(2.0), height(1.0));
}

TEST(Camera, OrbitKeepsDistanceAndHorizon) {
    const auto start = presetPose(ViewPreset::Perspective, {-40, 40, -40, 40, -2, 8});
    auto pose = start;
    for (int i = 0; i < 50; ++i) {
        pose = orbit(pose, 7.0, 9.0);
    }
    const auto distance = [](const CameraPose& p) {
        return std::hypot(
            p.position[0] - p.focalPoint[0],
            p.position[1] - p.focalPoint[1],
            p.position[2] - p.focalPoint[2]
        );
    };
    EXPECT_NEAR(distance(pose), distance(start), 1e-6);
    EXPECT_EQ(pose.viewUp, (std::array<double, 3>{0, 0, 1}));
    EXPECT_LT(pose.position[2] - pose.focalPoint[2], distance(pose)); // never exactly above
}

} // namespace
} // namespace siskin::ui
