// SPDX-License-Identifier: MIT
// Whole evaluations with models that cost nothing: shards, resuming, failures, folds.
#include "core/base/cancel.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/base/resources.hpp"
#include "core/benchmark/folder.hpp"
#include "core/benchmark/merge.hpp"
#include "core/scan/shape_categories.hpp"
#include "tests/unit/evaluation_fakes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

namespace siskin {
namespace {

namespace fs = std::filesystem;
using fakes::FakeModel;
using fakes::FakeReader;

/// Runs whatever the journal of `part` does not have yet.
struct Runner {
    FakeReader reader{23};
    FakeModel first{"first", 1};
    FakeModel second{"second", 2};
    ParallelMode parallel = ParallelMode::Frames;
    int warmUpRuns = 0;
    bool stopOnError = false;
    std::stop_token stop{};
    std::function<void(const EvaluatedFrame&)> keep{};

    EvaluationPlan plan(Shard shard = {}) const {
        auto plan = fakes::planOf(reader, {&first, &second});
        plan.shard = shard;
        return plan;
    }

    std::string run(const fs::path& root, Shard shard = {}) {
        const auto plan = this->plan(shard);
        const EvaluationFolder folder(root, shard);
        writeFileAtomically(folder.planFile(), planText(plan));
        EvaluationSummary summary(plan);
        const auto past = readJournal(folder.journalFile(), plan, [&](const FrameRecord& record) {
            summary.add(record);
        });
        EvaluationInput input{plan, reader, {}, {&first, &second}};
        for (std::size_t i = 0; i < plan.frames; ++i) {
            input.frames.push_back(i);
        }
        EvaluationOptions options;
        options.parallel = parallel;
        options.warmUpRuns = warmUpRuns;
        options.stopOnError = stopOnError;
        options.stop = stop;
        options.keep = keep;
        Journal journal(folder.journalFile(), plan, past.validBytes);
        evaluate(input, options, past, journal, summary);
        return fakes::scoresText(summary);
    }
};

std::string mergedText(const std::vector<fs::path>& folders) {
    const auto parts = findParts(folders);
    const auto plan = joinShards(parts);
    EvaluationSummary summary(plan);
    const auto content =
        readParts(parts, plan, false, [&](const FrameRecord& record) { summary.add(record); });
    for (const auto& failure : content.failures) {
        summary.add(failure);
    }
    return fakes::scoresText(summary);
}

std::string messageOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.line();
    }
    return "nothing was thrown";
}

TEST(Evaluation, SameScoresHoweverFramesRun) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    const auto expected = runner.run(folder.path() / "a");
    EXPECT_NE(expected.find("official miou 0."), std::string::npos) << expected;
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        for (const auto mode : {ParallelMode::Auto, ParallelMode::Frames, ParallelMode::Threads}) {
            runner.parallel = mode;
            const auto name = fmt::format("{}-{}", threads, toString(mode));
            EXPECT_EQ(runner.run(folder.path() / name), expected) << name;
        }
    }
    setThreadCount(0);
}

TEST(Evaluation, ShardsMergeToTheWhole) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    const auto expected = runner.run(folder.path() / "whole");
    for (const std::size_t count : {1U, 2U, 5U, 23U, 30U}) {
        const auto root = folder.path() / fmt::format("{}", count);
        for (std::size_t index = count; index >= 1; --index) {
            runner.run(root, {index, count});
        }
        EXPECT_EQ(mergedText({root}), expected) << count;
    }
}

TEST(Evaluation, MergeRefusesWhatDoesNotFit) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    const auto root = folder.path() / "s";
    runner.run(root, {1, 3});
    runner.run(root, {3, 3});
    const auto merged = [&](const std::vector<fs::path>& parts) {
        return messageOf([&] { mergedText(parts); });
    };
    EXPECT_NE(merged({root}).find("shard 2/3 is missing"), std::string::npos) << merged({root});
    const auto first = root / "shard-01-of-03";
    EXPECT_NE(merged({root, first}).find("are both shard 1/3"), std::string::npos);
    EXPECT_NE(merged({folder.path()}).find("no evaluation in it"), std::string::npos);
    runner.run(root);
    EXPECT_NE(merged({root}).find("both a whole evaluation and shards"), std::string::npos);
    fs::remove(root / "plan.json");

    EvaluationPlan plan = runner.plan({2, 3});
    plan.split = "val";
    const EvaluationFolder foreign(root, {2, 3});
    writeFileAtomically(foreign.planFile(), planText(plan));
    EXPECT_NE(merged({root}).find("split: \"\" here, \"val\" there"), std::string::npos)
        << merged({root});

    plan = runner.plan({2, 3});
    writeFileAtomically(foreign.planFile(), planText(plan));
    const Journal empty(foreign.journalFile(), plan, 0);
    EXPECT_NE(merged({root}).find("not finished, 8 frames are missing"), std::string::npos)
        << merged({root});
}

