// SPDX-License-Identifier: MIT
// The session with scripted models: running, cancelling, late results, failures, commands.
#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "tests/gui/fake_session.hpp"
#include "tests/gui/gui_test.hpp"
#include "widgets/controller/command_text.hpp"
#include "widgets/controller/lane.hpp"
#include "widgets/controller/session_controller.hpp"

#include <QElapsedTimer>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <thread>

namespace siskin::ui {
namespace {

using test::settle;
using test::waitFor;

class SessionTest : public testing::Test {
  protected:
    void open() {
        session.openDataset("fake");
        ASSERT_TRUE(waitFor([this] { return session.frame() != nullptr && !session.isBusy(); }));
    }

    int addModel(ModelKind kind = ModelKind::Spvcnn) {
        ModelSpec spec;
        spec.kind = kind;
        spec.weights = "weights.pt";
        const int id = session.addModel(spec);
        EXPECT_TRUE(waitFor([this, id] { return session.model(id)->state != ModelState::Loading; })
        );
        return id;
    }

    bool waitIdle() {
        return waitFor([this] { return !session.isBusy(); });
    }

    test::Script script;
    SessionController session{test::fakeServices(script)};
    QSignalSpy failures{&session, &SessionController::failed};
};

TEST_F(SessionTest, RunsTwoModelsOneAfterAnother) {
    open();
    const int first = addModel(ModelKind::Spvcnn);
    const int second = addModel(ModelKind::MinkUNet);
    session.run();
    EXPECT_TRUE(session.isRunning());
    ASSERT_TRUE(waitIdle());
    for (const int id : {first, second}) {
        const auto& outcome = session.model(id)->outcome;
        ASSERT_TRUE(outcome);
        ASSERT_TRUE(outcome->scores);
        EXPECT_GT(outcome->scores->presentClasses.mean, 0.3);
        EXPECT_EQ(outcome->prediction->colours.size(), session.frame()->scan->pointCount());
    }
    EXPECT_EQ(failures.size(), 0);
    EXPECT_EQ(session.model(second)->label, "MinkUNet cr 0.25");
}

TEST_F(SessionTest, SameModelTwiceGetsTwoNames) {
    addModel();
    const int second = addModel();
    EXPECT_EQ(session.model(second)->label, "SPVCNN cr 0.25 (2)");
}

TEST_F(SessionTest, RunWaitsForWhatIsStillLoading) {
    session.openDataset("fake");
    ModelSpec spec;
    spec.weights = "weights.pt";
    const int id = session.addModel(spec);
    session.run();
    EXPECT_TRUE(session.isRunning());
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(session.model(id)->outcome);
}

TEST_F(SessionTest, CancelReturnsAtOnceAndDropsTheLateResult) {
    open();
    const int id = addModel();
    script.runMilliseconds = 1500;
    script.ignoreStop = true;
    session.run();
    ASSERT_TRUE(waitFor([this] { return script.runsStarted == 1; }));
    QElapsedTimer timer;
    timer.start();
    session.cancel();
    EXPECT_LT(timer.elapsed(), 500);
    EXPECT_FALSE(session.isRunning());
    ASSERT_TRUE(waitFor([this] { return script.runsFinished == 1; }));
    settle();
    EXPECT_FALSE(session.model(id)->outcome);
    EXPECT_EQ(failures.size(), 0);
}

TEST_F(SessionTest, CancelReachesTheModel) {
    open();
    addModel();
    script.runMilliseconds = 30'000;
    session.run();
    ASSERT_TRUE(waitFor([this] { return script.runsStarted == 1; }));
    session.cancel();
    script.runMilliseconds = 0;
    session.run(); // queued behind the cancelled one, on the same thread
    ASSERT_TRUE(waitFor([this] { return script.runsFinished == 1; }));
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(script.runsStarted, 2);
}

TEST_F(SessionTest, AnotherFrameDropsTheResultOfTheOldOne) {
    open();
    const int id = addModel();
    script.runMilliseconds = 300;
    script.ignoreStop = true;
    session.run();
    ASSERT_TRUE(waitFor([this] { return script.runsStarted == 1; }));
    session.stepFrame(1);
    ASSERT_TRUE(waitFor([this] { return session.frame()->index == 1; }));
    ASSERT_TRUE(waitFor([this] { return script.runsFinished == 1; }));
    settle();
    EXPECT_FALSE(session.model(id)->outcome);
    EXPECT_FALSE(session.isRunning());
}

TEST_F(SessionTest, QuickSteppingShowsTheLastFrameAsked) {
    open();
    for (const std::size_t index : {1U, 2U, 0U, 2U}) {
        session.showFrame(index);
    }
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(session.frame()->index, 2U);
    session.stepFrame(5);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(session.frame()->index, 2U);
    session.showFrame(99); // ignored
    EXPECT_FALSE(session.isBusy());
}

TEST_F(SessionTest, RunsAgainOnEveryFrameWhenAsked) {
    open();
    const int id = addModel();
    session.setRunOnEveryFrame(true);
    session.stepFrame(1);
    ASSERT_TRUE(waitFor([this, id] { return session.model(id)->outcome != nullptr; }));
    EXPECT_EQ(session.model(id)->outcome->result.scanId, "00/000001");
}

TEST_F(SessionTest, FailuresBecomeOneLine) {
    session.openDataset("missing");
    ASSERT_TRUE(waitIdle());
    ASSERT_EQ(failures.size(), 1);
    EXPECT_EQ(failures[0][0].toString(), "missing: no such folder - check the path");
    open();
    script.failLoad = true;
    const int broken = addModel();
    EXPECT_EQ(session.model(broken)->state, ModelState::Failed);
    EXPECT_EQ(failures[1][0].toString(), "weights.pt: not a weight file - choose a .pt file");
    script.failLoad = false;
    script.failRun = true;
    const int id = addModel();
    session.run();
    ASSERT_TRUE(waitIdle());
    ASSERT_EQ(failures.size(), 3);
    EXPECT_EQ(
        failures[2][0].toString(), "SPVCNN cr 0.25: scan 00/000000 is bad - try another frame"
    );
    EXPECT_FALSE(session.model(id)->outcome);
}

TEST_F(SessionTest, RunWithoutAModelOrAScanSaysSo) {
    session.run();
    ASSERT_EQ(failures.size(), 1);
    EXPECT_FALSE(session.isRunning());
    addModel();
    session.run();
    ASSERT_EQ(failures.size(), 2);
    EXPECT_TRUE(failures[1][0].toString().contains("open a data set"));
}

TEST_F(SessionTest, RemovedModelWhileRunningIsForgotten) {
    open();
    const int id = addModel();
    script.runMilliseconds = 200;
    session.run();
    ASSERT_TRUE(waitFor([this] { return script.runsStarted == 1; }));
    session.removeModel(id);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(session.model(id), nullptr);
}

TEST_F(SessionTest, ProgressIsThrottledAndRises) {
    open();
    addModel();
    addModel(ModelKind::MinkUNet);
    script.runMilliseconds = 400;
    QSignalSpy progress(&session, &SessionController::progressed);
    QElapsedTimer timer;
    timer.start();
    session.run();
    ASSERT_TRUE(waitIdle());
    ASSERT_GT(progress.size(), 2);
    EXPECT_LE(progress.size(), timer.elapsed() / 30 + 2);
    double last = 0.0;
    for (const auto& report : progress) {
        EXPECT_GE(report[0].toDouble(), last);
        last = report[0].toDouble();
    }
    EXPECT_GT(last, 0.5);
}

TEST_F(SessionTest, DestroyedWhileRunning) {
    test::Script other;
    other.runMilliseconds = 2000;
    {
        SessionController gone(test::fakeServices(other));
        gone.openDataset("fake");
        gone.addModel({});
        gone.run();
        ASSERT_TRUE(waitFor([&other] { return other.runsStarted == 1; }));
    }
    settle();
    EXPECT_EQ(other.runsFinished, 0);
}

TEST_F(SessionTest, CommandRepeatsTheRun) {
    open();
    EXPECT_TRUE(session.reproducingCommand().isEmpty());
    addModel();
    session.setRegion("fra");
    EXPECT_EQ(
        session.reproducingCommand(),
        "siskin run fake --frame 00/000000 --model spvcnn:weights.pt --region FRA"
    );
    EXPECT_THROW(session.setRegion("nowhere"), EnergyError);
}

TEST(CommandText, QuotesForTheShell) {
    EXPECT_EQ(shellQuoted("a/b.pt"), "a/b.pt");
    EXPECT_EQ(shellQuoted("my file's.pt"), "'my file'\\''s.pt'");
    EXPECT_EQ(shellQuoted(""), "''");
    ModelSpec nas;
    nas.kind = ModelKind::Spvnas;
    nas.weights = "init";
    nas.config = "net.config";
    ModelSpec random;
    random.kind = ModelKind::MinkUNet;
    EXPECT_EQ(
        commandText({"a b.bin", {}}, {nas, random}, "WORLD"),
        "siskin run 'a b.bin' --model spvnas:init:net.config --model minkunet:random:0.25 "
        "--region WORLD"
    );
    ModelSpec shapes;
    shapes.kind = ModelKind::PointNet2Msg;
    shapes.votes = 10;
    EXPECT_EQ(
        commandText({"demo:shapes", "chair/0"}, {shapes}, "WORLD"),
        "siskin run demo:shapes --frame chair/0 --model pointnet2msg:random:0.25 --votes 10 "
        "--region WORLD"
    );
    ModelSpec demo;
    demo.weights = resourcePath("demo") / "pvcnn-rooms.safetensors";
    demo.precision = Precision::Float16;
    EXPECT_EQ(
        commandText({"demo:rooms", {}}, {demo}, "WORLD"),
        "siskin run demo:rooms --model demo:pvcnn-rooms@fp16 --region WORLD"
    );
    ModelSpec folder;
    folder.predictions = "their labels";
    EXPECT_EQ(
        commandText({"a.bin", {}}, {folder}, "WORLD"),
        "siskin run a.bin --model 'predictions:their labels' --region WORLD"
    );
}

TEST(Lane, DeliversOnTheGuiThreadInOrder) {
    Lane lane;
    std::vector<int> seen;
    for (int i = 0; i < 20; ++i) {
        lane.enqueue([&seen, i](const Lane::Channel& channel) {
            channel.deliver([&seen, i, gui = std::this_thread::get_id()] {
                EXPECT_NE(gui, std::this_thread::get_id());
                seen.push_back(i);
            });
        });
    }
    EXPECT_TRUE(lane.isBusy());
    ASSERT_TRUE(waitFor([&lane] { return !lane.isBusy(); }));
    ASSERT_EQ(seen.size(), 20U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

} // namespace
} // namespace siskin::ui
