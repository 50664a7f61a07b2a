// SPDX-License-Identifier: MIT
// Playing a made-up drive with scripted models: pace, drops, lag, ends, changes on the way.
#include "tests/gui/fake_session.hpp"
#include "tests/gui/gui_test.hpp"
#include "widgets/controller/playback.hpp"
#include "widgets/controller/session_controller.hpp"

#include <QElapsedTimer>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <algorithm>

namespace siskin::ui {
namespace {

using test::settle;
using test::waitFor;

class PlaybackTest : public testing::Test {
  protected:
    void SetUp() override {
        script.frames = 40;
        script.points = 500;
        QObject::connect(&session, &SessionController::frameChanged, &session, [this] {
            if (session.frame() && playback.isPlaying()) {
                seen.push_back(session.frame()->index);
            }
        });
        QObject::connect(&playback, &Playback::frameShown, &playback, [this](double lagMs) {
            lags.push_back(lagMs);
        });
    }

    void open() {
        session.openDataset("fake");
        ASSERT_TRUE(waitFor([this] { return session.frame() != nullptr && !session.isBusy(); }));
    }

    int addModel() {
        ModelSpec spec;
        spec.weights = "weights.pt";
        const int id = session.addModel(spec);
        EXPECT_TRUE(waitFor([this, id] { return session.model(id)->state == ModelState::Ready; }));
        return id;
    }

    bool waitForEnd(double seconds = 20.0) {
        return waitFor([this] { return !playback.isPlaying(); }, seconds);
    }

    test::Script script;
    SessionController session{test::fakeServices(script)};
    Playback playback{session};
    QSignalSpy failures{&session, &SessionController::failed};
    std::vector<std::size_t> seen;
    std::vector<double> lags;
};

TEST_F(PlaybackTest, NothingToPlayIsNoTrouble) {
    playback.play();
    EXPECT_FALSE(playback.isPlaying());
    playback.seek(3);
    playback.step(1);
    EXPECT_EQ(playback.stats().shown, 0U);
}

TEST_F(PlaybackTest, AdvancesThroughTheDriveAndEndsAtItsEnd) {
    open();
    const int id = addModel();
    playback.setSpeed(4.0); // 40 frames in one second
    QElapsedTimer timer;
    timer.start();
    playback.play();
    EXPECT_TRUE(playback.isPlaying());
    ASSERT_TRUE(waitForEnd());
    EXPECT_GE(timer.elapsed(), 39 * 25 - 5); // never faster than the sensor
    ASSERT_FALSE(seen.empty());
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_EQ(session.frame()->index, 39U);
    EXPECT_EQ(playback.stats().shown + playback.stats().dropped, 40U);
    EXPECT_EQ(playback.stats().shown, lags.size());
    ASSERT_TRUE(session.model(id)->outcome);
    EXPECT_EQ(session.model(id)->outcome->result.scanId, session.frame()->scan->id);
    EXPECT_EQ(failures.size(), 0);
    playback.play(); // from the last frame on means from the beginning
    ASSERT_TRUE(waitFor([this] { return session.frame()->index < 39U; }));
}

TEST_F(PlaybackTest, ASlowModelDropsFramesAndTheLagDoesNotGrow) {
    open();
    addModel();
    script.runMilliseconds =
        120; // two or three frames of 40 per second go by meanwhile, side by side
    playback.setSpeed(4.0);
    playback.setLoop(true);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return lags.size() >= 30; }, 60.0));
    const PlayStats stats = playback.stats();
    EXPECT_GT(stats.dropped, 20U);
    // A queue would add at least 20 ms a frame: 600 ms after 30 of them.
    const double late = *std::min_element(lags.end() - 5, lags.end());
    EXPECT_LT(late, 120.0 + 250.0);
    playback.pause();
    EXPECT_FALSE(playback.isPlaying());
}

TEST_F(PlaybackTest, ResultsOnTheScreenBelongToTheFrameOnTheScreen) {
    open();
    const int id = addModel();
    script.runMilliseconds = 30;
    int wrong = 0;
    QObject::connect(&session, &SessionController::frameChanged, &session, [&] {
        const auto& outcome = session.model(id)->outcome;
        const bool fits = outcome && outcome->result.scanId == session.frame()->scan->id;
        wrong += playback.isPlaying() && !fits ? 1 : 0;
    });
    playback.setSpeed(4.0);
    playback.setLoop(true);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return lags.size() >= 40; }, 60.0));
    EXPECT_EQ(wrong, 0);
}

TEST_F(PlaybackTest, WithoutRunningItOnlyShows) {
    open();
    const int id = addModel();
    playback.setRunWhilePlaying(false);
    playback.setSpeed(4.0);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return seen.size() >= 10; }));
    EXPECT_EQ(script.runsStarted, 0);
    EXPECT_FALSE(session.model(id)->outcome);
}

TEST_F(PlaybackTest, LoopsAndReadsWhatItKeepsOnce) {
    script.frames = 3;
    open();
    playback.setLoop(true);
    playback.setSpeed(4.0);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return seen.size() >= 12; }));
    EXPECT_TRUE(playback.isPlaying());
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 0U) > 1, true);
    EXPECT_LE(script.framesRead, 1 + 3);
    playback.pause();
    settle();
    const auto frozen = session.frame()->index;
    settle();
    EXPECT_EQ(session.frame()->index, frozen);
}

