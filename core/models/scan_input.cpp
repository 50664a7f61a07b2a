// SPDX-License-Identifier: MIT
#include "core/models/scan_input.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

namespace siskin {

namespace {

constexpr std::int64_t kGrain = 8192;

void requireFinite(const Scan& scan) {
    std::atomic<std::int64_t> bad{-1};
    parallelFor(
        static_cast<std::int64_t>(scan.pointCount()),
        kGrain,
        [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto& p = scan.positions[static_cast<std::size_t>(i)];
                if (!std::isfinite(p[0]) || !std::isfinite(p[1]) || !std::isfinite(p[2])) {
                    bad = i;
                    return;
                }
            }
        }
    );
    if (bad >= 0) {
        throw DatasetError(fmt::format(
            "scan {}: point {} has a coordinate that is not finite", scan.id, bad.load()
        ));
    }
}

const PointField& requireIntensity(const Scan& scan) {
    if (scan.positions.empty()) {
        throw DatasetError(fmt::format("scan {}: no points", scan.id));
    }
    const auto* intensity = scan.field("intensity");
    if (intensity == nullptr || intensity->values.size() != scan.pointCount()) {
        throw DatasetError(
            fmt::format("scan {}: no 'intensity' per point", scan.id),
            "LiDAR networks need x, y, z and remission"
        );
    }
    return *intensity;
}

} // namespace

PreparedScan
prepareScan(const SparseOps& ops, const Scan& scan, float voxelSize, TraceRecorder& trace) {
    TraceRecorder::Scope span(trace, "voxelise", SpanKind::Stage);
    requireFinite(scan);
    const auto& intensity = requireIntensity(scan);
    const auto points = static_cast<std::int64_t>(scan.pointCount());
    // from_blob wants a mutable pointer; the tensor is only read.
    auto* data = const_cast<float*>(scan.positions.front().data());
    const auto positions = torch::from_blob(data, {points, 3}, torch::kFloat32);
    auto quantized = ops.quantize(ops.upload(positions), voxelSize);
    const std::int64_t voxels = quantized.voxels.size();
    PreparedScan prepared;
    prepared.firstPoint = ops.download(quantized.firstRow);
    const auto representatives = torch::empty({voxels, kInputChannels}, torch::kFloat32);
    auto* features = representatives.data_ptr<float>();
    const auto* first = prepared.firstPoint.data_ptr<std::int64_t>();
    parallelFor(voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t v = begin; v < end; ++v) {
            const auto row = static_cast<std::size_t>(first[v]);
            std::copy_n(scan.positions[row].data(), 3, features + v * kInputChannels);
            features[v * kInputChannels + 3] = intensity.values[row];
        }
    });
    prepared.input.features = ops.upload(representatives);
    prepared.input.voxels = std::move(quantized.voxels);
    prepared.pointToVoxel = std::move(quantized.inverse);
    span->rowsIn = points;
    span->rowsOut = voxels;
    span->bytes = points * 24 + voxels * 32;
    return prepared;
}

} // namespace siskin
