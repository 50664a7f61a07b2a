// SPDX-License-Identifier: MIT
// Whole trainings of a tiny network on a tiny data set.
#include "core/base/cancel.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "core/train/lidar_task.hpp"
#include "core/train/trainer.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/train_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/nn/functional/activation.h>

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <limits>
#include <sys/resource.h>

namespace siskin {
namespace {

using test::errorOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::shared_ptr<const ClassMap> threeClasses() {
    static const auto map = std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format":"siskin-classmap-1","name":"three","title":"Three",
            "ignored":{"name":"ignored","colour":[0,0,0],"rawIds":[0],"submissionId":0},
            "classes":[{"name":"car","colour":[1,0,0],"rawIds":[10],"submissionId":10},
                       {"name":"road","colour":[0,1,0],"rawIds":[40],"submissionId":40},
                       {"name":"building","colour":[0,0,1],"rawIds":[50],"submissionId":50}]})",
        "test"
    ));
    return map;
}

TrainingData openData(const fs::path& folder) {
    return labelledFrames(std::make_shared<SemanticKittiReader>(folder, threeClasses()), "tiny");
}

LidarTaskOptions smallOptions(const fs::path& data, ModelKind kind = ModelKind::Spvcnn) {
    LidarTaskOptions options;
    options.network = {.kind = kind, .width = 0.07, .classes = 3, .voxelSize = 0.2F};
    options.data.push_back(openData(data));
    options.validation = options.data.front();
    options.maxVoxels = 300;
    return options;
}

TrainingPlan smallPlan(const fs::path& folder, std::int64_t steps) {
    TrainingPlan plan{.folder = folder, .stepsPerEpoch = 3};
    plan.schedule = {.peak = 0.01, .warmup = 2, .steps = steps};
    plan.average = 0.9;
    plan.clip = 10.0;
    plan.logEvery = 2;
    return plan;
}

struct Seen {
    std::vector<double> losses;
    std::map<std::string, StateDict> stored;
};

/// Stops by itself after `stopAfter` steps.
Seen runTraining(LidarTask& task, const TrainingPlan& plan, std::int64_t stopAfter = 1'000'000) {
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
    observer.store = [&](const char* file, const StateDict& weights, auto&&...) {
        seen.stored[file] = weights;
        for (auto& [name, value] : seen.stored[file]) {
            value = value.clone();
        }
    };
    try {
        train(task, plan, observer, stop.get_token());
        EXPECT_GE(stopAfter, plan.schedule.steps);
    } catch (const Cancelled&) {
        EXPECT_LT(stopAfter, plan.schedule.steps);
    }
    return seen;
}

Seen trainFresh(
    const fs::path& data, const fs::path& folder, std::int64_t steps, std::uint64_t seed = 1
) {
    auto options = smallOptions(data);
    options.seed = seed;
    LidarTask task(options, makeCpuOps());
    auto plan = smallPlan(folder, steps);
    plan.seed = seed;
    return runTraining(task, plan);
}

void expectSame(const StateDict& a, const StateDict& b) {
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [name, value] : a) {
        EXPECT_TRUE(torch::equal(value, b.at(name))) << name;
    }
}

/// The log without its column of seconds.
std::vector<std::string> logRows(const fs::path& folder) {
    std::vector<std::string> rows;
    std::istringstream lines(readTextFile(folder / "log.csv"));
    for (std::string line; std::getline(lines, line);) {
        const auto second = line.find(',', line.find(',') + 1);
        const auto third = line.find(',', second + 1);
        rows.push_back(line.erase(second, third - second));
    }
    return rows;
}

class TrainLoop : public testing::Test {
  protected:
    void SetUp() override { test::writeSmallKitti(data(), 6); }

    void TearDown() override { setThreadCount(0); }

    fs::path data() const { return folder_.path() / "data"; }

    fs::path out(const char* name) const { return folder_.path() / name; }

    test::TemporaryFolder folder_;
};

