// SPDX-License-Identifier: MIT
// Blocks of tiles small enough for the second cache go through transform, products (the matrix
// loops of the sparse core, one kernel offset per frequency) and back, each on one thread. Clouds
// leave most of a grid empty: tiles that hold nothing but the background (the value of the grid's
// first voxel) have the same result wherever the border lies alike, so one of them is computed.
#include "core/points/cpu/winograd.hpp"

#include "core/base/parallel.hpp"
#include "core/points/cpu/point_kernels.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <span>

namespace siskin::points {

namespace {

constexpr int kFrequencies = 64;
constexpr std::int64_t kOffPowerOfTwo = 16; ///< floats between frequencies: a cache line
constexpr std::size_t kWidestPanel = 32;
constexpr std::int64_t kColumnMultiple = 16; ///< then every panel sums a column in one lane

/// [Cout, Cin, 3, 3, 3] -> float32 [64, Cin, Cout rounded up], in float64 on the way.
torch::Tensor transformed(const torch::Tensor& weight) {
    const auto options = torch::TensorOptions(torch::kFloat64);
    const auto taps =
        at::tensor({1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.0, 0.0, 1.0}, options)
            .reshape({4, 3});
    auto values = weight.to(torch::kFloat64);
    for (int axis = 0; axis < 3; ++axis) {
        values = at::tensordot(values, taps, {2}, {1});
    }
    const std::int64_t missing =
        (kColumnMultiple - weight.size(0) % kColumnMultiple) % kColumnMultiple;
    const auto ordered = values.flatten(2).permute({2, 1, 0});
    return at::constant_pad_nd(ordered, {0, missing}).to(torch::kFloat32).contiguous();
}

struct TilePlace {
    std::int64_t cloud;
    std::array<std::int64_t, 3> first; ///< voxel of its first result, per axis
};

/// How a grid is cut into tiles of 2x2x2 results.
struct Tiling {
    std::int64_t resolution;
    std::int64_t perAxis = (resolution + 1) / 2;

    std::int64_t perCloud() const { return perAxis * perAxis * perAxis; }

    TilePlace place(std::int64_t tile) const {
        const std::int64_t rest = tile % perCloud();
        return {
            tile / perCloud(),
            {2 * (rest / (perAxis * perAxis)),
             2 * (rest / perAxis % perAxis),
             2 * (rest % perAxis)},
        };
    }

    /// The 64 voxels of the cloud's grid that a tile reads; -1 outside.
    std::array<std::int64_t, 64> inputs(const TilePlace& tile) const {
        return cube<4>({tile.first[0] - 1, tile.first[1] - 1, tile.first[2] - 1});
    }

    /// The eight that it writes.
    std::array<std::int64_t, 8> outputs(const TilePlace& tile) const { return cube<2>(tile.first); }

    template <std::size_t Side>
    std::array<std::int64_t, Side * Side * Side> cube(const std::array<std::int64_t, 3>& first
    ) const {
        std::array<std::int64_t, Side * Side * Side> result{};
        std::array<std::array<bool, Side>, 3> inside{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            for (std::size_t i = 0; i < Side; ++i) {
                const auto at = first[axis] + static_cast<std::int64_t>(i);
                inside[axis][i] = at >= 0 && at < resolution;
            }
        }
        for (std::size_t line = 0; line < Side * Side; ++line) {
            const std::size_t x = line / Side;
            const std::size_t y = line % Side;
            const bool exists = inside[0][x] && inside[1][y];
            const std::int64_t plane = first[0] + static_cast<std::int64_t>(x);
            const std::int64_t row = plane * resolution + first[1] + static_cast<std::int64_t>(y);
            for (std::size_t z = 0; z < Side; ++z) {
                result[line * Side + z] = exists && inside[2][z] ? row * resolution + first[2] +
                                                                       static_cast<std::int64_t>(z)
                                                                 : -1;
            }
        }
        return result;
    }

    /// On which sides the tile reads beyond the grid, 0..63.
    std::size_t border(const TilePlace& tile) const {
        std::size_t sides = 0;
        for (const auto first : tile.first) {
            sides = 4 * sides + (first == 0 ? 2 : 0) + (first + 2 >= resolution ? 1 : 0);
        }
        return sides;
    }
};

/// Tiles to compute, and those that look the same as one of them.
struct TileList {
    struct Copy {
        std::int64_t tile;
        std::int64_t from;
    };

