// SPDX-License-Identifier: MIT
#include "datasets/earlier_scans.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

void addEarlierScans(Scan& scan, std::span<const EarlierScan> earlier) {
    PointField time{"time", 1, std::vector<float>(scan.pointCount(), 0.0F)};
    for (const EarlierScan& one : earlier) {
        const auto& positions = one.points.positions;
        std::transform(
            positions.begin(),
            positions.end(),
            std::back_inserter(scan.positions),
            [&one](const Vec3f& point) { return moved(one.toLater, point); }
        );
        for (PointField& field : scan.fields) {
            const PointField* more = one.points.field(field.name);
            field.values.insert(field.values.end(), more->values.begin(), more->values.end());
        }
        time.values.resize(scan.pointCount(), static_cast<float>(one.secondsBefore));
        scan.contextPoints += positions.size();
    }
    scan.fields.push_back(std::move(time));
    if (scan.groundTruth) {
        constexpr std::uint32_t kUnlabelled = 0;
        scan.groundTruth->rawIds.resize(scan.pointCount(), kUnlabelled);
        scan.groundTruth->classIds.resize(scan.pointCount(), kIgnored);
    }
}

void warnOfMissingScans(
    Scan& scan, const std::vector<std::filesystem::path>& missing, std::size_t wanted
) {
    if (!missing.empty()) {
        scan.warnings.push_back(fmt::format(
            "{}: {} of {} earlier scans are left out: their files are not there, the first is {}",
            scan.id,
            missing.size(),
            wanted,
            missing.front().string()
        ));
    }
}

} // namespace siskin
