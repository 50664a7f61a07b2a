// SPDX-License-Identifier: MIT
#include "datasets/ground_truth.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <map>

namespace siskin {

namespace {

/// One line about the raw ids that `map` does not know, with their counts; empty when it knows all.
std::string describeUnknownIds(const std::vector<std::uint32_t>& rawIds, const ClassMap& map) {
    std::map<std::uint32_t, std::size_t> counts;
    for (const std::uint32_t rawId : rawIds) {
        if (map.classOf(rawId) == kIgnored && !map.knows(rawId)) {
            ++counts[rawId];
        }
    }
    constexpr std::size_t kNamed = 8;
    std::string list;
    std::size_t points = 0;
    std::size_t position = 0;
    for (const auto& [rawId, count] : counts) {
        points += count;
        if (position++ < kNamed) {
            list += fmt::format("{}{} ({} points)", list.empty() ? "" : ", ", rawId, count);
        }
    }
    if (counts.size() > kNamed) {
        list += fmt::format(" and {} more ids", counts.size() - kNamed);
    }
    return counts.empty() ? ""
                          : fmt::format(
                                "{} points have a class id unknown to '{}' and are ignored: {}",
                                points,
                                map.name(),
                                list
                            );
}

} // namespace

void addGroundTruth(
    Scan& scan,
    std::vector<std::uint32_t> rawIds,
    std::shared_ptr<const ClassMap> classMap,
    const std::filesystem::path& labelFile
) {
    if (rawIds.size() != scan.pointCount()) {
        throw DatasetError(
            fmt::format(
                "{}: {} labels, but {} has {} points",
                labelFile.string(),
                rawIds.size(),
                scan.source.string(),
                scan.pointCount()
            ),
            "the two files are not of the same scan; move the label file away to go on without it"
        );
    }
    const std::string unknown = describeUnknownIds(rawIds, *classMap);
    if (!unknown.empty()) {
        scan.warnings.push_back(fmt::format("{}: {}", labelFile.string(), unknown));
    }
    GroundTruth truth;
    truth.classIds = classMap->classesOf(rawIds);
    truth.rawIds = std::move(rawIds);
    truth.classMap = std::move(classMap);
    scan.groundTruth = std::move(truth);
}

} // namespace siskin
