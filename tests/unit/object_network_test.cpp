// SPDX-License-Identifier: MIT
// The networks for single objects, and learning them.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/models/object_input.hpp"
#include "core/run/cone_detector.hpp"
#include "core/train/object_task.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using testing::HasSubstr;

/// Points on a made-up cone of that kind, seen from a distance; `None`: on a box.
ObjectCloud madeCloud(ConeKind kind, std::size_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    ObjectCloud cloud;
    cloud.frame.origin = {8.0F, 1.0F, -0.9F};
    for (std::size_t i = 0; i < count; ++i) {
        const auto [width, height] = sizeOf(kind);
        const double z = random.uniform(0.03, height);
        const bool middle = z > 0.42 * height && z < 0.7 * height;
        const double bright = kind == ConeKind::Yellow ? (middle ? 0.1 : 0.5)
                              : kind == ConeKind::Blue ? (middle ? 0.6 : 0.2)
                                                       : 0.45;
        const double radius = kind == ConeKind::None ? 0.2 : 0.4 * width * (1.0 - z / height);
        cloud.points.push_back(
            {static_cast<float>(-radius),
             static_cast<float>(random.uniform(-radius, radius)),
             static_cast<float>(z),
             static_cast<float>(bright + 0.04 * random.gaussian()),
             0.4F}
        );
    }
    return cloud;
}

torch::Tensor madeInput() {
    std::vector<ObjectCloud> clouds;
    for (const auto kind :
         {ConeKind::Blue, ConeKind::Yellow, ConeKind::BigOrange, ConeKind::None}) {
        for (const std::size_t count : {1, 2, 30, 64, 200}) {
            clouds.push_back(madeCloud(kind, count, count));
        }
    }
    return objectInput(clouds);
}

ObjectOutput outputOf(
    ObjectNetworkKind kind,
    const std::shared_ptr<const SparseOps>& rows,
    const std::shared_ptr<const PointOps>& points,
    const torch::Tensor& input
) {
    const torch::InferenceMode inference;
    auto parameters = Parameters::random(3);
    const auto network = makeObjectNetwork(kind, parameters, *rows, *points);
    TraceRecorder trace;
    int layers = 0;
    const PointContext context{{*rows, trace, {}, [&layers] { ++layers; }}, *points};
    auto output = network->forward(context, input);
    EXPECT_EQ(layers, network->layerCount());
    return output;
}

TEST(ObjectInput, RepeatsFewPointsAndThinsOutMany) {
    ObjectCloud few, many;
    for (int i = 0; i < 200; ++i) {
        const auto value = static_cast<float>(i);
        many.points.push_back({value, 0, 0, 0, 0});
        if (i < 3) {
            few.points.push_back({value, 0, 0, 0, 0});
        }
    }
    const auto input = objectInput(std::vector{few, many});
    ASSERT_EQ(input.sizes(), (std::vector<std::int64_t>{2, kObjectChannels, 64}));
    EXPECT_EQ(input.stride(1), 1) << "channels-last";
    for (std::int64_t i = 0; i < 64; ++i) {
        EXPECT_EQ(input[0][0][i].item<float>(), static_cast<float>(i % 3));
        EXPECT_EQ(input[1][0][i].item<float>(), static_cast<float>(i * 200 / 64));
    }
    EXPECT_EQ(objectInput({}).size(0), 0);
}

