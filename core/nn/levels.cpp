// SPDX-License-Identifier: MIT
#include "core/nn/levels.hpp"

#include "core/base/cancel.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

void recordMap(TraceRecorder::Scope& span, const KernelMap& map) {
    span->rowsIn = map.rowsIn();
    span->rowsOut = map.rowsOut();
    span->pairs = map.pairCount();
    span->bytes = 8 * map.pairCount() + 16 * (map.rowsIn() + map.rowsOut());
}

/// Recorded only where an implementation took the hint.
void announceLevels(const ForwardContext& context, const VoxelSet& finest) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(context.trace, "all levels", SpanKind::KernelMap);
    if (!context.ops.expectLevels(finest, kLevels, 3)) {
        span.discard();
    }
}

} // namespace

Levels buildLevels(const ForwardContext& context, const VoxelSet& finest) {
    Levels levels;
    levels.voxels[0] = finest;
    announceLevels(context, finest);
    levels.identity = context.ops.identityMap(finest.size());
    for (std::size_t i = 0; i < kLevels; ++i) {
        throwIfStopRequested(context.stop);
        const int stride = 1 << i;
        if (i > 0) {
            TraceRecorder::Scope span(
                context.trace,
                fmt::format("2x2x2 map, stride {} to {}", stride / 2, stride),
                SpanKind::KernelMap
            );
            auto coarsening = context.ops.coarsen(levels.voxels[i - 1]);
            recordMap(span, *coarsening.down);
            levels.voxels[i] = std::move(coarsening.coarse);
            levels.down[i - 1] = std::move(coarsening.down);
            levels.up[i - 1] = std::move(coarsening.up);
        }
        TraceRecorder::Scope span(
            context.trace, fmt::format("3x3x3 map, stride {}", stride), SpanKind::KernelMap
        );
        levels.neighbours[i] = context.ops.submanifoldMap(levels.voxels[i], 3);
        recordMap(span, *levels.neighbours[i]);
    }
    return levels;
}

} // namespace siskin
