// SPDX-License-Identifier: MIT
#include "core/points/cpu/neighbours.hpp"

#include "core/base/parallel.hpp"
#include "core/points/cpu/point_kernels.hpp"
#include "core/points/cpu/rows.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace siskin::points {

namespace {

constexpr std::int64_t kGrain = 32; ///< queries of one chunk, a multiple of kQueryTile

std::array<float, 3> pointAt(const Columns& xyz, std::int64_t i) {
    return {xyz.data[i], xyz.data[xyz.stride + i], xyz.data[2 * xyz.stride + i]};
}

/// State of furthest-point sampling in one cloud.
class FurthestPoints {
  public:
    FurthestPoints(const Columns& xyz, std::int64_t points)
        : kernels_(selectPointKernels()), xyz_(xyz),
          nearest_(static_cast<std::size_t>(xyz.stride), -1.0F), // padding is never furthest
          largest_(static_cast<std::size_t>((xyz.stride + kScanThreads - 1) / kScanThreads)) {
        std::fill_n(nearest_.begin(), points, 1e38F);
    }

    std::int32_t after(std::int32_t chosen) {
        const auto centre = pointAt(xyz_, chosen);
        float largest = -1.0F;
        for (std::size_t block = 0; block < largest_.size(); ++block) {
            const std::int64_t first = static_cast<std::int64_t>(block) * kScanThreads;
            const std::int64_t count = std::min(kScanThreads, xyz_.stride - first);
            largest_[block] = kernels_.advance(xyz_, first, count, centre.data(), nearest_.data());
            largest = std::max(largest, largest_[block]);
        }
        return preferred(largest);
    }

  private:
    /// Of the points that are `largest` away, the one with the smallest (index mod 512, index): the
    /// lowest place within a block of 512, and of those the earliest block.
    std::int32_t preferred(float largest) const {
        std::ptrdiff_t place = kScanThreads;
        std::ptrdiff_t result = 0;
        for (std::size_t block = 0; block < largest_.size(); ++block) {
            if (largest_[block] != largest) {
                continue;
            }
            const auto first = static_cast<std::ptrdiff_t>(block) * kScanThreads;
            const auto begin = nearest_.begin() + first;
            const auto end = begin + std::min<std::ptrdiff_t>(place, nearest_.end() - begin);
            const auto found = std::find(begin, end, largest);
            if (found != end) {
                place = found - begin;
                result = first + place;
            }
        }
        return static_cast<std::int32_t>(result);
    }

    const PointKernels& kernels_;
    Columns xyz_;
    std::vector<float> nearest_; ///< squared distance of each point to the chosen ones
    std::vector<float> largest_; ///< the largest of each block of 512
};

/// The working lists of one tile of queries.
class TileLists {
  public:
    explicit TileLists(std::int64_t count)
        : count_(count),
          stride_(kListPadding + (count + kListPadding - 1) / kListPadding * kListPadding),
          distance_(static_cast<std::size_t>(kQueryTile * stride_)), index_(distance_.size()) {}

    NearestLists clear() {
        std::fill(distance_.begin(), distance_.end(), std::numeric_limits<float>::infinity());
        std::fill(index_.begin(), index_.end(), 0);
        for (std::size_t q = 0; q < kQueryTile; ++q) {
            distance_[q * static_cast<std::size_t>(stride_) + kListPadding - 1] =
                -std::numeric_limits<float>::infinity();
        }
        return {distance_.data() + kListPadding, index_.data() + kListPadding, count_, stride_};
    }

  private:
    std::int64_t count_;
    std::int64_t stride_;
    std::vector<float> distance_;
    std::vector<std::int32_t> index_;
};

/// Nearest lists of all queries of one cloud, into `index` and, sorted alike, `distance`.
void searchCloud(
    const Columns& points,
    const torch::Tensor& queries,
    std::int64_t count,
    std::int32_t* index,
    float* distance
) {
    const auto& kernels = selectPointKernels();
    const auto rows = queries.t().contiguous(); // [M, D]
    const float* row = rows.data_ptr<float>();
    const std::int64_t dimensions = points.dimensions;
    parallelFor(queries.size(1), kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> tile(static_cast<std::size_t>(dimensions * kQueryTile));
        TileLists working(count);
        for (std::int64_t m = begin; m < end; m += kQueryTile) {
            const int size = static_cast<int>(std::min<std::int64_t>(kQueryTile, end - m));
            for (std::int64_t i = 0; i < dimensions * size; ++i) {
                const std::int64_t place = i % dimensions * kQueryTile + i / dimensions;
                tile[static_cast<std::size_t>(place)] = row[m * dimensions + i];
            }
            const auto lists = working.clear();
            kernels.nearest(points, tile.data(), size, lists);
            for (int q = 0; q < size; ++q) {
                std::copy_n(lists.index + q * lists.stride, count, index + (m + q) * count);
                std::copy_n(lists.distance + q * lists.stride, count, distance + (m + q) * count);
            }
        }
    });
}

