// SPDX-License-Identifier: MIT
// Learning on clouds: batches, augmentation, and whole trainings of a tiny network.
#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/scan/shape_categories.hpp"
#include "core/train/cloud_task.hpp"
#include "core/train/trainer.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/cloud_scans.hpp"
#include "tests/unit/made_values.hpp"
#include "tests/unit/train_test.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::errorOf;
using test::values;
using testing::HasSubstr;
using torch::Tensor;

/// Tables of two parts (category 15) with points where the part is plain to see.
class Tables final : public DatasetReader {
  public:
    explicit Tables(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            frames_.push_back({"Table/" + std::to_string(i), "Table", {}, true});
        }
    }

    std::string title() const override { return "tables"; }

    const std::vector<FrameInfo>& frames() const override { return frames_; }

    std::shared_ptr<const ClassMap> classMap() const override { return map_; }

    std::shared_ptr<const Scan> read(std::size_t index) const override {
        auto scan = std::make_shared<Scan>();
        scan->id = frames_[index].id;
        scan->shapeCategory = 15;
        SplitMix64 random(7, index);
        std::vector<ClassId> parts;
        PointField normals{"normal", 3, {}};
        for (int i = 0; i < 300; ++i) {
            const bool top = i % 3 > 0;
            const auto u = [&random] { return static_cast<float>(random.uniform(-1.0, 1.0)); };
            scan->positions.push_back({u(), top ? 0.5F : 0.4F * u(), top ? u() : 0.1F * u()});
            normals.values.insert(normals.values.end(), {0.0F, top ? 1.0F : 0.0F, 0.0F});
            parts.push_back(static_cast<ClassId>(top ? 47 : 48));
        }
        scan->fields.push_back(std::move(normals));
        scan->groundTruth = GroundTruth{{}, parts, map_};
        return scan;
    }

  private:
    std::vector<FrameInfo> frames_;
    std::shared_ptr<const ClassMap> map_ = test::classMapOf("shapenetpart");
};

/// A floor and a wall, dark and bright.
Scan floorAndWall() {
    Scan scan;
    SplitMix64 random(3);
    PointField colours{"rgb", 3, {}};
    for (int i = 0; i < 4000; ++i) {
        const bool floor = i % 2 == 0;
        const auto u = [&random] { return static_cast<float>(random.uniform(0.0, 2.0)); };
        scan.positions.push_back({u(), floor ? u() : 0.0F, floor ? 0.0F : u()});
        colours.values.insert(colours.values.end(), {floor ? 50.0F : 200.0F, 100.0F, 90.0F});
    }
    scan.fields.push_back(std::move(colours));
    return scan;
}

/// One room: what is dark is floor, the rest wall.
class Room final : public DatasetReader {
  public:
    explicit Room(Scan scan) : scan_(std::move(scan)) {
        std::vector<ClassId> classes;
        for (std::size_t i = 0; i < scan_.pointCount(); ++i) {
            const bool floor = scan_.fields[0].values[3 * i] < 100.0F;
            classes.push_back(static_cast<ClassId>(floor ? 2 : 3));
        }
        scan_.groundTruth = GroundTruth{{}, classes, map_};
    }

    std::string title() const override { return "a room"; }

    const std::vector<FrameInfo>& frames() const override { return frames_; }

    std::shared_ptr<const ClassMap> classMap() const override { return map_; }

    std::shared_ptr<const Scan> read(std::size_t) const override {
        return std::make_shared<Scan>(scan_);
    }

  private:
    std::vector<FrameInfo> frames_{{"room", "", {}, true}};
    std::shared_ptr<const ClassMap> map_ = test::classMapOf("s3dis");
    Scan scan_;
};

CloudTaskOptions tableOptions() {
    CloudTaskOptions options;
    options.network = {.kind = ModelKind::Pvcnn, .task = ModelTask::ShapeParts, .width = 0.125};
    options.data.push_back(labelledFrames(std::make_shared<Tables>(4), "tables"));
    options.validation = options.data.front();
    options.augmentation = CloudAugmentation::usual(ModelTask::ShapeParts);
    options.batch = 2;
    options.points = 128;
    return options;
}

CloudTaskOptions roomOptions() {
    CloudTaskOptions options;
    options.network = {.kind = ModelKind::Pvcnn, .task = ModelTask::IndoorScene, .width = 0.125};
    options.data.push_back(labelledFrames(std::make_shared<Room>(floorAndWall()), "room"));
    options.augmentation = CloudAugmentation::usual(ModelTask::IndoorScene);
    options.batch = 2;
    options.points = 64;
    return options;
}

std::unique_ptr<CloudTask> makeTask(CloudTaskOptions options) {
    return std::make_unique<CloudTask>(
        std::move(options), makeCpuOps(), makeCpuPointOps(), std::stop_token(), [](double) {}
    );
}