TEST(Evaluation, FailuresAreListedAndTriedAgain) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    const auto expected = runner.run(folder.path() / "good");
    runner.reader.broken = {0, 5};
    runner.second.refuses = "00/000022";
    const auto bad = runner.run(folder.path() / "bad");
    EXPECT_NE(bad.find("failed 0 00/000000: made to fail"), std::string::npos) << bad;
    EXPECT_NE(bad.find("failed 5 "), std::string::npos);
    EXPECT_NE(bad.find("failed 22 00/000022: this model does not take it"), std::string::npos);
    EXPECT_EQ(mergedText({folder.path() / "bad"}), bad) << "failures are part of the journal";
    runner.reader.broken.clear();
    runner.second.refuses.clear();
    EXPECT_EQ(runner.run(folder.path() / "bad"), expected);
    EXPECT_EQ(mergedText({folder.path() / "bad"}), expected);
}

TEST(Evaluation, StopOnErrorEndsAtTheFirst) {
    Runner runner;
    runner.reader.broken = {7, 9};
    runner.stopOnError = true;
    const fakes::TemporaryFolder folder;
    EXPECT_NE(
        messageOf([&] { runner.run(folder.path()); }).find("00/000007: made to fail"),
        std::string::npos
    );
    runner.reader.broken.clear();
    EXPECT_EQ(runner.run(folder.path()), Runner().run(folder.path() / "again"));
}

TEST(Evaluation, CancelKeepsWhatIsDone) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    const auto expected = runner.run(folder.path() / "whole");
    for (const std::size_t after : {0U, 1U, 10U, 22U}) {
        const auto root = folder.path() / fmt::format("{}", after);
        std::stop_source source;
        runner.stop = source.get_token();
        std::size_t kept = 0;
        runner.keep = [&](const EvaluatedFrame&) {
            if (kept++ == after) {
                source.request_stop();
            }
        };
        try {
            runner.run(root);
        } catch (const Cancelled&) { // or not, when the last frame is through already
        }
        const auto plan = runner.plan();
        std::size_t done = 0;
        readJournal(root / "journal.jsonl", plan, [&](const FrameRecord&) { ++done; });
        EXPECT_EQ(done, kept);
        runner.stop = {};
        runner.keep = {};
        EXPECT_EQ(runner.run(root), expected);
    }
}