TEST(ObjectNetworks, HaveTheirSizesAndAgreeWithTheReference) {
    const std::map<ObjectNetworkKind, std::int64_t> counts = {
        {ObjectNetworkKind::Pvcnn, 72'312},
        {ObjectNetworkKind::PointNet, 59'720},
        {ObjectNetworkKind::VoxelCnn, 88'552}};
    const auto input = madeInput();
    for (const auto kind : kObjectNetworks) {
        auto parameters = Parameters::random(3);
        const auto cpu = makeCpuOps();
        const auto cpuPoints = makeCpuPointOps();
        makeObjectNetwork(kind, parameters, *cpu, *cpuPoints);
        EXPECT_EQ(parameters.trainableCount(), counts.at(kind)) << toString(kind);
        const auto fast = outputOf(kind, cpu, cpuPoints, input);
        const auto exact = outputOf(kind, makeReferenceOps(), makeReferencePointOps(), input);
        EXPECT_EQ(fast.logits.sizes(), (std::vector<std::int64_t>{20, kObjectClasses}));
        EXPECT_EQ(fast.centre.sizes(), (std::vector<std::int64_t>{20, 3}));
        EXPECT_LT((fast.logits - exact.logits).abs().max().item<float>(), 1e-3F);
        EXPECT_LT((fast.centre - exact.centre).abs().max().item<float>(), 1e-3F);
        const auto last = outputOf(kind, cpu, cpuPoints, input.narrow(0, 19, 1));
        EXPECT_LT((last.logits[0] - fast.logits[19]).abs().max().item<float>(), 1e-4F)
            << "an object does not depend on the others";
        EXPECT_EQ(objectNetworkFromName(toString(kind)), kind);
    }
    EXPECT_THROW(objectNetworkFromName("pvcn"), ConfigError);
}

TEST(ObjectNetworks, DoNotDependOnTheNumberOfThreads) {
    const auto input = madeInput();
    for (const auto kind : kObjectNetworks) {
        std::vector<torch::Tensor> logits;
        for (const int threads : {1, 2, 7}) {
            setThreadCount(threads);
            logits.push_back(outputOf(kind, makeCpuOps(), makeCpuPointOps(), input).logits);
        }
        setThreadCount(0);
        EXPECT_TRUE(torch::equal(logits[0], logits[1]) && torch::equal(logits[0], logits[2]));
    }
}

/// Scans are made in memory: two cones and two boxes on a flat yard.
ObjectScan madeScan(std::uint64_t seed) {
    SplitMix64 random(seed);
    auto scan = std::make_shared<Scan>();
    scan->id = "made";
    PointField intensity{"intensity", 1, {}};
    ObjectScan truth{nullptr};
    const auto add = [&](const Vec3f& point, float bright, std::uint32_t instance) {
        scan->positions.push_back(point);
        intensity.values.push_back(std::clamp(bright, 0.0F, 1.0F));
        truth.instances.push_back(instance);
    };
    for (int i = 0; i < 3000; ++i) {
        const auto x = static_cast<float>(random.uniform(-12.0, 12.0));
        const auto y = static_cast<float>(random.uniform(-12.0, 12.0));
        add({x, y, -0.9F}, 0.2F, 0);
    }
    std::uint32_t instance = 0;
    for (const auto kind : {ConeKind::Blue, ConeKind::Yellow, ConeKind::None, ConeKind::None}) {
        auto cloud = madeCloud(kind, 40, random.bits());
        const auto x = static_cast<float>(random.uniform(4.0, 9.0));
        cloud.frame = {{x, -6.0F + 3.0F * static_cast<float>(instance), -0.9F}, 1.0F, 0.0F};
        ++instance;
        if (kind != ConeKind::None) {
            truth.cones.push_back({kind, cloud.frame.origin, instance, 40});
        }
        for (const auto& point : cloud.points) {
            const Vec3f place = cloud.frame.toSensor({point[0], point[1], point[2]});
            add(place, point[3], kind == ConeKind::None ? 0 : instance);
        }
    }
    scan->fields.push_back(std::move(intensity));
    truth.scan = scan;
    return truth;
}

ObjectTask madeTask(ObjectNetworkKind kind, int threads = 0) {
    setThreadCount(threads);
    ObjectTaskOptions options{.network = kind, .batch = 16};
    options.data.push_back({"made", 12, 0.0, [](std::size_t i) { return madeScan(i); }});
    options.validation = ObjectData{"held", 4, 0.0, [](std::size_t i) { return madeScan(90 + i); }};
    return {std::move(options), makeCpuOps(), makeCpuPointOps(), {}, [](double) {}};
}

TEST(ObjectTask, FindsItsSamplesAndTheirCentres) {
    auto task = madeTask(ObjectNetworkKind::PointNet);
    EXPECT_EQ(task.counts(), (std::vector<std::int64_t>{12, 12, 0, 0, 24}));
    EXPECT_EQ(task.samplesPerEpoch(), 48U);
    const auto batch = task.batch(3);
    const auto& objects = dynamic_cast<const ObjectBatch&>(*batch);
    EXPECT_EQ(objects.input.sizes(), (std::vector<std::int64_t>{16, kObjectChannels, 64}));
    for (std::int64_t i = 0; i < 16; ++i) {
        const bool cone = objects.labels[i].item<std::int64_t>() < 4;
        const float x = objects.centre[i][0].item<float>();
        EXPECT_TRUE(cone ? x > 0.005F && x < 0.1F : x == 0.0F) << "behind the points that are seen";
    }
    auto again = madeTask(ObjectNetworkKind::PointNet, 7);
    setThreadCount(0);
    const auto same = again.batch(3);
    EXPECT_TRUE(torch::equal(objects.input, dynamic_cast<const ObjectBatch&>(*same).input));
}

TEST(ObjectTask, AllNetworksLearn) {
    for (const auto kind : kObjectNetworks) {
        auto task = madeTask(kind);
        const auto parameters = task.parameters();
        double first = 0.0, last = 0.0;
        for (int step = 0; step < 12; ++step) {
            const auto loss = task.loss(*task.batch(step));
            (step == 0 ? first : last) = loss.item<double>();
            loss.backward();
            const torch::NoGradGuard plain;
            for (auto parameter : parameters) {
                ASSERT_TRUE(parameter.grad().defined()) << toString(kind);
                parameter -= 0.02 * parameter.grad();
                parameter.grad().zero_();
            }
        }
        EXPECT_LT(last, 0.7 * first) << toString(kind);
        const auto confusion = task.validate(task.stateDict(), {}, [](double) {});
        EXPECT_EQ(confusion.classes(), kObjectClasses);
        EXPECT_GT(task.otherScores().at("accuracy"), 0.0);
    }
}

TEST(ObjectTask, RefusesDataWithoutCones) {
    ObjectTaskOptions options;
    options.data.push_back({"bare", 1, 0.0, [](std::size_t) {
                                auto truth = madeScan(1);
                                truth.cones.clear();
                                return truth;
                            }});
    try {
        ObjectTask(std::move(options), makeCpuOps(), makeCpuPointOps(), {}, [](double) {});
        FAIL();
    } catch (const DatasetError& error) {
        EXPECT_THAT(error.line(), HasSubstr("bare: no cluster of points is a cone"));
    }
}

TEST(ObjectTask, RefusesBatchesOfOneObject) {
    ObjectTaskOptions options{.batch = 1};
    options.data.push_back({"made", 1, 0.0, [](std::size_t i) { return madeScan(i); }});
    EXPECT_THAT(
        [&] { ObjectTask(options, makeCpuOps(), makeCpuPointOps(), {}, [](double) {}); },
        testing::ThrowsMessage<ConfigError>(HasSubstr("--batch 1"))
    );
}

TEST(Augmented, KeepsObjectAndCentreTogether) {
    ObjectSample sample{madeCloud(ConeKind::Blue, 40, 5), ConeKind::Blue, {0.1F, 0.05F, 0.01F}};
    bool mirrored = false, thinned = false;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        SplitMix64 random(seed);
        const auto moved = augmented(sample, random);
        EXPECT_EQ(moved.kind, ConeKind::Blue);
        EXPECT_NEAR(std::abs(moved.centre[1]), 0.05F, 0.002F);
        mirrored = mirrored || moved.centre[1] < 0.0F;
        thinned = thinned || moved.cloud.points.size() < 40;
        EXPECT_GE(moved.cloud.points.size(), 20U);
    }
    EXPECT_TRUE(mirrored && thinned);
    sample.cloud.points.resize(1);
    SplitMix64 random(1);
    EXPECT_EQ(augmented(sample, random).cloud.points.size(), 1U);
}

TEST(ConeDetector, AnswersOncePerCandidateAndSaysWhatIsWrong) {
    const auto truth = madeScan(5);
    const auto objects = prepareObjects(*truth.scan);
    EXPECT_EQ(objects.candidates.size(), 4U);
    const auto detector = ConeDetector::open({.kind = ObjectNetworkKind::VoxelCnn}, makeCpuOps());
    EXPECT_EQ(detector->info().label, "dense 3D CNN 89k (untrained)");
    EXPECT_FALSE(detector->info().trained);
    const auto run = detector->run(objects);
    ASSERT_EQ(run.answers.size(), 4U);
    EXPECT_GT(run.trace.totalMacs(), 4'000'000);
    ObjectRun said;
    said.answers = {
        {ConeKind::None, 0.9F, {1.0F, 0.0F, 0.0F}}, {ConeKind::Orange, 0.8F, {2.0F, 0.0F, 0.0F}}};
    ASSERT_EQ(said.detections().size(), 1U) << "objects that are no cones are no detections";
    EXPECT_EQ(said.detections()[0].kind, ConeKind::Orange);
    EXPECT_EQ(said.detections()[0].base[0], 2.0F);
    EXPECT_TRUE(detector->run(PreparedObjects()).answers.empty());
    EXPECT_THROW(ConeDetector::open({.weights = "absent.safetensors"}, makeCpuOps()), Error);
    EXPECT_EQ(ConeDetector::open({}, makeCpuOps())->info().kind, ObjectNetworkKind::Pvcnn);
}

} // namespace
} // namespace siskin