CloudBatch batchOf(CloudTask& task, std::int64_t step) {
    return dynamic_cast<const CloudBatch&>(*task.batch(step));
}

TEST(CloudTask, ABatchFollowsFromSeedAndStepAlone) {
    for (const auto& options : {tableOptions(), roomOptions()}) {
        auto one = makeTask(options);
        auto two = makeTask(options);
        const auto later = batchOf(*one, 7);
        batchOf(*two, 0);
        const auto same = batchOf(*two, 7);
        EXPECT_TRUE(torch::equal(later.input, same.input));
        EXPECT_TRUE(torch::equal(later.labels, same.labels));
        EXPECT_FALSE(torch::equal(later.input, batchOf(*two, 8).input));
        auto reseeded = options;
        reseeded.seed = 2;
        EXPECT_FALSE(torch::equal(later.input, batchOf(*makeTask(reseeded), 7).input));
    }
}

TEST(CloudTask, SamplesAreWhatTheNetworkReads) {
    auto options = tableOptions();
    options.augmentation = {};
    const auto shapes = batchOf(*makeTask(options), 0);
    ASSERT_EQ(shapes.input.sizes(), torch::IntArrayRef({2, 22, 128}));
    EXPECT_LE(shapes.input.narrow(1, 0, 3).norm(2, 1).max().item<float>(), 1.0001F); // unit ball
    const auto category = shapes.input.narrow(1, 6, 16);
    EXPECT_TRUE((category.select(1, 15) == 1).all().item<bool>());
    EXPECT_EQ(category.sum().item<float>(), 256.0F);
    // The label of each point still belongs to it: tops have a normal.
    EXPECT_TRUE(((shapes.input.select(1, 4) > 0.5) == (shapes.labels == 47)).all().item<bool>());

    auto room = roomOptions();
    room.augmentation = {};
    const auto rooms = batchOf(*makeTask(room), 3);
    ASSERT_EQ(rooms.input.sizes(), torch::IntArrayRef({2, 9, 64}));
    EXPECT_TRUE(((rooms.input.select(1, 3) < 0.5) == (rooms.labels == 2)).all().item<bool>());
}

TEST(CloudTask, RowsOfAWindowAreDrawnOnce) {
    auto options = roomOptions();
    options.augmentation = {};
    options.batch = 8;
    options.points = 800; // every window of the room has more
    const auto batch = batchOf(*makeTask(options), 0);
    for (std::int64_t i = 0; i < options.batch; ++i) {
        const auto different = std::get<0>(torch::unique_dim(batch.input[i], 1));
        EXPECT_EQ(different.size(1), 800);
    }
    EXPECT_FALSE(torch::equal(batch.input[0], batch.input[1]));
    options.points = 4000; // and none so many
    EXPECT_EQ(batchOf(*makeTask(options), 0).input.size(2), 4000);
    auto others = options;
    others.network.kind = ModelKind::PointNet;
    EXPECT_EQ(makeTask(others)->samplesPerEpoch(), makeTask(options)->samplesPerEpoch());
}

TEST(CloudTask, BatchNormsOverCloudsNeedTwo) {
    auto options = roomOptions();
    options.batch = 1;
    EXPECT_THAT(errorOf([&] { makeTask(options); }), HasSubstr("--batch 1"));
    options.network = {ModelKind::Dgcnn, ModelTask::IndoorScene, 0.125};
    EXPECT_EQ(errorOf([&] { makeTask(options); }), "no error");
    auto shapes = tableOptions();
    shapes.batch = 1;
    EXPECT_EQ(errorOf([&] { makeTask(shapes); }), "no error");
}

TEST(CloudTask, OtherClassesAndNetworksAreRefused) {
    auto options = tableOptions();
    options.network.task = ModelTask::IndoorScene;
    EXPECT_THAT(errorOf([&] { makeTask(options); }), HasSubstr("tables"));
    options = tableOptions();
    options.network.kind = ModelKind::Pvcnn2;
    EXPECT_NE(errorOf([&] { makeTask(options); }), "no error");
}

TEST(CloudAugmentation, KeepsARoomConsistent) {
    // Places in the room and positions are the same linear map before and after: x = 4 * share - 2.
    const auto places = values({50, 3}, 1.0) * 0.5 + 0.5;
    auto rows = torch::cat({places * 4.0 - 2.0, values({50, 3}, 2.0) * 0.5 + 0.5, places}, 1);
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        auto changed = rows.clone();
        SplitMix64 random(seed);
        augmentCloud(
            changed, ModelTask::IndoorScene, {.rotate = true, .flip = true, .colour = true}, random
        );
        const auto expected = changed.narrow(1, 6, 2) * 4.0 - 2.0;
        EXPECT_LT((changed.narrow(1, 0, 2) - expected).abs().max().item<float>(), 1e-5F);
        EXPECT_TRUE(torch::equal(changed.select(1, 2), rows.select(1, 2)));
        EXPECT_TRUE(
            ((changed.narrow(1, 3, 3) >= 0) & (changed.narrow(1, 3, 3) <= 1)).all().item<bool>()
        );
        const auto area = [](const Tensor& r) { // seen from above: turned or mirrored, not bent
            return r.select(1, 0) * r.select(1, 0) + r.select(1, 1) * r.select(1, 1);
        };
        EXPECT_LT((area(changed) - area(rows)).abs().max().item<float>(), 1e-4F);
    }
}