struct Neighbours {
    torch::Tensor index;    ///< int32 [B, M, count], 0 where there are fewer points
    torch::Tensor distance; ///< float32, squared, infinite where there are fewer points
};

Neighbours search(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count) {
    const std::int64_t batch = points.size(0);
    const std::int64_t size = queries.size(2) * count;
    Neighbours result{
        torch::empty({batch, queries.size(2), count}, torch::kInt32),
        torch::empty({batch, queries.size(2), count}, torch::kFloat32),
    };
    const auto clouds = paddedClouds(points);
    for (std::int64_t b = 0; b < batch; ++b) {
        searchCloud(
            clouds[static_cast<std::size_t>(b)].columns(),
            queries[b],
            count,
            result.index.data_ptr<std::int32_t>() + b * size,
            result.distance.data_ptr<float>() + b * size
        );
    }
    return result;
}

} // namespace

torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count) {
    const auto clouds = paddedClouds(coords);
    auto result = torch::zeros({coords.size(0), count}, torch::kInt32);
    auto* chosen = result.data_ptr<std::int32_t>();
    // Clouds side by side: within one, every choice waits for the last.
    parallelFor(coords.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t b = begin; b < end; ++b) {
            FurthestPoints search(clouds[static_cast<std::size_t>(b)].columns(), coords.size(2));
            for (std::int64_t k = b * count + 1; k < (b + 1) * count; ++k) {
                chosen[k] = search.after(chosen[k - 1]);
            }
        }
    });
    return result;
}

torch::Tensor ballNeighbours(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
) {
    const auto clouds = paddedClouds(coords);
    const auto centreClouds = paddedClouds(centres);
    const std::int64_t perCloud = centres.size(2);
    const auto result = torch::empty({coords.size(0), perCloud, count}, torch::kInt32);
    auto* out = result.data_ptr<std::int32_t>();
    const auto& kernels = selectPointKernels();
    parallelFor(coords.size(0) * perCloud, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t m = begin; m < end; ++m) {
            const auto b = static_cast<std::size_t>(m / perCloud);
            const auto centre = pointAt(centreClouds[b].columns(), m % perCloud);
            std::int32_t* hits = out + m * count;
            const auto found =
                kernels.within(clouds[b].columns(), centre.data(), radius * radius, count, hits);
            std::fill(hits + found, hits + count, found > 0 ? hits[0] : 0);
        }
    });
    return result;
}

torch::Tensor
nearestNeighbours(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count) {
    return search(points, queries, count).index;
}

ThreeNearest threeNearest(const torch::Tensor& coords, const torch::Tensor& queries) {
    const auto found = search(coords, queries, 3);
    ThreeNearest result{found.index, torch::empty(found.index.sizes(), torch::kFloat32)};
    const float* distance = found.distance.data_ptr<float>();
    float* weight = result.weight.data_ptr<float>();
    for (std::int64_t i = 0; i < found.index.numel(); i += 3) {
        std::array<float, 3> d{};
        for (std::size_t k = 0; k < 3; ++k) {
            d[k] = std::clamp(distance[i + static_cast<std::int64_t>(k)], 1e-10F, 1e10F);
        }
        const std::array<float, 3> products = {d[1] * d[2], d[0] * d[2], d[0] * d[1]};
        const float sum = (products[0] + products[1]) + products[2];
        for (std::size_t k = 0; k < 3; ++k) {
            weight[i + static_cast<std::int64_t>(k)] = products[k] / sum;
        }
    }
    return result;
}

} // namespace siskin::points
