// SPDX-License-Identifier: MIT
#include "tests/support/sparse_cases.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace siskin::test {

namespace {

using Coordinate = std::array<std::int32_t, 4>;

torch::Tensor tensorOf(const std::vector<Coordinate>& rows) {
    auto result = torch::empty({static_cast<std::int64_t>(rows.size()), 4}, torch::kInt32);
    std::copy_n(
        reinterpret_cast<const std::int32_t*>(rows.data()),
        rows.size() * 4,
        result.data_ptr<std::int32_t>()
    );
    return result;
}

/// A thin, wavy sheet: the neighbourhoods that LiDAR gives.
torch::Tensor surface(int size) {
    std::vector<Coordinate> rows;
    for (int x = 0; x < size; ++x) {
        for (int y = 0; y < size; ++y) {
            rows.push_back({0, x, y, (x * x / 7 + 3 * y) % 11});
        }
    }
    return tensorOf(rows);
}

std::map<Coordinate, std::int64_t> indexOf(const VoxelSet& voxels) {
    std::map<Coordinate, std::int64_t> index;
    const auto rows = voxels.coords.accessor<std::int32_t, 2>();
    for (std::int64_t i = 0; i < voxels.size(); ++i) {
        index[{rows[i][0], rows[i][1], rows[i][2], rows[i][3]}] = i;
    }
    return index;
}

} // namespace

std::vector<CoordinateCase> coordinateCases() {
    constexpr int kHuge = 1 << 20;
    return {
        {"empty", torch::empty({0, 4}, torch::kInt32)},
        {"one voxel", tensorOf({{0, 5, -3, 2}})},
        {"all in one voxel", torch::full({500, 4}, 0, torch::kInt32)},
        {"two neighbours", tensorOf({{0, 0, 0, 0}, {0, 0, 0, 1}})},
        {"negative", randomCoordinates(400, -9, -1, 1, 2)},
        {"around zero, batches", randomCoordinates(900, -5, 5, 3, 3)},
        {"21-bit corners",
         tensorOf(
             {{0, -kHuge, -kHuge, -kHuge},
              {0, kHuge - 1, kHuge - 1, kHuge - 1},
              {0, kHuge - 2, kHuge - 1, kHuge - 1}}
         )},
        {"dense block", randomCoordinates(6000, 0, 12, 1, 4)},
        {"sparse", randomCoordinates(3000, -200, 200, 2, 5)},
        {"surface", surface(60)},
    };
}

torch::Tensor
randomCoordinates(std::int64_t count, int low, int high, int batches, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<int> place(low, high - 1);
    std::uniform_int_distribution<int> batch(0, batches - 1);
    std::vector<Coordinate> rows(static_cast<std::size_t>(count));
    for (auto& row : rows) {
        row = {batch(random), place(random), place(random), place(random)};
    }
    return tensorOf(rows);
}

torch::Tensor randomMatrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    auto result = torch::empty({rows, columns});
    std::generate_n(result.data_ptr<float>(), rows * columns, [&] { return normal(random); });
    return result;
}

std::vector<Pair> bruteForceSubmanifold(const VoxelSet& voxels, int kernelSize) {
    const auto index = indexOf(voxels);
    const int low = -((kernelSize - 1) / 2);
    std::vector<Pair> pairs;
    for (const auto& [c, row] : index) {
        for (int i = 0; i < kernelSize * kernelSize * kernelSize; ++i) {
            const std::array<int, 3> digit = {
                i % kernelSize, i / kernelSize % kernelSize, i / kernelSize / kernelSize};
            // Odd kernels count x fastest, even ones z fastest.
            const bool odd = kernelSize % 2 == 1;
            const int dx = low + (odd ? digit[0] : digit[2]);
            const int dy = low + digit[1];
            const int dz = low + (odd ? digit[2] : digit[0]);
            const auto found = index.find({c[0], c[1] + dx, c[2] + dy, c[3] + dz});
            if (found != index.end()) {
                pairs.push_back({i, found->second, row});
            }
        }
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
        return std::pair(a[0], a[2]) < std::pair(b[0], b[2]);
    });
    return pairs;
}

std::vector<Pair> bruteForceDown(const VoxelSet& fine, const VoxelSet& coarse) {
    const auto index = indexOf(fine);
    std::vector<Pair> pairs;
    for (const auto& [parent, row] : indexOf(coarse)) {
        for (int k = 0; k < 8; ++k) {
            const auto found = index.find(
                {parent[0],
                 2 * parent[1] + (k >> 2),
                 2 * parent[2] + ((k >> 1) & 1),
                 2 * parent[3] + (k & 1)}
            );
            if (found != index.end()) {
                pairs.push_back({k, found->second, row});
            }
        }
    }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
        return std::pair(a[0], a[2]) < std::pair(b[0], b[2]);
    });
    return pairs;
}

std::vector<Pair> pairsOf(const KernelMap& map) {
    const auto tensor = map.pairs();
    const auto rows = tensor.accessor<std::int64_t, 2>();
    std::vector<Pair> pairs;
    for (std::int64_t i = 0; i < tensor.size(0); ++i) {
        pairs.push_back({rows[i][0], rows[i][1], rows[i][2]});
    }
    return pairs;
}

torch::Tensor convolveInDouble(
    const torch::Tensor& features,
    const KernelMap& map,
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const torch::Tensor& residual,
    bool relu
) {
    auto out = torch::zeros({map.rowsOut(), weight.size(2)}, torch::kFloat64);
    const auto pairs = map.pairs();
    for (int k = 0; k < map.volume(); ++k) {
        const auto mine = pairs.index({pairs.select(1, 0) == k});
        const auto rows = features.index_select(0, mine.select(1, 1)).to(torch::kFloat64);
        out.index_add_(0, mine.select(1, 2), torch::mm(rows, weight[k].to(torch::kFloat64)));
    }
    if (bias.defined()) {
        out = out + bias;
    }
    if (residual.defined()) {
        out = out + residual;
    }
    return relu ? torch::relu(out) : out;
}

} // namespace siskin::test