TEST_F(TrainLoop, LearnsOneFrameByHeart) {
    const auto one = out("one");
    test::writeSmallKitti(one, 1);
    for (const auto kind : {ModelKind::MinkUNet, ModelKind::Spvcnn}) {
        auto options = smallOptions(one, kind);
        options.augmentation = Augmentation::none();
        options.batch = 1;
        LidarTask task(options, makeCpuOps());
        auto plan = smallPlan(out(std::string(toString(kind)).c_str()), 80);
        plan.stepsPerEpoch = 80;
        const auto seen = runTraining(task, plan);
        EXPECT_GT(seen.losses.front(), 0.8);
        EXPECT_LT(seen.losses.back(), 0.2) << toString(kind);
        const auto confusion = task.validate(seen.stored.at("last.safetensors"), {}, [](double) {});
        EXPECT_EQ(confusion.scoredPoints(), 450);
        EXPECT_GT(intersectionOverUnion(confusion, AbsentClass::Skipped).mean, 0.9);
    }
}

TEST_F(TrainLoop, SameSeedSameWeightsOnAnyNumberOfThreads) {
    setThreadCount(1);
    const auto one = trainFresh(data(), out("a"), 7);
    setThreadCount(2);
    const auto two = trainFresh(data(), out("b"), 7);
    setThreadCount(7);
    const auto seven = trainFresh(data(), out("c"), 7);
    const auto other = trainFresh(data(), out("d"), 7, 2);
    EXPECT_EQ(one.losses, two.losses);
    EXPECT_EQ(one.losses, seven.losses);
    EXPECT_NE(one.losses, other.losses);
    expectSame(one.stored.at("last.safetensors"), two.stored.at("last.safetensors"));
    expectSame(one.stored.at("best.safetensors"), seven.stored.at("best.safetensors"));
    EXPECT_EQ(logRows(out("a")), logRows(out("b")));
}

TEST_F(TrainLoop, AnInterruptedTrainingReachesTheSameWeights) {
    const auto whole = trainFresh(data(), out("whole"), 11);
    for (const std::int64_t stopAfter : {1, 6, 8}) { // first step, end of an epoch, inside of one
        const auto folder = out(fmt::format("stopped-{}", stopAfter).c_str());
        auto plan = smallPlan(folder, 11);
        LidarTask task(smallOptions(data()), makeCpuOps());
        const auto begun = runTraining(task, plan, stopAfter);
        EXPECT_EQ(begun.losses.size(), static_cast<std::size_t>(stopAfter));
        plan.resume = true;
        LidarTask again(smallOptions(data()), makeCpuOps());
        const auto ended = runTraining(again, plan);
        EXPECT_EQ(ended.losses.size(), static_cast<std::size_t>(11 - stopAfter));
        EXPECT_EQ(ended.losses.back(), whole.losses.back());
        expectSame(ended.stored.at("last.safetensors"), whole.stored.at("last.safetensors"));
        EXPECT_EQ(logRows(folder), logRows(out("whole")));
    }
}

TEST_F(TrainLoop, ResumingAFinishedTrainingChangesNothing) {
    const auto whole = trainFresh(data(), out("whole"), 4);
    auto plan = smallPlan(out("whole"), 4);
    plan.resume = true;
    LidarTask task(smallOptions(data()), makeCpuOps());
    const auto again = runTraining(task, plan);
    EXPECT_TRUE(again.losses.empty());
    expectSame(again.stored.at("last.safetensors"), whole.stored.at("last.safetensors"));
}

TEST_F(TrainLoop, ADamagedStateIsRefused) {
    trainFresh(data(), out("x"), 2);
    const auto state = out("x") / "state.pt";
    auto plan = smallPlan(out("x"), 4);
    plan.resume = true;
    const auto content = readTextFile(state);
    for (const auto& damaged :
         {std::string("not an archive"), content.substr(0, content.size() / 2), std::string()}) {
        writeFileAtomically(state, damaged);
        LidarTask task(smallOptions(data()), makeCpuOps());
        EXPECT_THAT(
            errorOf([&] { runTraining(task, plan); }), HasSubstr("not the state of this training")
        );
    }
    writeFileAtomically(state, content);
    LidarTask other(smallOptions(data(), ModelKind::MinkUNet), makeCpuOps());
    EXPECT_NE(errorOf([&] { runTraining(other, plan); }), "no error");
}

