// SPDX-License-Identifier: MIT
#include "gpu/kernels/conv_epilogue.cuh"
#include "gpu/kernels/conv_job.hpp"
#include "gpu/kernels/conv_tile.cuh"

namespace siskin::gpu {

// Compiled in files of their own: they are most of what there is to compile.
extern template void launchTiles<simt::Half>(Stream, const TileShape&, const ConvJob&);
extern template void launchTiles<simt::BFloat16>(Stream, const TileShape&, const ConvJob&);
extern template void launchTiles<float>(Stream, const TileShape&, const ConvJob&);

namespace {

__device__ inline std::int64_t globalIndex() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

/// One thread per output value. The products of an offset are summed before they are added, which
/// keeps rounding errors short.
__global__ void exactKernel(ConvJob job) {
    const std::int64_t i = globalIndex();
    const int columns = job.epilogue.channels;
    const std::int64_t row = i / columns;
    const int column = static_cast<int>(i % columns);
    if (row >= job.rows) {
        return;
    }
    float sum = 0.0F;
    const auto add = [&](const ConvOperand& operand, std::int64_t input, int offset) {
        const int channels = operand.channelBytes / static_cast<int>(sizeof(float));
        const auto* features = reinterpret_cast<const float*>(
            static_cast<const unsigned char*>(operand.features) + input * operand.rowBytes
        );
        const auto* weights = static_cast<const float*>(operand.weights) +
                              static_cast<std::int64_t>(offset) * channels * columns + column;
        float part = 0.0F;
        for (int c = 0; c < channels; ++c) {
            part = fmaf(features[c], weights[static_cast<std::int64_t>(c) * columns], part);
        }
        sum += part;
    };
    for (int k = 0; k < job.volume; ++k) {
        const std::int64_t input =
            job.table == nullptr ? row : job.table[k * std::int64_t{job.rows} + row];
        if (input >= 0) {
            add(job.main, input, k);
        }
    }
    if (job.projection.features != nullptr) {
        add(job.projection, row, 0);
    }
    static_cast<float*>(job.epilogue.out)[row * job.epilogue.outStride + column] =
        finishValue<float>(job.epilogue, row, column, sum);
}

/// One thread per two channels.
template <typename T>
__global__ void finishKernel(PartialSums sums, std::int64_t rows, ConvEpilogue epilogue) {
    const std::int64_t i = globalIndex();
    const int pairs = sums.columns / 2;
    const std::int64_t row = i / pairs;
    const int column = 2 * static_cast<int>(i % pairs);
    if (row >= rows) {
        return;
    }
    const std::uint32_t mask = sums.masks == nullptr ? ~0U : sums.masks[row];
    const std::uint32_t bits = sums.bits >= 32 ? ~0U : (1U << sums.bits) - 1;
    float total[2] = {0.0F, 0.0F};
    for (int part = 0; part < sums.parts; ++part) {
        const bool counts = sums.masks == nullptr || part == sums.always ||
                            ((mask >> (part * sums.bits)) & bits) != 0;
        if (counts) {
            const float* from = sums.sums + (part * rows + row) * sums.columns + column;
            total[0] += from[0];
            total[1] += from[1];
        }
    }
    finishPair<T>(epilogue, row, column, total);
}

} // namespace

std::size_t sharedBytesOf(const TileShape& shape, int offsetsPerSplit) {
    const int rows = shape.rows * (1 + offsetsPerSplit) * static_cast<int>(sizeof(std::int32_t));
    return static_cast<std::size_t>(rows + kStages * (shape.rows + shape.columns) * kStepBytes);
}

void convolveTiles(Stream stream, Format format, const TileShape& shape, const ConvJob& job) {
    switch (format) {
    case Format::Float16:
        return launchTiles<simt::Half>(stream, shape, job);
    case Format::BFloat16:
        return launchTiles<simt::BFloat16>(stream, shape, job);
    case Format::TensorFloat32:
        return launchTiles<float>(stream, shape, job);
    }
}

void convolveExact(Stream stream, const ConvJob& job) {
    const std::int64_t values = static_cast<std::int64_t>(job.rows) * job.epilogue.channels;
    simt::launch(stream, simt::shapeFor(values), exactKernel, job);
}

void finishSums(
    Stream stream,
    Format format,
    const PartialSums& sums,
    std::int64_t rows,
    const ConvEpilogue& epilogue
) {
    const auto shape = simt::shapeFor(rows * (sums.columns / 2));
    switch (format) {
    case Format::Float16:
        return simt::launch(stream, shape, finishKernel<simt::Half>, sums, rows, epilogue);
    case Format::BFloat16:
        return simt::launch(stream, shape, finishKernel<simt::BFloat16>, sums, rows, epilogue);
    case Format::TensorFloat32:
        return simt::launch(stream, shape, finishKernel<float>, sums, rows, epilogue);
    }
}

} // namespace siskin::gpu
