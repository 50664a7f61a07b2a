// SPDX-License-Identifier: MIT
#include "core/trace/recorder.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

TEST(TraceRecorder, SplitsTheTimeOfAFusedLayerByMacs) {
    TraceRecorder recorder;
    Span whole{.name = "conv", .start = 1.0, .duration = 0.8, .macs = 300};
    recorder.addFinished(whole);
    recorder.splitLast(Span{.name = "projection", .macs = 100});
    const auto trace = recorder.finish();
    ASSERT_EQ(trace.root.children.size(), 2U);
    const auto& conv = trace.root.children[0];
    const auto& projection = trace.root.children[1];
    EXPECT_DOUBLE_EQ(conv.duration, 0.6);
    EXPECT_FALSE(conv.isShare);
    EXPECT_EQ(projection.name, "projection");
    EXPECT_DOUBLE_EQ(projection.start, 1.6);
    EXPECT_DOUBLE_EQ(projection.duration, 0.2);
    EXPECT_TRUE(projection.isShare);
    EXPECT_EQ(trace.totalMacs(), 400);
}

TEST(TraceRecorder, SplitsALayerWithoutWork) {
    TraceRecorder recorder;
    recorder.addFinished(Span{.name = "conv", .duration = 0.5});
    recorder.splitLast(Span{.name = "projection"});
    const auto trace = recorder.finish();
    EXPECT_DOUBLE_EQ(trace.root.children[0].duration, 0.5);
    EXPECT_DOUBLE_EQ(trace.root.children[1].duration, 0.0);
}

TEST(TraceRecorder, LeavesOutWhatWasDiscarded) {
    TraceRecorder recorder;
    {
        TraceRecorder::Scope stage(recorder, "maps", SpanKind::Stage);
        { TraceRecorder::Scope kept(recorder, "first", SpanKind::KernelMap); }
        {
            TraceRecorder::Scope dropped(recorder, "second", SpanKind::KernelMap);
            { TraceRecorder::Scope below(recorder, "third", SpanKind::KernelMap); }
            dropped.discard();
        }
        stage->pairs = 7; // still the innermost
    }
    const auto trace = recorder.finish();
    ASSERT_EQ(trace.root.children.size(), 1U);
    const auto& maps = trace.root.children[0];
    EXPECT_EQ(maps.pairs, 7);
    ASSERT_EQ(maps.children.size(), 1U);
    EXPECT_EQ(maps.children[0].name, "first");
}

/// A device that takes a second between any two notes.
class SlowDevice final : public DeviceTimer {
  public:
    void enter(std::string_view) override { times_.push_back(static_cast<double>(times_.size())); }

    void leave() override { enter({}); }

    std::vector<double> seconds() override { return times_; }

  private:
    std::vector<double> times_;
};

TEST(TraceRecorder, TakesTheTimesOfADeviceThatIsBehind) {
    TraceRecorder recorder(0.25, std::make_shared<SlowDevice>());
    recorder.addFinished(Span{.name = "read", .duration = 0.25});
    {
        TraceRecorder::Scope stage(recorder, "network", SpanKind::Stage);
        {
            TraceRecorder::Scope layer(recorder, "conv", SpanKind::Convolution);
            layer->macs = 300;
        }
        recorder.splitLast(Span{.name = "projection", .macs = 100});
        { TraceRecorder::Scope layer(recorder, "linear", SpanKind::Linear); }
    }
    const auto trace = recorder.finish();
    ASSERT_EQ(trace.root.children.size(), 2U);
    EXPECT_DOUBLE_EQ(trace.root.children[0].duration, 0.25); // read on the processor
    const auto& network = trace.root.children[1];
    EXPECT_NEAR(network.duration, 5.0, 1e-6);
    ASSERT_EQ(network.children.size(), 3U);
    EXPECT_NEAR(network.children[0].duration, 0.75, 1e-6); // its share by MACs of one second
    EXPECT_NEAR(network.children[1].duration, 0.25, 1e-6);
    EXPECT_NEAR(network.children[2].duration, 1.0, 1e-6);
    EXPECT_NEAR(network.children[2].start - network.start, 3.0, 1e-6);
}

} // namespace
} // namespace siskin
