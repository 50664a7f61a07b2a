// SPDX-License-Identifier: MIT
// A device whose memory is not the processor's: nothing but the device reads its tensors, from the
// scan to the labels. And what goes with a device by its name.
#include "core/base/error.hpp"
#include "core/models/scan_input.hpp"
#include "core/points/point_ops.hpp"
#include "core/run/devices.hpp"
#include "core/run/pipeline.hpp"
#include "core/run/point_devices.hpp"
#include "core/train/lidar_task.hpp"
#include "tests/support/far_ops.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <random>

namespace siskin {
namespace {

using test::FarOps;
using testing::HasSubstr;

Scan street() {
    std::mt19937 random(5);
    std::uniform_real_distribution<float> metres(-9.0F, 9.0F);
    Scan scan;
    scan.id = "far";
    PointField intensity{.name = "intensity", .channels = 1, .values = {}};
    GroundTruth truth;
    for (int i = 0; i < 6000; ++i) {
        const float x = metres(random);
        scan.positions.push_back({x, metres(random), 0.1F * x});
        intensity.values.push_back(0.05F * (metres(random) + 9.0F));
        truth.classIds.push_back(static_cast<ClassId>(i % 3));
    }
    scan.fields.push_back(std::move(intensity));
    scan.groundTruth = std::move(truth);
    return scan;
}

ModelSpec randomNetwork(ModelKind kind) {
    ModelSpec spec;
    spec.kind = kind;
    spec.randomWidth = 0.1;
    spec.classMap = std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format": "siskin-classmap-1", "name": "two", "title": "Two",
            "ignored": {"name": "none", "colour": [0, 0, 0], "rawIds": [0], "submissionId": 0},
            "classes": [{"name": "a", "colour": [1, 1, 1], "rawIds": [1], "submissionId": 1},
                        {"name": "b", "colour": [2, 2, 2], "rawIds": [2], "submissionId": 2}]})",
        "test"
    ));
    return spec;
}

class FarDevice : public testing::TestWithParam<ModelKind> {};

TEST_P(FarDevice, GivesTheSameLabels) {
    const auto spec = randomNetwork(GetParam());
    const auto scan = street();
    const auto expected = Pipeline::load(spec, makeCpuOps())->run(scan);
    const auto result = Pipeline::load(spec, std::make_shared<FarOps>(true))->run(scan);
    EXPECT_EQ(result.prediction.classIds, expected.prediction.classIds);
    EXPECT_EQ(result.prediction.confidence, expected.prediction.confidence);
    EXPECT_EQ(result.voxels, expected.voxels);
    EXPECT_EQ(result.trace.totalMacs(), expected.trace.totalMacs());
}

TEST_P(FarDevice, MapsMadeAtOnceAreListedOnce) {
    const auto spec = randomNetwork(GetParam());
    const auto mapsOf = [&spec](const std::shared_ptr<const SparseOps>& ops) {
        std::vector<std::string> names;
        for (const auto& span : Pipeline::load(spec, ops)->run(street()).trace.root.children) {
            for (const auto& map : span.children) {
                if (span.name == "maps") {
                    names.push_back(map.name);
                }
            }
        }
        return names;
    };
    const auto usual = mapsOf(makeCpuOps());
    EXPECT_EQ(usual.front(), "3x3x3 map, stride 1");
    EXPECT_EQ(mapsOf(std::make_shared<FarOps>(false)), usual);
    auto announced = usual;
    announced.insert(announced.begin(), "all levels");
    EXPECT_EQ(mapsOf(std::make_shared<FarOps>(true)), announced);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    FarDevice,
    testing::Values(ModelKind::MinkUNet, ModelKind::Spvcnn),
    [](const auto& test) { return std::string(toString(test.param)); }
);

TEST(FarDevice, TrainingSamplesAreTheSame) {
    const FarOps far(false);
    for (const bool crop : {false, true}) {
        Augmentation augmentation;
        augmentation.crop = crop;
        const auto expected = prepareSample(
            *makeCpuOps(), street(), 0.1F, augmentation, 900, SplitMix64(3, std::uint64_t{4})
        );
        const auto sample =
            prepareSample(far, street(), 0.1F, augmentation, 900, SplitMix64(3, std::uint64_t{4}));
        EXPECT_EQ(expected.input.voxels.size(), 900);
        const auto same = [&](const torch::Tensor& a, const torch::Tensor& b) {
            return torch::equal(far.download(a), b);
        };
        EXPECT_TRUE(same(sample.input.voxels.coords, expected.input.voxels.coords));
        EXPECT_TRUE(same(sample.input.features, expected.input.features));
        EXPECT_TRUE(torch::equal(sample.labels, expected.labels));
    }
}

TEST(DeviceRegistry, KnowsWhatCloudsNeed) {
    DeviceRegistry registry;
    EXPECT_EQ(registry.names(), (std::vector<std::string>{"cpu", "reference"}));
    const FarOps far(false);
    const auto refusal = [&far](const DeviceRegistry& devices) -> std::string {
        try {
            devices.pointsOf(far);
        } catch (const DeviceError& error) {
            return error.line();
        }
        return "accepted";
    };
    EXPECT_THAT(refusal(registry), HasSubstr("networks on clouds do not run on far"));
    EXPECT_THROW(pointOpsOf(far), DeviceError);
    registry.add("elsewhere", [] { return std::make_shared<FarOps>(false); });
    EXPECT_THAT(refusal(registry), HasSubstr("networks on clouds do not run on far"));
    const SparseOps* seen = nullptr;
    registry.add(
        "far",
        [] { return std::make_shared<FarOps>(false); },
        [&seen](const SparseOps& device) {
            seen = &device;
            return makeReferencePointOps();
        }
    );
    EXPECT_EQ(registry.open("far")->name(), "far");
    EXPECT_EQ(registry.pointsOf(far)->description(), makeReferencePointOps()->description());
    EXPECT_EQ(seen, &far);
    EXPECT_EQ(pointOpsOf(*makeCpuOps())->description(), makeCpuPointOps()->description());
}

} // namespace
} // namespace siskin
