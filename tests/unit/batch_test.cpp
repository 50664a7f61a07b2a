// SPDX-License-Identifier: MIT
// Batches of frames: the same results whichever way they run, in order, bounded, cancellable.
#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/run/batch.hpp"
#include "core/run/devices.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <random>
#include <set>
#include <thread>

namespace siskin {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::shared_ptr<const Scan> cloud(std::size_t seed, std::size_t points) {
    auto scan = std::make_shared<Scan>();
    scan->id = "frame " + std::to_string(seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    std::uniform_real_distribution<float> place(-4.0F, 4.0F);
    PointField intensity{"intensity", 1, {}};
    for (std::size_t i = 0; i < points; ++i) {
        scan->positions.push_back({place(random), place(random), 0.2F * place(random)});
        intensity.values.push_back(0.1F * place(random));
    }
    scan->fields.push_back(std::move(intensity));
    return scan;
}

/// A made-up batch that counts what happens.
class BatchTest : public testing::TestWithParam<ParallelMode> {
  protected:
    void SetUp() override { setThreadCount(3); }

    void TearDown() override { setThreadCount(0); }

    BatchSource source(std::size_t frames) {
        return {
            .frames = frames,
            .read =
                [this](std::size_t i) {
                    if (i == missing) {
                        throw DatasetError("no such file", "look elsewhere");
                    }
                    const int held = ++heldFrames;
                    mostHeld = std::max(mostHeld.load(), held);
                    return cloud(i, 10 + i);
                },
            .name = [](std::size_t i) { return "f" + std::to_string(i); }};
    }

    BatchWork work() {
        return [this](const Scan& scan, const RunOptions& options) {
            const int running = ++runningFrames;
            mostRunning = std::max(mostRunning.load(), running);
            // Later frames are quicker, so that side by side they finish out of order.
            for (int i = 0; i < 8; ++i) {
                throwIfStopRequested(options.stop);
                if (options.progress) {
                    options.progress(i / 8.0, "step");
                }
                std::this_thread::sleep_for(
                    std::chrono::microseconds(scan.pointCount() % 3 == 0 ? 900 : 100)
                );
            }
            RunResult result;
            result.scanId = scan.id;
            result.points = static_cast<std::int64_t>(scan.pointCount());
            result.trace.framesSideBySide = sideBySideCount();
            result.voxels = threadCount();
            --runningFrames;
            ++finished;
            return std::vector<RunResult>{result, result};
        };
    }

    BatchReport run(std::size_t frames, BatchOptions options = {}) {
        options.parallel = GetParam();
        return runBatch(source(frames), work(), options, [this](BatchResult result) {
            --heldFrames;
            seen.push_back(result.position);
            results.push_back(std::move(result));
        });
    }

