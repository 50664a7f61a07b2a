// SPDX-License-Identifier: MIT
#include "gpu/kernels/points_layout.cuh"
#include "gpu/kernels/points_rows.hpp"

namespace siskin::gpu {

namespace {

constexpr unsigned kThreads = 256;
constexpr unsigned kWarps = kThreads / simt::kWarp;
constexpr std::int64_t kRowsPerPart = 256;

/// The chosen point of a row, and the complaint when there is none.
__device__ inline std::int64_t chosenPoint(const RowChoice& choice, std::int64_t row) {
    const std::int32_t point = choice.index[row];
    if (point < 0 || point >= choice.points) {
        atomicOr(choice.outside, 1);
        return 0;
    }
    return point;
}

template <int Width>
__global__ void __launch_bounds__(kThreads) gatherKernel(
    RowSource features, std::int64_t channels, RowChoice choice, int laneBits, float* out
) {
    const RowShare share = shareOf(laneBits);
    if (share.row >= choice.clouds * choice.rows) {
        return;
    }
    const std::int64_t cloud = share.row / choice.rows;
    const std::int64_t point = chosenPoint(choice, share.row);
    for (std::int64_t p = share.firstPack; p < channels / Width; p += share.step) {
        storePack(out + share.row * channels, p, loadPack<Width>(features, cloud, point, p));
    }
}

/// Rows of 3 + channels values are not aligned, so one value at a time.
__global__ void __launch_bounds__(kThreads) groupKernel(
    ColumnSource coords,
    ColumnSource centres,
    std::int64_t neighbours,
    RowSource features,
    std::int64_t channels,
    RowChoice choice,
    int laneBits,
    float* out
) {
    const RowShare share = shareOf(laneBits);
    if (share.row >= choice.clouds * choice.rows) {
        return;
    }
    const std::int64_t cloud = share.row / choice.rows;
    const std::int64_t centre = share.row % choice.rows / neighbours;
    const std::int64_t point = chosenPoint(choice, share.row);
    float* const row = out + share.row * (3 + channels);
    for (std::int64_t c = share.firstPack; c < 3 + channels; c += share.step) {
        if (c < 3) {
            const float at =
                coords.data[cloud * coords.cloud + c * coords.dimension + point * coords.point];
            const float from =
                centres
                    .data[cloud * centres.cloud + c * centres.dimension + centre * centres.point];
            row[c] = __fsub_rn(at, from);
        } else {
            row[c] = loadPack<1>(features, cloud, point, c - 3).values[0];
        }
    }
}

template <int Width>
__global__ void __launch_bounds__(kThreads) blendKernel(
    RowSource features,
    std::int64_t channels,
    RowChoice choice,
    const float* weight,
    int laneBits,
    float* out
) {
    const RowShare share = shareOf(laneBits);
    const std::int64_t first = share.row * 3;
    if (first >= choice.clouds * choice.rows) {
        return;
    }
    const std::int64_t cloud = first / choice.rows;
    std::int64_t point[3];
    float w[3];
    for (int i = 0; i < 3; ++i) {
        point[i] = chosenPoint(choice, first + i);
        w[i] = weight[first + i];
    }
    for (std::int64_t p = share.firstPack; p < channels / Width; p += share.step) {
        const auto a = loadPack<Width>(features, cloud, point[0], p);
        const auto b = loadPack<Width>(features, cloud, point[1], p);
        const auto c = loadPack<Width>(features, cloud, point[2], p);
        Pack<Width> sum;
        for (int i = 0; i < Width; ++i) {
            const float two = __fadd_rn(__fmul_rn(w[0], a.values[i]), __fmul_rn(w[1], b.values[i]));
            sum.values[i] = __fadd_rn(two, __fmul_rn(w[2], c.values[i]));
        }
        storePack(out + share.row * channels, p, sum);
    }
}

template <int Width>
__global__ void __launch_bounds__(kThreads) finishKernel(
    float* values,
    std::int64_t rows,
    std::int64_t channels,
    const float* scale,
    const float* shift,
    float negativeSlope,
    int laneBits
) {
    const RowShare share = shareOf(laneBits);
    if (share.row >= rows) {
        return;
    }
    const RowSource here{values, 0, channels, 1};
    for (std::int64_t p = share.firstPack; p < channels / Width; p += share.step) {
        auto value = loadPack<Width>(here, 0, share.row, p);
        Pack<Width> factor;
        if (scale != nullptr) {
            factor = loadPack<Width>({scale, 0, 0, 1}, 0, 0, p);
        }
        const auto offset = loadPack<Width>({shift, 0, 0, 1}, 0, 0, p);
        for (int i = 0; i < Width; ++i) {
            const float scaled =
                scale == nullptr ? value.values[i] : __fmul_rn(value.values[i], factor.values[i]);
            const float sum = __fadd_rn(scaled, offset.values[i]);
            value.values[i] = sum < 0.0F ? __fmul_rn(sum, negativeSlope) : sum;
        }
        storePack(values + share.row * channels, p, value);
    }
}

/// A lane per channel and a warp per kWarps-th row of part blockIdx.x % parts; the warps' sums are
/// added in their order. Divided by `divisor` at last.
template <typename In, typename Out>
__global__ void __launch_bounds__(kThreads) sumKernel(
    const In* values,
    std::int64_t rows,
    std::int64_t channels,
    std::int64_t parts,
    std::int64_t rowsPerPart,
    double divisor,
    Out* sums
) {
    __shared__ double ofWarp[kWarps][simt::kWarp];
    const unsigned lane = threadIdx.x % simt::kWarp;
    const unsigned warp = threadIdx.x / simt::kWarp;
    const std::int64_t cloud = blockIdx.x / parts;
    const std::int64_t part = blockIdx.x % parts;
    const std::int64_t channel = static_cast<std::int64_t>(blockIdx.y) * simt::kWarp + lane;
    const std::int64_t last = (part + 1) * rowsPerPart;
    const std::int64_t end = last < rows ? last : rows;
    double sum = 0.0;
    if (channel < channels) {
        const In* const column = values + cloud * rows * channels + channel;
#pragma unroll 4
        for (std::int64_t row = part * rowsPerPart + warp; row < end; row += kWarps) {
            sum += static_cast<double>(column[row * channels]);
        }
    }
    ofWarp[warp][lane] = sum;
    __syncthreads();
    if (warp == 0 && channel < channels) {
        for (unsigned w = 1; w < kWarps; ++w) {
            sum += ofWarp[w][lane];
        }
        sums[blockIdx.x * channels + channel] = static_cast<Out>(sum / divisor);
    }
}

} // namespace

void gatherPoints(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    float* out
) {
    const bool packed = isPackable(features, channels) && isPackable(out, channels);
    const auto [shape, laneBits] =
        launchForRows(choice.clouds * choice.rows, packed ? channels / kPack : channels);
    const auto kernel = packed ? gatherKernel<kPack> : gatherKernel<1>;
    simt::launch(stream, shape, kernel, features, channels, choice, laneBits, out);
}

void groupPoints(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& centres,
    std::int64_t neighbours,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    float* out
) {
    const auto [shape, laneBits] = launchForRows(choice.clouds * choice.rows, 3 + channels);
    simt::launch(
        stream,
        shape,
        groupKernel,
        coords,
        centres,
        neighbours,
        features,
        channels,
        choice,
        laneBits,
        out
    );
}

void blendThreePoints(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    const float* weight,
    float* out
) {
    const bool packed = isPackable(features, channels) && isPackable(out, channels);
    const auto [shape, laneBits] =
        launchForRows(choice.clouds * choice.rows / 3, packed ? channels / kPack : channels);
    const auto kernel = packed ? blendKernel<kPack> : blendKernel<1>;
    simt::launch(stream, shape, kernel, features, channels, choice, weight, laneBits, out);
}

void finishConvolution(
    Stream stream,
    float* values,
    std::int64_t rows,
    std::int64_t channels,
    const float* scale,
    const float* shift,
    float negativeSlope
) {
    const bool packed =
        isPackable(values, channels) && isPackable(scale, channels) && isPackable(shift, channels);
    const auto [shape, laneBits] = launchForRows(rows, packed ? channels / kPack : channels);
    simt::launch(
        stream,
        shape,
        packed ? finishKernel<kPack> : finishKernel<1>,
        values,
        rows,
        channels,
        scale,
        shift,
        negativeSlope,
        laneBits
    );
}

std::int64_t partsOfMeans(std::int64_t rows) {
    return simt::divideUp(rows, kRowsPerPart);
}

void averageRows(
    Stream stream,
    const float* values,
    std::int64_t clouds,
    std::int64_t rows,
    std::int64_t channels,
    double* partial,
    float* means
) {
    const std::int64_t parts = partsOfMeans(rows);
    simt::LaunchShape shape{
        .blocksX = static_cast<unsigned>(clouds * parts),
        .blocksY = static_cast<unsigned>(simt::divideUp(channels, simt::kWarp)),
        .threads = kThreads};
    simt::launch(
        stream,
        shape,
        sumKernel<float, double>,
        values,
        rows,
        channels,
        parts,
        kRowsPerPart,
        1.0,
        partial
    );
    shape.blocksX = static_cast<unsigned>(clouds);
    simt::launch(
        stream,
        shape,
        sumKernel<double, float>,
        partial,
        parts,
        channels,
        std::int64_t{1},
        parts,
        static_cast<double>(rows),
        means
    );
}

} // namespace siskin::gpu