    std::vector<std::int64_t> computed;
    std::vector<Copy> copied;
};

/// Per voxel: equal to the first voxel of its cloud.
std::vector<std::uint8_t> findBackground(const torch::Tensor& grid) {
    constexpr std::int64_t kGrain = 4096;
    const std::int64_t channels = grid.size(4);
    const std::int64_t voxels = grid.stride(0) / channels;
    const float* rows = grid.data_ptr<float>();
    std::vector<std::uint8_t> result(static_cast<std::size_t>(grid.size(0) * voxels));
    const std::size_t bytes = static_cast<std::size_t>(channels) * sizeof(float);
    parallelFor(grid.size(0) * voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t v = begin; v < end; ++v) {
            const float* first = rows + v / voxels * voxels * channels;
            result[static_cast<std::size_t>(v)] =
                std::memcmp(rows + v * channels, first, bytes) == 0 ? 1 : 0;
        }
    });
    return result;
}

TileList listTiles(const torch::Tensor& grid, const Tiling& tiling) {
    const auto background = findBackground(grid);
    const std::int64_t voxels = grid.stride(0) / grid.size(4);
    TileList list;
    std::array<std::int64_t, 64> first{};
    for (std::int64_t tile = 0; tile < grid.size(0) * tiling.perCloud(); ++tile) {
        if (tile % tiling.perCloud() == 0) {
            first.fill(-1);
        }
        const auto place = tiling.place(tile);
        const auto* known = background.data() + place.cloud * voxels;
        const auto inputs = tiling.inputs(place);
        const bool same = std::all_of(inputs.begin(), inputs.end(), [known](std::int64_t voxel) {
            return voxel < 0 || known[voxel] != 0;
        });
        auto& model = first[tiling.border(place)];
        if (same && model >= 0) {
            list.copied.push_back({tile, model});
            continue;
        }
        if (same) {
            model = tile;
        }
        list.computed.push_back(tile);
    }
    return list;
}

} // namespace

struct WinogradConv::Task {
    Tiling tiling;
    TileList tiles;
    torch::Tensor in;
    torch::Tensor out;
    std::vector<float> zeros;        ///< what lies beyond the grid
    std::vector<std::int32_t> order; ///< 0, 1, 2 ...

    float* result(std::int64_t cloud, std::int64_t voxel) const {
        return out.data_ptr<float>() + cloud * out.stride(0) + voxel * out.size(4);
    }

    void copy(const TileList::Copy& tile) const {
        const auto target = tiling.place(tile.tile);
        const auto source = tiling.place(tile.from);
        const auto to = tiling.outputs(target);
        const auto from = tiling.outputs(source);
        for (std::size_t i = 0; i < to.size(); ++i) {
            if (to[i] >= 0) {
                std::copy_n(
                    result(source.cloud, from[i]), out.size(4), result(target.cloud, to[i])
                );
            }
        }
    }
};

/// Tiles that one thread takes at a time.
struct WinogradConv::Block {
    std::span<const std::int64_t> tiles;
    std::int64_t stride; ///< floats from one frequency of the tiles to the next
    std::int64_t most;   ///< tiles, in any block

    /// The same for the sums of a panel.
    std::int64_t sumStride(std::int64_t columns) const { return most * columns + kOffPowerOfTwo; }
};

bool WinogradConv::suits(
    std::int64_t channelsIn, std::int64_t channelsOut, std::int64_t resolution
) {
    constexpr std::int64_t kSmallestGrid = 4; // below, most of a tile lies beyond the grid
    return channelsIn >= 16 && channelsOut >= 32 && resolution >= kSmallestGrid;
}

WinogradConv::WinogradConv(
    const torch::Tensor& weight, const torch::Tensor& bias, float negativeSlope
)
    : channelsIn_(weight.size(1)), channelsOut_(weight.size(0)), negativeSlope_(negativeSlope),
      products_(Precision::Float32, transformed(weight), {}),
      bias_(bias.data_ptr<float>(), bias.data_ptr<float>() + bias.numel()) {}

std::int64_t WinogradConv::tilesPerBlock() const {
    constexpr std::int64_t kBytes = 800 << 10; // of a second cache of 2 MB, beside weights and sums
    constexpr std::int64_t kMultiple = 12;     // rows of the matrix loops' register tile
    const std::int64_t perTile = 4 * kFrequencies * channelsIn_;
    return std::clamp<std::int64_t>(kBytes / perTile / kMultiple, 1, 4) * kMultiple;
}