TEST(CloudAugmentation, IsReadFromText) {
    const auto rooms = cloudAugmentationFromText("", ModelTask::IndoorScene);
    EXPECT_TRUE(rooms.rotate && rooms.flip && rooms.scale && rooms.jitter && rooms.colour);
    const auto shapes = cloudAugmentationFromText("", ModelTask::ShapeParts);
    EXPECT_TRUE(shapes.jitter && !shapes.flip && !shapes.scale);
    EXPECT_FALSE(cloudAugmentationFromText("none", ModelTask::IndoorScene).jitter);
    const auto colours = [] { cloudAugmentationFromText("colour", ModelTask::ShapeParts); };
    EXPECT_THAT(errorOf(colours), HasSubstr("'colour'"));
}

struct Seen {
    std::vector<double> losses;
    StateDict last;
};

Seen runTraining(TrainingTask& task, TrainingPlan plan, std::int64_t stopAfter) {
    Seen seen;
    std::stop_source stop;
    TrainingObserver observer;
    observer.step = [&](const StepReport& report) {
        seen.losses.push_back(report.loss);
        if (report.step == stopAfter) {
            stop.request_stop();
        }
    };
    observer.validating = [](double) {};
    observer.validated = [](const ValidationReport&) {};
    observer.store = [&](const char*, const StateDict& weights, auto&&...) {
        seen.last.clear();
        for (const auto& [name, value] : weights) {
            seen.last[name] = value.clone();
        }
    };
    try {
        train(task, plan, observer, stop.get_token());
    } catch (const Cancelled&) {
        EXPECT_LT(stopAfter, plan.schedule.steps);
    }
    return seen;
}

TrainingPlan planIn(const std::filesystem::path& folder, std::int64_t steps) {
    TrainingPlan plan{.folder = folder, .stepsPerEpoch = 1000};
    plan.schedule = {.peak = 0.01, .warmup = 2, .steps = steps};
    plan.average = 0.5;
    plan.clip = 10.0;
    return plan;
}

TEST(CloudTraining, LearnsTablesAndGoesOnWhereItStopped) {
    const test::TemporaryFolder folder;
    const auto whole = runTraining(*makeTask(tableOptions()), planIn(folder.path() / "a", 14), 99);
    ASSERT_EQ(whole.losses.size(), 14U);
    const double last = (whole.losses[13] - 0.95 * whole.losses[12]) / 0.05; // smoothing undone
    EXPECT_LT(last, 0.6 * whole.losses.front());
    auto plan = planIn(folder.path() / "b", 14);
    runTraining(*makeTask(tableOptions()), plan, 5);
    plan.resume = true;
    setThreadCount(1);
    auto task = makeTask(tableOptions());
    const auto resumed = runTraining(*task, plan, 99);
    setThreadCount(0);
    ASSERT_EQ(whole.last.size(), resumed.last.size());
    for (const auto& [name, value] : whole.last) {
        EXPECT_TRUE(torch::equal(value, resumed.last.at(name))) << name;
    }
    const auto scores = task->otherScores();
    EXPECT_GT(scores.at("instance_miou"), 0.3); // an absent third part counts 1
    EXPECT_NEAR(scores.at("instance_miou"), scores.at("category_miou"), 1e-12); // one category
}

TEST(CloudTraining, ValidatesEveryPointOfARoom) {
    auto options = roomOptions();
    options.data = {labelledFrames(std::make_shared<Room>(test::heapedRoom()), "heaps")};
    options.validation = options.data.front();
    options.augmentation = {};
    options.points = 512;
    auto task = makeTask(options);
    const test::TemporaryFolder folder;
    runTraining(*task, planIn(folder.path(), 50), 99);
    const auto confusion = task->validate(task->stateDict(), {}, [](double) {});
    EXPECT_EQ(confusion.scoredPoints(), 9216);
    EXPECT_EQ(confusion.seen(2), confusion.seen(3));
    EXPECT_GT(confusion.correct(2) + confusion.correct(3), 9000);
    EXPECT_EQ(confusion.positive(0), 0); // not even points that were in no block
}

} // namespace
} // namespace siskin
