// SPDX-License-Identifier: MIT
// Which tiles and how many splits a convolution gets: computed from counts of the very map, so that
// nothing has to be tried out (engines.md 2.2, 2.4). Free of CUDA and LibTorch.
#pragma once

#include "gpu/kernels/conv_job.hpp"

#include <cstdint>
#include <span>

namespace siskin::gpu {

/// What the tiles of a map cost when its offsets are cut into that many splits.
struct OrderWork {
    int splits = 1;
    std::int64_t tileOffsets64 =
        0; ///< offsets that tiles of 64 rows need, summed over tiles and splits
    std::int64_t tileOffsets128 = 0; ///< the same with tiles of 128 rows
};

/// One convolution.
struct ConvShape {
    std::int64_t rows = 0;
    int volume = 1;
    int channelBytesIn = 0; ///< of one row
    int channelsOut = 0;
    Format format = Format::Float16;
};

/// What the device can do in a second. Defaults: an H200, from its data sheet, with the shares that
/// matrix instructions issued per warp and random rows from its second-level cache usually reach.
struct DeviceRates {
    double macs16 = 300e12; ///< 16-bit multiply-adds
    double macsTf32 = 150e12;
    double cacheBytes = 5.5e12;
    double memoryBytes = 4.0e12;
    int multiprocessors = 132;
    double launchSeconds = 3e-6;
};

struct Tiling {
    int order = -1; ///< which of the orders; -1: rows as they are
    TileShape shape;
    double seconds = 0.0;    ///< estimated
    double redundancy = 1.0; ///< multiply-adds done over those that the pairs need
};

/// What the choice is made from; benchmarks force it to see how good the model is.
struct TilingChoice {
    DeviceRates rates{};
    int splits = 0;   ///< 0: any
    int tileRows = 0; ///< 0: any
};

/// Columns of a tile for that many output channels: the fewest padded ones, then the widest tile.
int tileColumns(int channelsOut);

/// Estimate of one way to do it.
Tiling estimate(
    const ConvShape& conv,
    const OrderWork& work,
    std::int64_t pairs,
    int tileRows,
    const DeviceRates& rates
);

/// The fastest by estimate of those that `choice` allows (all, where it allows none). `orders` may
/// be empty: then every tile does all offsets.
Tiling chooseTiling(
    const ConvShape& conv,
    std::span<const OrderWork> orders,
    std::int64_t pairs,
    const TilingChoice& choice
);

} // namespace siskin::gpu
