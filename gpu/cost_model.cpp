// SPDX-License-Identifier: MIT
#include "gpu/cost_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin::gpu {

namespace {

constexpr int kSumBytes = 4;
constexpr double kBlocksPerMultiprocessor = 3.0; ///< of 64 rows, by registers
constexpr int kIndexBytes = 4;

std::int64_t roundUp(std::int64_t value, std::int64_t to) {
    return simt::divideUp(value, to) * to;
}

double macsPerSecond(Format format, const DeviceRates& rates) {
    return format == Format::TensorFloat32 ? rates.macsTf32 : rates.macs16;
}

int bytesPerValue(Format format) {
    return format == Format::TensorFloat32 ? 4 : 2;
}

/// How much longer the last, partly filled round of blocks makes it.
double roundsOverFull(double blocks, int tileRows, const DeviceRates& rates) {
    const double atOnce = rates.multiprocessors * kBlocksPerMultiprocessor * 64.0 / tileRows;
    const double rounds = blocks / atOnce;
    return rounds <= 0.0 ? 1.0 : std::max(1.0, std::ceil(rounds)) / std::max(rounds, 0.25);
}

} // namespace

int tileColumns(int channelsOut) {
    constexpr std::array<int, 4> kChoices = {128, 96, 64, 32};
    int best = kChoices[0];
    for (const int columns : kChoices) {
        if (roundUp(channelsOut, columns) < roundUp(channelsOut, best)) {
            best = columns;
        }
    }
    return best;
}

Tiling estimate(
    const ConvShape& conv,
    const OrderWork& work,
    std::int64_t pairs,
    int tileRows,
    const DeviceRates& rates
) {
    Tiling tiling;
    tiling.shape = {tileRows, tileColumns(conv.channelsOut)};
    const auto columns = static_cast<double>(roundUp(conv.channelsOut, tiling.shape.columns));
    const double columnTiles = columns / tiling.shape.columns;
    const auto tileOffsets =
        static_cast<double>(tileRows == 64 ? work.tileOffsets64 : work.tileOffsets128);
    const auto inBytes = static_cast<double>(roundUp(conv.channelBytesIn, kStepBytes));
    const double channels = inBytes / bytesPerValue(conv.format);
    const double rowsDone = tileOffsets * tileRows;
    const double arithmetic = rowsDone * channels * columns / macsPerSecond(conv.format, rates);
    const double fetched =
        rowsDone * (inBytes * columnTiles + kIndexBytes) + tileOffsets * inBytes * columns;
    const double blocks =
        static_cast<double>(simt::divideUp(conv.rows, tileRows)) * columnTiles * work.splits;
    double seconds =
        std::max(arithmetic, fetched / rates.cacheBytes) * roundsOverFull(blocks, tileRows, rates);
    const auto written = static_cast<double>(conv.rows) * columns;
    seconds += written * bytesPerValue(conv.format) / rates.memoryBytes;
    if (work.splits > 1) {
        // Written once and read once; a row takes part in about half of its splits or more.
        seconds += 2.0 * written * work.splits * kSumBytes / rates.cacheBytes + rates.launchSeconds;
    }
    tiling.seconds = seconds;
    tiling.redundancy = pairs > 0 ? rowsDone / static_cast<double>(pairs) : 1.0;
    return tiling;
}

Tiling chooseTiling(
    const ConvShape& conv,
    std::span<const OrderWork> orders,
    std::int64_t pairs,
    const TilingChoice& choice
) {
    const auto allOffsets = [&](int tileRows) {
        return simt::divideUp(conv.rows, tileRows) * conv.volume;
    };
    const OrderWork unsorted{1, allOffsets(64), allOffsets(128)};
    Tiling best;
    bool bestIsAllowed = false;
    const auto consider = [&](const OrderWork& work, int order) {
        for (const int tileRows : {64, 128}) {
            const bool allowed = (choice.splits == 0 || choice.splits == work.splits) &&
                                 (choice.tileRows == 0 || choice.tileRows == tileRows);
            auto tiling = estimate(conv, work, pairs, tileRows, choice.rates);
            tiling.order = order;
            const bool first = best.seconds == 0.0;
            const bool faster = allowed == bestIsAllowed && tiling.seconds < best.seconds;
            if (first || faster || (allowed && !bestIsAllowed)) {
                best = tiling;
                bestIsAllowed = allowed;
            }
        }
    };
    for (std::size_t i = 0; i < orders.size(); ++i) {
        consider(orders[i], static_cast<int>(i));
    }
    if (orders.empty()) {
        consider(unsorted, -1);
    }
    return best;
}

} // namespace siskin::gpu