TEST_F(TrainLoop, AFullDiskLeavesTheStateOfBefore) {
    trainFresh(data(), out("x"), 3);
    const auto state = readTextFile(out("x") / "state.pt");
    auto plan = smallPlan(out("x"), 6);
    plan.resume = true;
    LidarTask task(smallOptions(data()), makeCpuOps());
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN); // writing then fails as on a full disk
    rlimit small = before;
    small.rlim_cur = 20'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto message = errorOf([&] { runTraining(task, plan); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_THAT(message, HasSubstr("cannot write"));
    EXPECT_THAT(message, HasSubstr("state.pt"));
    EXPECT_EQ(readTextFile(out("x") / "state.pt"), state);
    for (const auto& entry : fs::directory_iterator(out("x"))) {
        EXPECT_EQ(entry.path().string().find(".tmp-"), std::string::npos) << entry.path();
    }
}

TEST_F(TrainLoop, ALossThatIsNotFiniteEndsItWithAHint) {
    auto options = smallOptions(data());
    options.classWeights = {1.0, std::numeric_limits<double>::infinity(), 1.0};
    LidarTask task(options, makeCpuOps());
    const auto message = errorOf([&] { runTraining(task, smallPlan(out("x"), 3)); });
    EXPECT_THAT(message, HasSubstr("not finite at step 1"));
    EXPECT_THAT(message, HasSubstr("--lr"));
}

TEST_F(TrainLoop, ABrokenFrameIsNamed) {
    std::ofstream(data() / "sequences/00/velodyne/000003.bin") << "short";
    LidarTask task(smallOptions(data()), makeCpuOps());
    EXPECT_THAT(
        errorOf([&] { runTraining(task, smallPlan(out("x"), 9)); }), HasSubstr("000003.bin")
    );
}

TEST_F(TrainLoop, LossIsTheWeightedCrossEntropyOfLabelledVoxels) {
    // Oracle in double, from the logits of the same weights and the definition (ignored = 255).
    auto options = smallOptions(data(), ModelKind::MinkUNet); // no dropout
    options.classWeights = {2.0, 0.5, 1.0};
    LidarTask task(options, makeCpuOps());
    auto network = TrainableNetwork::create(options.network, makeCpuOps(), options.seed);
    const auto batch = task.batch(0);
    auto& lidar = dynamic_cast<LidarBatch&>(*batch);
    lidar.labels.slice(0, 0, 50).fill_(std::int64_t{kIgnored});
    const auto logits = network->forward(lidar.input, true).to(torch::kFloat64);
    const auto logarithms = torch::nn::functional::log_softmax(logits, 1);
    double sum = 0.0;
    double weight = 0.0;
    for (std::int64_t v = 50; v < lidar.labels.size(0); ++v) {
        const auto label = lidar.labels[v].item<std::int64_t>();
        const double w = options.classWeights[static_cast<std::size_t>(label)];
        sum -= w * logarithms[v][label].item<double>();
        weight += w;
    }
    EXPECT_NEAR(task.loss(*batch).item<double>(), sum / weight, 1e-5);
}

TEST_F(TrainLoop, ABatchWithoutLabelsHasNoLossAndNoGradient) {
    LidarTask task(smallOptions(data()), makeCpuOps());
    const auto batch = task.batch(0);
    dynamic_cast<LidarBatch&>(*batch).labels.fill_(std::int64_t{kIgnored});
    const auto loss = task.loss(*batch);
    EXPECT_EQ(loss.item<float>(), 0.0F);
    loss.backward();
    EXPECT_EQ(gradientNorm(task.parameters()), 0.0);
}

