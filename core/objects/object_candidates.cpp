// SPDX-License-Identifier: MIT
#include "core/objects/object_candidates.hpp"

#include "core/base/cancel.hpp"
#include "core/objects/clusters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace siskin {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void requireFinite(std::span<const Vec3f> positions) {
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const auto& [x, y, z] = positions[i];
        if (!std::isfinite(x) || !std::isfinite(y) || !std::isfinite(z)) {
            throw DatasetError(fmt::format("point {} lies at ({}, {}, {})", i, x, y, z));
        }
    }
}

/// The group as a candidate; empty when it is too large.
std::optional<ObjectCandidate> candidateOf(
    std::vector<std::uint32_t> points,
    std::span<const Vec3f> positions,
    const Ground& ground,
    const CandidateOptions& options
) {
    Vec3f low = positions[points.front()];
    Vec3f high = low;
    std::array<double, 3> sum{};
    float top = 0.0F;
    for (const std::uint32_t i : points) {
        for (std::size_t k = 0; k < 3; ++k) {
            low[k] = std::min(low[k], positions[i][k]);
            high[k] = std::max(high[k], positions[i][k]);
            sum[k] += positions[i][k];
        }
        top = std::max(top, ground.heightAbove(positions[i]));
    }
    if (std::max(high[0] - low[0], high[1] - low[1]) > options.widest || top > options.tallest) {
        return std::nullopt;
    }
    ObjectCandidate candidate;
    for (std::size_t k = 0; k < 3; ++k) {
        candidate.centroid[k] = static_cast<float>(sum[k] / static_cast<double>(points.size()));
    }
    candidate.ground = ground.planeAt(candidate.centroid[0], candidate.centroid[1]);
    candidate.points = std::move(points);
    return candidate;
}

} // namespace

float ObjectCandidate::range() const noexcept {
    return std::hypot(centroid[0], centroid[1]);
}

std::vector<ObjectCandidate> findCandidates(
    std::span<const Vec3f> positions,
    const CandidateOptions& options,
    const std::stop_token& stop,
    CandidateTimes* times
) {
    auto begin = Clock::now();
    requireFinite(positions);
    const Ground ground(positions, options.ground);
    std::vector<std::uint32_t> standing;
    std::vector<std::array<float, 2>> seenFromAbove;
    for (std::uint32_t i = 0; i < positions.size(); ++i) {
        const auto& [x, y, z] = positions[i];
        const bool near = std::abs(x) < options.ground.reach && std::abs(y) < options.ground.reach;
        if (near && ground.heightAbove(positions[i]) >= options.lowest) {
            standing.push_back(i);
            seenFromAbove.push_back({x, y});
        }
    }
    CandidateTimes taken;
    taken.ground = secondsSince(begin);
    throwIfStopRequested(stop);
    begin = Clock::now();
    std::vector<ObjectCandidate> candidates;
    for (auto& group : connectedGroups(seenFromAbove, options.step)) {
        if (group.size() < options.leastPoints) {
            continue;
        }
        for (std::uint32_t& i : group) {
            i = standing[i];
        }
        if (auto candidate = candidateOf(std::move(group), positions, ground, options)) {
            candidates.push_back(std::move(*candidate));
        }
    }
    taken.clusters = secondsSince(begin);
    if (times != nullptr) {
        *times = taken;
    }
    return candidates;
}

} // namespace siskin
