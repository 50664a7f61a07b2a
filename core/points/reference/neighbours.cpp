// SPDX-License-Identifier: MIT
#include "core/points/reference/neighbours.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <vector>

namespace siskin::points::reference {

namespace {

/// [dimension][point] of one cloud.
using Columns = torch::TensorAccessor<float, 2>;

float squaredDistance(const Columns& a, std::int64_t i, const Columns& b, std::int64_t j) {
    float sum = 0.0F;
    for (std::int64_t d = 0; d < a.size(0); ++d) {
        const float difference = a[d][i] - b[d][j];
        const float square = difference * difference; // two steps: rounded twice
        sum += square;
    }
    return sum;
}

/// Squared distances from query `q` to all points.
std::vector<float> distancesTo(const Columns& points, const Columns& queries, std::int64_t q) {
    std::vector<float> result(static_cast<std::size_t>(points.size(1)));
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = squaredDistance(queries, q, points, static_cast<std::int64_t>(i));
    }
    return result;
}

/// The order in which equally far points are preferred.
std::tuple<std::int64_t, std::int64_t> preference(std::int64_t index) {
    return {index % 512, index};
}

/// Indices of the `count` smallest values, ties to the lower index.
std::vector<std::int32_t> smallest(const std::vector<float>& values, std::int64_t count) {
    std::vector<std::int32_t> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
    });
    order.resize(std::min(order.size(), static_cast<std::size_t>(count)));
    return order;
}

} // namespace

torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count) {
    const std::int64_t n = coords.size(2);
    auto result = torch::zeros({coords.size(0), count}, torch::kInt32);
    for (std::int64_t b = 0; b < coords.size(0); ++b) {
        const auto cloud = coords.accessor<float, 3>()[b];
        auto chosen = result.accessor<std::int32_t, 2>()[b];
        std::vector<float> nearest(static_cast<std::size_t>(n), 1e38F);
        for (std::int64_t k = 1; k < count; ++k) {
            std::int64_t best = 0;
            for (std::int64_t i = 0; i < n; ++i) {
                auto& mine = nearest[static_cast<std::size_t>(i)];
                mine = std::min(mine, squaredDistance(cloud, i, cloud, chosen[k - 1]));
                const float record = nearest[static_cast<std::size_t>(best)];
                if (mine > record || (mine == record && preference(i) < preference(best))) {
                    best = i;
                }
            }
            chosen[k] = static_cast<std::int32_t>(best);
        }
    }
    return result;
}

torch::Tensor ballNeighbours(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
) {
    const float squaredRadius = radius * radius;
    auto result = torch::zeros({coords.size(0), centres.size(2), count}, torch::kInt32);
    for (std::int64_t b = 0; b < coords.size(0); ++b) {
        const auto cloud = coords.accessor<float, 3>()[b];
        const auto centre = centres.accessor<float, 3>()[b];
        for (std::int64_t m = 0; m < centres.size(2); ++m) {
            auto hits = result.accessor<std::int32_t, 3>()[b][m];
            std::int64_t found = 0;
            for (std::int64_t i = 0; i < coords.size(2) && found < count; ++i) {
                if (squaredDistance(centre, m, cloud, i) < squaredRadius) {
                    const auto hit = static_cast<std::int32_t>(i);
                    std::fill_n(hits.data() + found, found == 0 ? count : 1, hit);
                    ++found;
                }
            }
        }
    }
    return result;
}

torch::Tensor
nearestNeighbours(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count) {
    auto result = torch::zeros({points.size(0), queries.size(2), count}, torch::kInt32);
    for (std::int64_t b = 0; b < points.size(0); ++b) {
        const auto cloud = points.accessor<float, 3>()[b];
        const auto query = queries.accessor<float, 3>()[b];
        for (std::int64_t m = 0; m < queries.size(2); ++m) {
            const auto order = smallest(distancesTo(cloud, query, m), count);
            std::copy(order.begin(), order.end(), result.accessor<std::int32_t, 3>()[b][m].data());
        }
    }
    return result;
}

ThreeNearest threeNearest(const torch::Tensor& coords, const torch::Tensor& queries) {
    ThreeNearest result;
    result.index = torch::zeros({coords.size(0), queries.size(2), 3}, torch::kInt32);
    result.weight = torch::zeros({coords.size(0), queries.size(2), 3});
    for (std::int64_t b = 0; b < coords.size(0); ++b) {
        const auto cloud = coords.accessor<float, 3>()[b];
        const auto query = queries.accessor<float, 3>()[b];
        for (std::int64_t m = 0; m < queries.size(2); ++m) {
            const auto distances = distancesTo(cloud, query, m);
            const auto order = smallest(distances, 3);
            std::array<float, 3> d = {1e10F, 1e10F, 1e10F};
            for (std::size_t i = 0; i < order.size(); ++i) {
                d[i] = std::clamp(distances[static_cast<std::size_t>(order[i])], 1e-10F, 1e10F);
                result.index.accessor<std::int32_t, 3>()[b][m].data()[i] = order[i];
            }
            const std::array<float, 3> products = {d[1] * d[2], d[0] * d[2], d[0] * d[1]};
            const float sum = (products[0] + products[1]) + products[2];
            for (std::size_t i = 0; i < 3; ++i) {
                result.weight.accessor<float, 3>()[b][m].data()[i] = products[i] / sum;
            }
        }
    }
    return result;
}

} // namespace siskin::points::reference
