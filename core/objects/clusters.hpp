// SPDX-License-Identifier: MIT
// Which points belong together: chains of short steps seen from above.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace siskin {

/// Groups of points that are connected by steps of at most `step` metres in x and y (inclusive):
/// what DBSCAN (Ester et al., KDD 1996) finds with one point as a core. Exact; not a function of
/// the order of the points. Returns the indices of each group in rising order, groups by their
/// first point. Throws `ConfigError` for a step that is not positive, `DatasetError` for a
/// coordinate that is not finite or some million steps away from the origin.
std::vector<std::vector<std::uint32_t>>
connectedGroups(std::span<const std::array<float, 2>> points, float step);

} // namespace siskin
