// SPDX-License-Identifier: MIT
#include "gpu/kernels/features.hpp"
#include "gpu/simt/number.cuh"

namespace siskin::gpu {

namespace {

using simt::fromFloat;
using simt::launch;
using simt::shapeFor;
using simt::toFloat;

__device__ inline std::int64_t globalIndex() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

template <typename T>
__device__ inline T* rowOf(const FeatureRows& matrix, std::int64_t row) {
    return static_cast<T*>(matrix.values) + row * matrix.stride;
}

template <typename T>
__global__ void splitKernel(FeatureRows in, FeatureRows out) {
    const std::int64_t i = globalIndex();
    const std::int64_t row = i / 4;
    const int channel = static_cast<int>(i % 4);
    if (row >= in.rows) {
        return;
    }
    const float value = channel < in.channels ? rowOf<float>(in, row)[channel] : 0.0F;
    const T high = fromFloat<T>(value);
    rowOf<T>(out, row)[channel] = high;
    rowOf<T>(out, row)[4 + channel] = fromFloat<T>(value - toFloat(high));
}

/// One thread per voxel and channel.
template <typename T>
__global__ void meanKernel(
    FeatureRows points, const std::int32_t* members, const std::int32_t* starts, FeatureRows voxels
) {
    const std::int64_t i = globalIndex();
    const std::int64_t voxel = i / voxels.channels;
    const auto channel = static_cast<int>(i % voxels.channels);
    if (voxel >= voxels.rows) {
        return;
    }
    const std::int32_t first = starts[voxel];
    const std::int32_t last = starts[voxel + 1];
    float sum = 0.0F;
    for (std::int32_t m = first; m < last; ++m) {
        sum += toFloat(rowOf<T>(points, members[m])[channel]);
    }
    const float mean = last > first ? __fdiv_rn(sum, static_cast<float>(last - first)) : 0.0F;
    rowOf<T>(voxels, voxel)[channel] = fromFloat<T>(mean);
}

/// One thread per point and channel.
template <typename T>
__global__ void interpolateKernel(
    FeatureRows voxels,
    const std::int32_t* corners,
    const float* weights,
    FeatureRows addend,
    FeatureRows points
) {
    const std::int64_t i = globalIndex();
    const std::int64_t point = i / points.channels;
    const auto channel = static_cast<int>(i % points.channels);
    if (point >= points.rows) {
        return;
    }
    float sum = addend.values == nullptr ? 0.0F : toFloat(rowOf<T>(addend, point)[channel]);
    for (int corner = 0; corner < 8; ++corner) {
        const std::int32_t voxel = corners[8 * point + corner];
        if (voxel >= 0) {
            sum = fmaf(weights[8 * point + corner], toFloat(rowOf<T>(voxels, voxel)[channel]), sum);
        }
    }
    rowOf<T>(points, point)[channel] = fromFloat<T>(sum);
}

__global__ void labelKernel(
    const float* logits, std::int64_t rows, int classes, std::uint8_t* bestClass, float* bestShare
) {
    const std::int64_t row = globalIndex();
    if (row >= rows) {
        return;
    }
    const float* const own = logits + row * classes;
    int best = 0;
    for (int c = 1; c < classes; ++c) {
        best = own[c] > own[best] ? c : best;
    }
    float sum = 0.0F;
    for (int c = 0; c < classes; ++c) {
        sum += expf(own[c] - own[best]);
    }
    bestClass[row] = static_cast<std::uint8_t>(best);
    bestShare[row] = __fdiv_rn(1.0F, sum);
}

__global__ void spreadKernel(
    const std::uint8_t* bestClass,
    const float* bestShare,
    const std::int64_t* rowOf,
    std::int64_t points,
    std::uint8_t* classIds,
    float* confidence
) {
    const std::int64_t i = globalIndex();
    if (i < points) {
        classIds[i] = bestClass[rowOf[i]];
        confidence[i] = bestShare[rowOf[i]];
    }
}

__global__ void pointsKernel(
    const std::int32_t* coords, std::int64_t values, float pointSize, float voxelSize, float* points
) {
    const std::int64_t i = globalIndex();
    if (i < values) {
        const auto value = static_cast<float>(coords[i]);
        points[i] = i % 4 == 0 ? value : __fdiv_rn(__fmul_rn(value, pointSize), voxelSize);
    }
}

template <typename T>
__global__ void gatherKernel(FeatureRows features, const std::int32_t* from, FeatureRows buffer) {
    const std::int64_t i = globalIndex();
    const std::int64_t row = i / buffer.channels;
    const auto channel = static_cast<int>(i % buffer.channels);
    if (row < buffer.rows) {
        rowOf<T>(buffer, row)[channel] = rowOf<T>(features, from[row])[channel];
    }
}

template <typename T>
__global__ void
scatterKernel(FeatureRows products, const std::int32_t* to, float* sums, int columns) {
    const std::int64_t i = globalIndex();
    const std::int64_t row = i / products.channels;
    const auto channel = static_cast<int>(i % products.channels);
    if (row < products.rows) {
        sums[static_cast<std::int64_t>(to[row]) * columns + channel] +=
            toFloat(rowOf<T>(products, row)[channel]);
    }
}

/// Calls `function` with a value of the format's type.
template <typename Function>
void withType(Format format, Function function) {
    switch (format) {
    case Format::Float16:
        return function(simt::Half{});
    case Format::BFloat16:
        return function(simt::BFloat16{});
    case Format::TensorFloat32:
        return function(0.0F);
    }
}

} // namespace

void splitFloats(Stream stream, Format format, const FeatureRows& in, const FeatureRows& out) {
    withType(format, [&](auto type) {
        launch(stream, shapeFor(4 * in.rows), splitKernel<decltype(type)>, in, out);
    });
}

void meanOverPoints(
    Stream stream,
    Format format,
    const FeatureRows& points,
    const std::int32_t* members,
    const std::int32_t* starts,
    const FeatureRows& voxels
) {
    const auto shape = shapeFor(voxels.rows * voxels.channels);
    withType(format, [&](auto type) {
        launch(stream, shape, meanKernel<decltype(type)>, points, members, starts, voxels);
    });
}

void interpolateCorners(
    Stream stream,
    Format format,
    const FeatureRows& voxels,
    const std::int32_t* corners,
    const float* weights,
    const FeatureRows& addend,
    const FeatureRows& points
) {
    const auto shape = shapeFor(points.rows * points.channels);
    withType(format, [&](auto type) {
        launch(
            stream,
            shape,
            interpolateKernel<decltype(type)>,
            voxels,
            corners,
            weights,
            addend,
            points
        );
    });
}

void labelRows(
    Stream stream,
    const float* logits,
    std::int64_t rows,
    int classes,
    std::uint8_t* bestClass,
    float* bestShare
) {
    launch(stream, shapeFor(rows), labelKernel, logits, rows, classes, bestClass, bestShare);
}

void spreadLabels(
    Stream stream,
    const std::uint8_t* bestClass,
    const float* bestShare,
    const std::int64_t* rowOf,
    std::int64_t points,
    std::uint8_t* classIds,
    float* confidence
) {
    launch(
        stream,
        shapeFor(points),
        spreadKernel,
        bestClass,
        bestShare,
        rowOf,
        points,
        classIds,
        confidence
    );
}

void pointsOfVoxels(
    Stream stream,
    const std::int32_t* coords,
    std::int64_t rows,
    float pointSize,
    float voxelSize,
    float* points
) {
    launch(
        stream, shapeFor(4 * rows), pointsKernel, coords, 4 * rows, pointSize, voxelSize, points
    );
}

void gatherRows(
    Stream stream,
    Format format,
    const FeatureRows& features,
    const std::int32_t* from,
    const FeatureRows& buffer
) {
    const auto shape = shapeFor(buffer.rows * buffer.channels);
    withType(format, [&](auto type) {
        launch(stream, shape, gatherKernel<decltype(type)>, features, from, buffer);
    });
}

void scatterAdd(
    Stream stream,
    Format format,
    const FeatureRows& products,
    const std::int32_t* to,
    float* sums,
    int columns
) {
    const auto shape = shapeFor(products.rows * products.channels);
    withType(format, [&](auto type) {
        launch(stream, shape, scatterKernel<decltype(type)>, products, to, sums, columns);
    });
}

} // namespace siskin::gpu
