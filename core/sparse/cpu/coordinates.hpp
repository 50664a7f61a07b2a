// SPDX-License-Identifier: MIT
// Voxel coordinates as sortable 64-bit keys. A key is exact (no hash): each axis gets just the bits
// that the set's extent needs, batch in the highest ones, z in the lowest.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace siskin::cpu {

using Coordinate = std::array<std::int32_t, 4>; ///< batch, x, y, z

/// Rows of an int32 [M, 4] tensor.
inline const Coordinate* coordinatesOf(const torch::Tensor& coords) {
    return reinterpret_cast<const Coordinate*>(coords.data_ptr<std::int32_t>());
}

/// How the coordinates between `low` and `high` (inclusive) become keys.
class KeyLayout {
  public:
    /// Throws `DatasetError` when the extents of all axes need more than 64 bits together.
    KeyLayout(const Coordinate* rows, std::int64_t count);

    bool contains(const Coordinate& c) const noexcept {
        bool inside = true;
        for (std::size_t axis = 0; axis < 4; ++axis) {
            inside = inside && c[axis] >= low_[axis] && c[axis] <= high_[axis];
        }
        return inside;
    }

    /// Key of a coordinate inside the extent.
    std::uint64_t key(const Coordinate& c) const noexcept {
        std::uint64_t value = 0;
        for (std::size_t axis = 0; axis < 4; ++axis) {
            const auto offset = static_cast<std::uint64_t>(std::int64_t{c[axis]} - low_[axis]);
            value |= offset << shift_[axis];
        }
        return value;
    }

    std::vector<std::uint64_t> keys(const Coordinate* rows, std::int64_t count) const;

    int bits() const noexcept { return bits_; }

    std::int32_t low(int axis) const noexcept { return low_[static_cast<std::size_t>(axis)]; }

    std::int32_t high(int axis) const noexcept { return high_[static_cast<std::size_t>(axis)]; }

  private:
    std::array<std::int32_t, 4> low_{};
    std::array<std::int32_t, 4> high_{};
    std::array<unsigned, 4> shift_{};
    int bits_ = 0;
};

/// The sorted keys of a voxel set, for looking coordinates up.
struct SortedKeys {
    explicit SortedKeys(const VoxelSet& voxels);
    KeyLayout layout;
    std::vector<std::uint64_t> keys; ///< ascending, one per voxel
};

UniqueVoxels uniqueVoxels(const torch::Tensor& coords);
UniqueVoxels quantizePositions(const torch::Tensor& positions, float voxelSize);

/// int32 [V, 4] coordinates with x, y, z halved (rounded down).
torch::Tensor halvedCoordinates(const torch::Tensor& coords);

} // namespace siskin::cpu