    std::size_t missing = 1'000'000;
    std::atomic<int> heldFrames{0};
    std::atomic<int> mostHeld{0};
    std::atomic<int> runningFrames{0};
    std::atomic<int> mostRunning{0};
    std::atomic<int> finished{0};
    std::vector<std::size_t> seen;
    std::vector<BatchResult> results;
};

TEST_P(BatchTest, DeliversEveryFrameOnceInOrder) {
    for (const std::size_t frames : {0U, 1U, 2U, 5U, 12U, 13U, 40U}) {
        seen.clear();
        results.clear();
        const auto report = run(frames);
        EXPECT_EQ(report.frames, frames);
        ASSERT_EQ(seen.size(), frames);
        for (std::size_t i = 0; i < frames; ++i) {
            ASSERT_EQ(seen[i], i);
            ASSERT_EQ(results[i].results.size(), 2U);
            EXPECT_EQ(results[i].results[1].scanId, "frame " + std::to_string(i));
            EXPECT_EQ(results[i].scan->pointCount(), 10 + i);
        }
    }
}

TEST_P(BatchTest, HoldsAWindowOfFramesAtMost) {
    run(60);
    EXPECT_LE(mostHeld.load(), static_cast<int>(batchWindow(3)) + 1); // one is being delivered
    EXPECT_LE(mostRunning.load(), 3);
    EXPECT_EQ(heldFrames.load(), 0);
}

TEST_P(BatchTest, AMissingFrameIsNamedAfterThoseBeforeItAreDelivered) {
    for (const std::size_t bad : {0U, 1U, 7U, 19U}) {
        missing = bad;
        seen.clear();
        try {
            run(20);
            FAIL() << "no error";
        } catch (const Error& error) {
            EXPECT_THAT(
                error.line(), AllOf(HasSubstr("no such file"), HasSubstr("look elsewhere"))
            );
            EXPECT_THAT(error.line(), HasSubstr("f" + std::to_string(bad)));
            EXPECT_EQ(error.exitCode(), ExitCode::BadData);
        }
        EXPECT_EQ(seen.size(), bad);
    }
}

TEST_P(BatchTest, OfSeveralFailuresTheFirstInOrderIsReported) {
    const BatchWork failing = [](const Scan& scan, const RunOptions&) -> std::vector<RunResult> {
        if (scan.id == "frame 6") { // fails long after its neighbour
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (scan.id == "frame 6" || scan.id == "frame 7") {
            throw std::runtime_error("bad luck");
        }
        return {};
    };
    BatchOptions options;
    options.parallel = GetParam();
    std::size_t delivered = 0;
    try {
        runBatch(source(30), failing, options, [&](BatchResult) { ++delivered; });
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "frame f6: bad luck");
    }
    EXPECT_EQ(delivered, 6U);
}

TEST_P(BatchTest, StopsWhenAsked) {
    std::stop_source stop;
    BatchOptions options{.stop = stop.get_token(), .progress = {}};
    options.parallel = GetParam();
    std::size_t delivered = 0;
    EXPECT_THROW(
        runBatch(
            source(1000),
            work(),
            options,
            [&](BatchResult) {
                if (++delivered == 15) {
                    stop.request_stop();
                }
            }
        ),
        Cancelled
    );
    EXPECT_LT(finished.load(), 15 + 2 * static_cast<int>(batchWindow(3)));
    EXPECT_THROW(run(5, {.stop = stop.get_token(), .progress = {}}), Cancelled);
}

TEST_P(BatchTest, AnExceptionOfTheReceiverEndsTheBatch) {
    BatchOptions options;
    options.parallel = GetParam();
    const auto full = [](BatchResult result) {
        if (result.position == 3) {
            throw DatasetError("disk full");
        }
    };
    EXPECT_THROW(runBatch(source(500), work(), options, full), DatasetError);
    EXPECT_LT(finished.load(), 500);
}

TEST_P(BatchTest, ProgressStaysInsideTheWhole) {
    double last = 0.0;
    BatchOptions options{.stop = {}, .progress = [&last](double fraction, std::string_view) {
                             EXPECT_GE(fraction, 0.0);
                             EXPECT_LE(fraction, 1.0);
                             last = std::max(last, fraction);
                         }};
    run(20, options);
    EXPECT_GT(last, 0.8);
}

TEST_P(BatchTest, ResultsSayHowTheyRan) {
    const auto report = run(30);
    const auto& last = results.back().results.front();
    EXPECT_EQ(last.trace.framesSideBySide, report.plan.framesSideBySide);
    EXPECT_EQ(last.voxels, report.plan.threadsPerFrame);
    EXPECT_NE(report.plan.mode, ParallelMode::Auto);
    EXPECT_FALSE(report.plan.reason.empty());
    const bool measured = GetParam() == ParallelMode::Auto;
    EXPECT_EQ(report.plan.threadsRate.has_value(), measured);
    EXPECT_EQ(report.plan.framesRate.has_value(), measured);
    if (measured) {
        const bool frames = *report.plan.framesRate > *report.plan.threadsRate;
        EXPECT_EQ(report.plan.mode, frames ? ParallelMode::Frames : ParallelMode::Threads);
    } else {
        EXPECT_EQ(report.plan.mode, GetParam());
    }
}

INSTANTIATE_TEST_SUITE_P(
    Ways,
    BatchTest,
    testing::Values(ParallelMode::Auto, ParallelMode::Frames, ParallelMode::Threads),
    [](const auto& tested) { return std::string(toString(tested.param)); }
);

TEST(BatchPlan, FewFramesAndOneThreadAreNotMeasured) {
    const BatchWork nothing = [](const Scan&, const RunOptions&) {
        return std::vector<RunResult>{};
    };
    const auto planFor = [&](std::size_t frames) {
        const BatchSource source{
            .frames = frames,
            .read = [](std::size_t i) { return cloud(i, 1); },
            .name = [](std::size_t) { return "f"; }};
        return runBatch(source, nothing, {}, [](BatchResult) {}).plan;
    };
    setThreadCount(2);
    EXPECT_FALSE(planFor(2).threadsRate);
    EXPECT_EQ(planFor(9).mode, ParallelMode::Threads);
    EXPECT_FALSE(planFor(9).threadsRate);
    EXPECT_TRUE(planFor(10).threadsRate);
    setThreadCount(1);
    EXPECT_FALSE(planFor(50).threadsRate);
    setThreadCount(0);
    EXPECT_THROW(parallelModeFromName("both"), ConfigError);
    EXPECT_EQ(parallelModeFromName("frames"), ParallelMode::Frames);
}

/// The real thing: labels and confidences must not depend on how the frames were run.
TEST(BatchOfNetworks, BothWaysGiveTheSameLabels) {
    ModelSpec spec;
    spec.randomWidth = 0.1;
    spec.classMap = std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format": "siskin-classmap-1", "name": "two", "title": "Two",
            "ignored": {"name": "none", "colour": [0, 0, 0], "rawIds": [0], "submissionId": 0},
            "classes": [{"name": "a", "colour": [1, 1, 1], "rawIds": [1], "submissionId": 1},
                        {"name": "b", "colour": [2, 2, 2], "rawIds": [2], "submissionId": 2}]})",
        "test"
    ));
    setThreadCount(2);
    const auto pipeline = Pipeline::load(spec, DeviceRegistry().open("cpu"));
    const BatchSource source{
        .frames = 14,
        .read = [](std::size_t i) { return cloud(i % 5, 900 + 700 * (i % 5)); },
        .name = [](std::size_t i) { return std::to_string(i); }};
    const BatchWork work = [&](const Scan& scan, const RunOptions& options) {
        std::vector<RunResult> results;
        results.push_back(pipeline->run(scan, options));
        return results;
    };
    std::vector<Prediction> expected;
    for (const auto mode : {ParallelMode::Threads, ParallelMode::Frames, ParallelMode::Auto}) {
        runBatch(source, work, {.parallel = mode, .stop = {}, .progress = {}}, [&](BatchResult r) {
            const auto& result = r.results.front();
            if (mode == ParallelMode::Threads) {
                expected.push_back(result.prediction);
                EXPECT_THAT(result.trace.device, HasSubstr("2 threads"));
            } else {
                EXPECT_EQ(result.prediction.classIds, expected[r.position].classIds);
                EXPECT_EQ(result.prediction.confidence, expected[r.position].confidence);
            }
            if (mode == ParallelMode::Frames) {
                EXPECT_THAT(
                    result.trace.device, HasSubstr("2 frames side by side, 1 thread each)")
                );
            }
        });
    }
    EXPECT_EQ(expected.size(), 14U);
    setThreadCount(0);
}

TEST(BatchReader, WaitingForItIsToldFromBeingBusy) {
    // Work that ends only when the next frame has been read never waits; work that does nothing
    // always does.
    std::atomic<std::size_t> read{0};
    const auto share = [&](bool waits) {
        read = 0;
        constexpr std::size_t kFrames = 12;
        const BatchSource source{
            .frames = kFrames,
            .read =
                [&](std::size_t i) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(4));
                    ++read;
                    return cloud(i, 10);
                },
            .name = [](std::size_t) { return "f"; }};
        const BatchWork work = [&](const Scan& scan, const RunOptions&) {
            const std::size_t next = std::min(kFrames, std::stoul(scan.id.substr(6)) + 2);
            while (waits && read < next) {
                std::this_thread::yield();
            }
            return std::vector<RunResult>{};
        };
        BatchOptions options;
        options.parallel = ParallelMode::Threads;
        return runBatch(source, work, options, [](const BatchResult&) {}).busyShare;
    };
    EXPECT_LT(share(false), 0.5);
    EXPECT_GT(share(true), 0.5);
}

} // namespace
} // namespace siskin
