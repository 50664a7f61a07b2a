// SPDX-License-Identifier: MIT
// The nearest of many points: a k-d tree (Bentley 1975).
#pragma once

#include "core/scan/scan.hpp"

#include <cstdint>
#include <vector>

namespace siskin {

/// Some points of a cloud, by position. Immutable; `of` may be called from any thread.
class NearestPoint {
  public:
    /// `points`: indices into `positions`, at least one; coordinates are finite. `positions` must
    /// outlive the tree.
    NearestPoint(const std::vector<Vec3f>& positions, std::vector<std::uint32_t> points);

    /// The one with the smallest distance; of equally near ones that of the lowest index.
    std::uint32_t of(const Vec3f& position) const;

  private:
    struct Best {
        double squared;
        std::uint32_t index;
    };

    void sort(std::size_t begin, std::size_t end, std::size_t axis);
    void
    search(std::size_t begin, std::size_t end, std::size_t axis, const Vec3f& at, Best& best) const;

    const std::vector<Vec3f>& positions_;
    std::vector<std::uint32_t> points_; ///< the middle of a range divides it
};

} // namespace siskin