TEST(Evaluation, WhatKeepThrowsLeavesTheFrameUndone) {
    Runner runner;
    const fakes::TemporaryFolder folder;
    runner.keep = [](const EvaluatedFrame& frame) {
        if (frame.record.position == 3) {
            throw DatasetError("disk full");
        }
    };
    EXPECT_EQ(messageOf([&] { runner.run(folder.path()); }), "disk full");
    std::vector<std::size_t> done;
    readJournal(folder.path() / "journal.jsonl", runner.plan(), [&](const FrameRecord& record) {
        done.push_back(record.position);
    });
    EXPECT_EQ(done, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Evaluation, EveryModelHasItsTurnToBeFirst) {
    Runner runner;
    runner.parallel = ParallelMode::Threads;
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> order;
    for (FakeModel* model : {&runner.first, &runner.second}) {
        model->onRun = [&, model](const Scan& scan) {
            const std::scoped_lock lock(mutex);
            order[scan.id].push_back(model->info().label);
        };
    }
    const fakes::TemporaryFolder folder;
    runner.run(folder.path());
    EXPECT_EQ(order["00/000000"], (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(order["00/000001"], (std::vector<std::string>{"second", "first"}));
    EXPECT_EQ(order["00/000002"], (std::vector<std::string>{"first", "second"}));
}

TEST(Evaluation, WarmUpRunsDoNotCount) {
    Runner runner;
    runner.warmUpRuns = 3;
    std::atomic<int> runs = 0;
    runner.first.onRun = [&](const Scan&) { ++runs; };
    const fakes::TemporaryFolder folder;
    EXPECT_EQ(runner.run(folder.path()), Runner().run(folder.path() / "cold"));
    EXPECT_EQ(runs, 3 + 23);
}

TEST(Evaluation, FramesWithoutLabelsAreRunAndNotScored) {
    Runner runner;
    for (std::size_t i = 0; i < 23; ++i) {
        runner.reader.unlabelled.insert(i);
    }
    const fakes::TemporaryFolder folder;
    const auto text = runner.run(folder.path());
    EXPECT_EQ(text.find("miou"), std::string::npos) << text;
    EXPECT_NE(text.find("22 00/000022"), std::string::npos);
}

TEST(Evaluation, OneProcessPerFolder) {
    const fakes::TemporaryFolder folder;
    const EvaluationFolder held(folder.path(), {});
    EXPECT_NE(
        messageOf([&] { EvaluationFolder(folder.path(), {}); }).find("another process"),
        std::string::npos
    );
    const EvaluationFolder shard(folder.path(), {1, 2}); // a folder of its own
    EXPECT_EQ(shard.path().filename(), "shard-01-of-02");
}

TEST(Evaluation, LeftoversOfKilledProcessesGoAway) {
    const fakes::TemporaryFolder temporary;
    const EvaluationFolder folder(temporary.path(), {});
    const auto touch = [&](const char* name) {
        writeFileAtomically(temporary.path() / name, "x");
        return temporary.path() / name;
    };
    const auto own = touch("submission/a.label.tmp-12");
    const auto foreign = touch("submission/b.label.tmp-12");
    const auto report = touch("report.json.tmp-7");
    const auto picture = touch("worst/000001.png.tmp-7");
    const auto whole = touch("submission/a.label");
    folder.removeLeftovers({whole});
    EXPECT_FALSE(fs::exists(own));
    EXPECT_TRUE(fs::exists(foreign)) << "another shard may be writing it";
    EXPECT_FALSE(fs::exists(report));
    EXPECT_FALSE(fs::exists(picture));
    EXPECT_TRUE(fs::exists(whole));
}

TEST(Evaluation, SixFoldsAddUpToOneScore) {
    const fakes::TemporaryFolder folder;
    std::vector<fs::path> folds;
    Confusion all(13);
    for (int area = 6; area >= 1; --area) {
        EvaluationPlan plan;
        plan.benchmark = "s3dis";
        plan.split = fmt::format("area_{}", area);
        plan.frames = static_cast<std::size_t>(area);
        plan.framesSha256 = plan.split;
        PlannedModel model;
        model.label = fmt::format("without area {}", area);
        model.weightsSha256 = model.label;
        const auto map = ClassMap::fromJsonFile(resourcePath("classmaps/s3dis.json"));
        model.classMap = std::make_shared<const ClassMap>(map);
        model.rules = scoreRules("s3dis", model.classMap);
        plan.models.push_back(model);
        const EvaluationFolder part(folder.path() / plan.split, {});
        writeFileAtomically(part.planFile(), planText(plan));
        Journal journal(part.journalFile(), plan, 0);
        for (std::size_t i = 0; i < plan.frames; ++i) {
            FrameRecord record;
            record.position = i;
            record.frame = fmt::format("Area_{}/room_{}", area, i);
            record.labels = true;
            ModelRecord one;
            one.scores.perRule.emplace_back(13).add(static_cast<ClassId>(area), 2, 10 * area);
            one.scores.perRule.front().add(2, 2, 5);
            one.scores.strata = {
                StratifiedCounts(Stratum::Height, 13), StratifiedCounts(Stratum::Density, 13)};
            all.add(one.scores.perRule.front());
            record.models.push_back(one);
            journal.append(record);
        }
        folds.push_back(part.path());
    }
    auto parts = findParts(folds);
    const auto plan = joinFolds(parts);
    EXPECT_EQ(plan.frames, 21U);
    EvaluationSummary summary(plan);
    readParts(parts, plan, true, [&](const FrameRecord& record) { summary.add(record); });
    EXPECT_EQ(summary.rows().front().frame, "Area_1/room_0");
    EXPECT_EQ(summary.rows().back().frame, "Area_6/room_5");
    const auto expected = scoreByRule(plan.models[0].rules[0], all);
    EXPECT_EQ(summary.totals(0).rules[0].figures[0].value, expected.figures[0].value);

    parts.pop_back();
    EXPECT_NE(messageOf([&] { joinFolds(parts); }).find("5 folds of 5 areas"), std::string::npos);
    parts.push_back(parts.front());
    EXPECT_NE(messageOf([&] { joinFolds(parts); }).find("6 folds of 5 areas"), std::string::npos);
    EXPECT_NE(messageOf([&] { joinShards(parts); }), "nothing was thrown");
}

} // namespace
} // namespace siskin