void WinogradConv::toFrequencies(const Task& task, const Block& block, float* frequencies) const {
    const auto& kernels = selectPointKernels();
    for (std::size_t t = 0; t < block.tiles.size(); ++t) {
        const auto place = task.tiling.place(block.tiles[t]);
        const auto voxels = task.tiling.inputs(place);
        const float* cloud = task.in.data_ptr<float>() + place.cloud * task.in.stride(0);
        std::array<const float*, kFrequencies> rows{};
        std::transform(voxels.begin(), voxels.end(), rows.begin(), [&](std::int64_t voxel) {
            return voxel < 0 ? task.zeros.data() : cloud + voxel * channelsIn_;
        });
        float* target = frequencies + static_cast<std::int64_t>(t) * channelsIn_;
        kernels.tileForward(rows.data(), channelsIn_, target, block.stride);
    }
}

void WinogradConv::toVoxels(
    const Task& task, const Block& block, const cpu::Panel& panel, const float* sums
) const {
    const auto& kernels = selectPointKernels();
    const std::int64_t width = panel.kernel->columns;
    const std::int64_t columns = std::min(panel.columns, channelsOut_ - panel.firstColumn);
    std::array<float, kWidestPanel> nowhere{}; // results beyond a grid of odd resolution
    for (std::size_t t = 0; t < block.tiles.size(); ++t) {
        const auto place = task.tiling.place(block.tiles[t]);
        const auto voxels = task.tiling.outputs(place);
        std::array<float*, 8> rows{};
        std::transform(voxels.begin(), voxels.end(), rows.begin(), [&](std::int64_t voxel) {
            return voxel < 0 ? nowhere.data() : task.result(place.cloud, voxel) + panel.firstColumn;
        });
        kernels.tileBackward(
            sums + static_cast<std::int64_t>(t) * width,
            block.sumStride(width),
            columns,
            {bias_.data() + panel.firstColumn, negativeSlope_, rows.data()}
        );
    }
}

void WinogradConv::computeBlock(const Task& task, const Block& block) const {
    thread_local std::vector<float> frequencies;
    thread_local std::vector<float> sums;
    const auto need = [](std::vector<float>& buffer, std::int64_t stride) {
        buffer.resize(std::max(buffer.size(), static_cast<std::size_t>(kFrequencies * stride)));
    };
    need(frequencies, block.stride);
    toFrequencies(task, block, frequencies.data());
    const auto* order = task.order.data();
    const auto count = static_cast<std::int64_t>(block.tiles.size());
    for (const auto& panel : products_.panels()) {
        const std::int64_t sumStride = block.sumStride(panel.kernel->columns);
        need(sums, sumStride);
        for (int f = 0; f < kFrequencies; ++f) {
            panel.kernel->begin(
                {frequencies.data() + f * block.stride, channelsIn_},
                {order, order, count},
                products_.weights(panel, f),
                panel.steps,
                sums.data() + f * sumStride
            );
        }
        toVoxels(task, block, panel, sums.data());
    }
}

torch::Tensor WinogradConv::convolve(const torch::Tensor& grid) const {
    const std::int64_t r = grid.size(1);
    const Tiling tiling{r};
    Task task{
        .tiling = tiling,
        .tiles = listTiles(grid, tiling),
        .in = grid,
        .out = torch::empty({grid.size(0), r, r, r, channelsOut_}),
        .zeros = std::vector<float>(static_cast<std::size_t>(channelsIn_)),
        .order = std::vector<std::int32_t>(static_cast<std::size_t>(tilesPerBlock())),
    };
    std::iota(task.order.begin(), task.order.end(), 0);
    const auto computed = static_cast<std::int64_t>(task.tiles.computed.size());
    const std::int64_t most = tilesPerBlock();
    parallelFor((computed + most - 1) / most, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            const auto first = static_cast<std::size_t>(block * most);
            const std::span all(task.tiles.computed);
            const auto tiles =
                all.subspan(first, std::min(static_cast<std::size_t>(most), all.size() - first));
            computeBlock(task, {tiles, most * channelsIn_ + kOffPowerOfTwo, most});
        }
    });
    constexpr std::int64_t kCopyGrain = 256;
    const auto copies = static_cast<std::int64_t>(task.tiles.copied.size());
    parallelFor(copies, kCopyGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            task.copy(task.tiles.copied[static_cast<std::size_t>(i)]);
        }
    });
    return task.out;
}

} // namespace siskin::points