TEST_F(PlaybackTest, PauseReturnsAtOnceAndNothingComesLater) {
    open();
    const int id = addModel();
    script.runMilliseconds = 1500;
    script.ignoreStop = true;
    playback.play();
    ASSERT_TRUE(waitFor([this] { return script.runsStarted >= 1; }));
    QElapsedTimer timer;
    timer.start();
    playback.pause();
    EXPECT_LT(timer.elapsed(), 500);
    ASSERT_TRUE(waitFor([this] { return script.runsFinished == script.runsStarted; }));
    settle();
    EXPECT_FALSE(session.model(id)->outcome);
    EXPECT_TRUE(lags.empty());
}

TEST_F(PlaybackTest, SeekingGoesOnFromThereAndSteppingPauses) {
    open();
    playback.play();
    playback.seek(30);
    ASSERT_TRUE(waitFor([this] { return session.frame()->index >= 30; }));
    EXPECT_TRUE(playback.isPlaying());
    playback.step(-1);
    EXPECT_FALSE(playback.isPlaying());
    ASSERT_TRUE(waitFor([this] { return !session.isBusy(); }));
    const auto at = session.frame()->index;
    playback.step(1);
    ASSERT_TRUE(waitFor([&] { return session.frame()->index == at + 1; }));
}

TEST_F(PlaybackTest, AFailingModelStopsPlayingWithOneLine) {
    open();
    addModel();
    script.failRun = true;
    playback.play();
    ASSERT_TRUE(waitForEnd());
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0][0].toString().contains("is bad"));
}

TEST_F(PlaybackTest, ModelsAndDataSetsMayChangeMeanwhile) {
    open();
    const int first = addModel();
    script.runMilliseconds = 20;
    playback.setLoop(true);
    playback.setSpeed(4.0);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return lags.size() >= 3; }));
    const int second = addModel();
    ASSERT_TRUE(waitFor([&] { return session.model(second)->outcome != nullptr; }));
    session.removeModel(first);
    EXPECT_TRUE(playback.isPlaying());
    session.openDataset("fake");
    ASSERT_TRUE(waitForEnd());
}

TEST_F(PlaybackTest, WaitsForThePaintingOfEachFrame) {
    open();
    playback.setWaitForPaint(true);
    playback.setSpeed(4.0);
    playback.play();
    ASSERT_TRUE(waitFor([this] { return seen.size() == 1; }));
    QElapsedTimer timer;
    timer.start();
    ASSERT_TRUE(waitFor([&] { return timer.elapsed() > 200; }));
    EXPECT_EQ(seen.size(), 1U); // nobody painted it
    EXPECT_EQ(playback.stats().shown, 0U);
    playback.painted();
    ASSERT_TRUE(waitFor([this] { return seen.size() == 2; }));
    EXPECT_EQ(playback.stats().shown, 1U);
    // A window that is never painted must not stop the drive for good.
    ASSERT_TRUE(waitFor([this] { return seen.size() == 3; }));
}

TEST_F(PlaybackTest, DestroyedWhilePlaying) {
    test::Script other;
    other.runMilliseconds = 500;
    {
        SessionController gone(test::fakeServices(other));
        Playback player(gone);
        gone.openDataset("fake");
        ASSERT_TRUE(waitFor([&] { return gone.frame() != nullptr; }));
        gone.addModel({});
        ASSERT_TRUE(waitFor([&] { return !gone.isBusy(); }));
        player.play();
        ASSERT_TRUE(waitFor([&] { return other.runsStarted >= 1; }));
    }
    settle();
    EXPECT_LE(other.runsFinished, other.runsStarted);
}

TEST(CrewChoice, StaysWithAllThreadsWhenTheyKeepUp) {
    CrewChoice choice(0.1, 4);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(choice.sideBySide(), 1);
        choice.record(1, i == 0 ? 3.0 : 0.08); // the warm-up does not count
    }
}

TEST(CrewChoice, TakesWhatShowsMoreWhenTheyDoNot) {
    for (const bool gain : {true, false}) {
        CrewChoice choice(0.1, 2);
        while (choice.sideBySide() == 1) {
            choice.record(1, 0.15);
        }
        for (int i = 0; i < 7; ++i) {
            EXPECT_EQ(choice.sideBySide(), 2);
            choice.record(1, 9.0); // begun before the change
            choice.record(2, gain ? 0.24 : 0.32);
        }
        EXPECT_EQ(choice.sideBySide(), gain ? 2 : 1);
        choice.record(1, 0.3);
        EXPECT_EQ(choice.sideBySide(), gain ? 2 : 1);
    }
    CrewChoice one(0.1, 1);
    for (int i = 0; i < 20; ++i) {
        one.record(1, 5.0);
    }
    EXPECT_EQ(one.sideBySide(), 1);
}

TEST(FrameCache, KeepsToItsBytesAndForgetsTheFarthest) {
    const auto frameOf = [](std::size_t index) {
        auto frame = std::make_shared<LoadedFrame>();
        frame->index = index;
        frame->scan = test::fakeScan("f", 100);
        return frame;
    };
    const std::size_t each = bytesOf(*frameOf(0));
    ASSERT_GT(each, 100U * sizeof(Vec3f));
    FrameCache cache(3 * each);
    const auto ahead = [](std::size_t index) { return (index + 10 - 7) % 10; }; // now at 7
    for (const std::size_t index : {5U, 7U, 8U, 9U, 9U}) {
        cache.insert(frameOf(index), ahead);
        EXPECT_LE(cache.bytes(), 3 * each);
    }
    EXPECT_FALSE(cache.find(5)); // just passed
    EXPECT_TRUE(cache.find(7) && cache.find(8) && cache.find(9));
    FrameCache tiny(1);
    tiny.insert(frameOf(1), ahead);
    tiny.insert(frameOf(2), ahead);
    EXPECT_FALSE(tiny.find(1));
    EXPECT_TRUE(tiny.find(2)); // the new one always stays
}

} // namespace
} // namespace siskin::ui