TEST_F(TrainLoop, BatchesHoldSortedSubsetsOfVoxelsWithTheirLabels) {
    auto options = smallOptions(data());
    options.maxVoxels = 100;
    options.augmentation = Augmentation::none();
    options.batch = 3;
    LidarTask task(options, makeCpuOps());
    const auto batch = task.batch(4);
    const auto& lidar = dynamic_cast<const LidarBatch&>(*batch);
    const auto coords = lidar.input.voxels.coords;
    ASSERT_EQ(coords.size(0), 300);
    EXPECT_TRUE(torch::equal(makeReferenceOps()->unique(coords).voxels.coords, coords));
    for (std::int64_t v = 0; v < 300; ++v) {
        EXPECT_EQ(coords[v][0].item<int>(), v / 100);
        const float remission = lidar.input.features[v][3].item<float>();
        const std::int64_t label = remission > 0.8F ? 0 : remission < 0.2F ? 1 : 2;
        EXPECT_EQ(lidar.labels[v].item<std::int64_t>(), label); // as writeSmallFrame gave them
    }
    const auto again = task.batch(4); // the same whenever it is asked for
    const auto& same = dynamic_cast<const LidarBatch&>(*again);
    EXPECT_TRUE(torch::equal(same.input.features, lidar.input.features));
    EXPECT_TRUE(torch::equal(same.labels, lidar.labels));
}

TEST_F(TrainLoop, CropsAreTheNearestVoxelsOfSomePlace) {
    auto options = smallOptions(data());
    options.augmentation = Augmentation::none();
    options.batch = 1;
    const auto whole = LidarTask(options, makeCpuOps()).batch(0);
    options.maxVoxels = 80;
    options.augmentation.crop = true;
    const auto cropped = LidarTask(options, makeCpuOps()).batch(0);
    const auto all = dynamic_cast<const LidarBatch&>(*whole).input.voxels.coords.to(torch::kLong);
    const auto some =
        dynamic_cast<const LidarBatch&>(*cropped).input.voxels.coords.to(torch::kLong);
    ASSERT_EQ(some.size(0), 80);
    const auto distances = [](const torch::Tensor& rows, const torch::Tensor& centre) {
        return (rows - centre).narrow(1, 1, 2).square().sum(1);
    };
    int centres = 0; // of which the crop holds every voxel that is nearer than its farthest one
    for (std::int64_t i = 0; i < some.size(0); ++i) {
        const auto reach = distances(some, some[i]).max();
        centres += (distances(all, some[i]) < reach).sum().item<std::int64_t>() <= 79 ? 1 : 0;
    }
    EXPECT_GE(centres, 1);
}

TEST_F(TrainLoop, MistakesInTheDataAreExplained) {
    auto options = smallOptions(data());
    options.network.classes = 19;
    EXPECT_THAT(
        errorOf([&] { LidarTask(options, makeCpuOps()); }), HasSubstr("the network has 19")
    );
    options = smallOptions(data());
    options.network.voxelSize = 0.08F;
    EXPECT_THAT(errorOf([&] { LidarTask(options, makeCpuOps()); }), HasSubstr("0.08 m"));
    options.network.kind = ModelKind::MinkUNet;
    EXPECT_EQ(errorOf([&] { LidarTask(options, makeCpuOps()); }), "no error");
    options = smallOptions(data());
    options.data.push_back(options.data.front());
    options.data.back().share = 2.0;
    EXPECT_THAT(errorOf([&] { LidarTask(options, makeCpuOps()); }), HasSubstr("share"));
    fs::remove_all(data() / "sequences/00/labels");
    EXPECT_THAT(errorOf([&] { openData(data()); }), HasSubstr("none of its 6 frames has labels"));
}

TEST_F(TrainLoop, SummariesCountLabelsAndKnowTheirData) {
    const auto ignore = [](double) {};
    const auto first = summarise(openData(data()), {}, ignore);
    EXPECT_EQ(first.frames, 6U);
    EXPECT_EQ(first.points, 6 * 450);
    EXPECT_EQ(first.labels, (std::vector<std::int64_t>{900, 900, 900}));
    EXPECT_EQ(first.ignored, 0);
    setThreadCount(7);
    EXPECT_EQ(summarise(openData(data()), {}, ignore).fingerprint, first.fingerprint);
    test::writeSmallFrame(data() / "sequences" / "00", 5, 99);
    const auto changed = summarise(openData(data()), {}, ignore);
    EXPECT_EQ(changed.labels, first.labels);
    EXPECT_NE(changed.fingerprint, first.fingerprint);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(summarise(openData(data()), stop.get_token(), ignore), Cancelled);
}

} // namespace
} // namespace siskin
