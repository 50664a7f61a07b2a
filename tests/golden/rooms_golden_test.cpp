// SPDX-License-Identifier: MIT
// DGCNN's published weights on the real room of the sample data, cut, run and voted over: the
// figures of weights/README.md.
#include "core/report/scores.hpp"
#include "core/run/devices.hpp"
#include "core/run/pipeline.hpp"
#include "datasets/open.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

namespace siskin::test {
namespace {

TEST(RoomsGolden, DgcnnLabelsARealHallway) {
    ModelSpec spec;
    spec.kind = ModelKind::Dgcnn;
    spec.weights = sharedRoot() / "weights/dgcnn_semseg_s3dis_fold5.t7";
    const auto model = openModel(spec, DeviceRegistry().open("cpu"));
    EXPECT_EQ(model->info().classMap->name(), "s3dis-pointnet");
    const auto scan = openDataset(sharedRoot() / "data/s3dis")->read(0);
    const auto result = model->run(*scan);
    ASSERT_EQ(result.prediction.classIds.size(), 175'075U);
    EXPECT_TRUE(result.notes.empty()); // columns cover every point
    const auto scores = scorePrediction(*scan, result.prediction);
    ASSERT_TRUE(scores.has_value());
    EXPECT_GT(scores->presentClasses.accuracy, 0.88);
    // The figures are of one draw of 44 % of the points; here every point has a label.
    constexpr double kTolerance = 0.05;
    const std::vector<std::pair<std::string, double>> expected = {
        {"ceiling", 0.81}, {"floor", 0.99}, {"wall", 0.89}, {"door", 0.92}, {"clutter", 0.80}};
    const auto& map = *result.prediction.classMap;
    for (const auto& [name, iou] : expected) {
        for (std::size_t id = 0; id < map.size(); ++id) {
            if (map.classes()[id].name == name) {
                const double found = scores->presentClasses.perClass[id].value_or(0.0);
                EXPECT_GT(found, iou - kTolerance) << name;
            }
        }
    }
}

} // namespace
} // namespace siskin::test
