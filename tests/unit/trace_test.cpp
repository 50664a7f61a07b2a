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

} // namespace
} // namespace siskin
