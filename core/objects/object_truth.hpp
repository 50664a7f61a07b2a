// SPDX-License-Identifier: MIT
// Which candidate is which cone, where the truth is known.
#pragma once

#include "core/objects/cone.hpp"
#include "core/objects/object_candidates.hpp"

#include <memory>
#include <optional>

namespace siskin {

/// A scan whose cones are known.
struct ObjectScan {
    std::shared_ptr<const Scan> scan;
    std::vector<Cone> cones{};
    std::vector<std::uint32_t> instances{}; ///< per point, `Cone::instance` or 0
};

/// The intensity of every point, 0..1. Throws `DatasetError` for a scan without the field, without
/// points, or with another range of values.
std::span<const float> intensityOf(const Scan& scan);

/// For each candidate the index of the cone that at least half of its points lie on; empty for the
/// others. Throws `DatasetError` when there is not one instance per point.
std::vector<std::optional<std::size_t>>
conesOf(std::span<const ObjectCandidate> candidates, const ObjectScan& truth);

} // namespace siskin
