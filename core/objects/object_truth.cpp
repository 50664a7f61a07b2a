// SPDX-License-Identifier: MIT
#include "core/objects/object_truth.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <map>

namespace siskin {

std::span<const float> intensityOf(const Scan& scan) {
    const PointField* field = scan.field("intensity");
    if (scan.pointCount() == 0 || field == nullptr || field->channels != 1) {
        throw DatasetError(
            fmt::format(
                "{}: {}", scan.id, scan.pointCount() == 0 ? "no points" : "no intensity per point"
            ),
            "cones are told apart by the intensity of their points; open a LiDAR scan"
        );
    }
    for (const float value : field->values) {
        if (!(value >= 0.0F && value <= 1.0F)) {
            throw DatasetError(
                fmt::format("{}: an intensity of {}, not between 0 and 1", scan.id, value),
                "the networks for cones learnt from 0 (dark) to 1 (a reflector): divide it by the "
                "sensor's largest value"
            );
        }
    }
    return field->values;
}

std::vector<std::optional<std::size_t>>
conesOf(std::span<const ObjectCandidate> candidates, const ObjectScan& truth) {
    if (truth.instances.size() != truth.scan->pointCount()) {
        throw DatasetError(fmt::format(
            "{}: {} instances for {} points",
            truth.scan->id,
            truth.instances.size(),
            truth.scan->pointCount()
        ));
    }
    std::map<std::uint32_t, std::size_t> coneOfInstance;
    for (std::size_t i = 0; i < truth.cones.size(); ++i) {
        coneOfInstance[truth.cones[i].instance] = i;
    }
    std::vector<std::optional<std::size_t>> result;
    for (const ObjectCandidate& candidate : candidates) {
        std::map<std::uint32_t, std::size_t> counts;
        for (const std::uint32_t point : candidate.points) {
            ++counts[truth.instances[point]];
        }
        auto& cone = result.emplace_back();
        for (const auto& [instance, count] : counts) {
            const auto known = coneOfInstance.find(instance);
            if (instance != 0 && 2 * count >= candidate.points.size() &&
                known != coneOfInstance.end()) {
                cone = known->second;
            }
        }
    }
    return result;
}

} // namespace siskin
