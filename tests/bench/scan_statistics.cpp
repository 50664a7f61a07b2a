// SPDX-License-Identifier: MIT
// Sets made-up scans beside real ones: points per ring, range histogram, share and intensity per
// class. The tables of datasets/synthetic/README.md come from
//   scan_statistics REAL/sequences/00 MADE_UP
#include "core/base/resources.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/synthetic/street/lidar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>

namespace siskin {
namespace {

constexpr std::array kRanges = {2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0};
constexpr std::size_t kRingsPerRow = 8;

struct Statistics {
    std::size_t frames = 0;
    double points = 0.0;
    std::vector<double> perRing = std::vector<double>(64);
    std::vector<double> perRange = std::vector<double>(kRanges.size());
    std::vector<double> perClass;  ///< the last one: ignored points
    std::vector<double> intensity; ///< sum
    std::vector<double> framesWith;
};

/// Files do not say which beam a point is from: the one with the nearest nominal elevation.
std::size_t nearestRing(double elevation) {
    const auto& nominal = hdl64().elevations; // falls from ring to ring
    const auto below =
        std::lower_bound(nominal.begin(), nominal.end(), elevation, std::greater<>());
    if (below == nominal.begin() || below == nominal.end()) {
        return below == nominal.begin() ? 0 : nominal.size() - 1;
    }
    const auto above = below - 1;
    const auto nearest = *above - elevation < elevation - *below ? above : below;
    return static_cast<std::size_t>(nearest - nominal.begin());
}

void add(Statistics& statistics, const Scan& scan, std::size_t classes) {
    std::vector<double> here(classes + 1);
    const auto& intensity = scan.field("intensity")->values;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        const auto& [x, y, z] = scan.positions[i];
        const double range = std::hypot(x, y, z);
        const auto* bin = std::upper_bound(kRanges.begin(), kRanges.end() - 1, range);
        ++statistics.perRange[static_cast<std::size_t>(bin - kRanges.begin())];
        ++statistics.perRing[nearestRing(std::asin(z / range))];
        const std::size_t id = std::min<std::size_t>(scan.groundTruth->classIds[i], classes);
        ++here[id];
        statistics.intensity[id] += intensity[i];
    }
    for (std::size_t id = 0; id <= classes; ++id) {
        statistics.perClass[id] += here[id];
        statistics.framesWith[id] += here[id] > 0.0 ? 1.0 : 0.0;
    }
    statistics.points += static_cast<double>(scan.pointCount());
    ++statistics.frames;
}

Statistics statisticsOf(const std::string& path, const std::shared_ptr<const ClassMap>& map) {
    const SemanticKittiReader reader(path, map);
    Statistics statistics;
    for (auto* list : {&statistics.perClass, &statistics.intensity, &statistics.framesWith}) {
        list->resize(map->size() + 1);
    }
    for (std::size_t i = 0; i < reader.frames().size(); ++i) {
        if (reader.frames()[i].hasLabels) {
            add(statistics, *reader.read(i), map->size());
        }
    }
    return statistics;
}

using Cell = std::function<std::string(const Statistics&)>;

void printRow(const std::string& name, const std::vector<Statistics>& sets, const Cell& cell) {
    std::string row = fmt::format("| {} |", name);
    for (const Statistics& set : sets) {
        row += fmt::format(" {} |", cell(set));
    }
    std::puts(row.c_str());
}

void printHead(const std::string& name, const std::vector<std::string>& paths) {
    std::string rule = "|---|";
    std::string head = fmt::format("\n| {} |", name);
    for (const auto& path : paths) {
        head += fmt::format(" {} |", path);
        rule += "---:|";
    }
    std::printf("%s\n%s\n", head.c_str(), rule.c_str());
}

void print(
    const std::vector<std::string>& paths, const std::vector<Statistics>& sets, const ClassMap& map
) {
    printHead("", paths);
    printRow("frames", sets, [](const auto& set) { return fmt::format("{}", set.frames); });
    printRow("points per frame", sets, [](const auto& set) {
        return fmt::format("{:.0f}", set.points / static_cast<double>(set.frames));
    });
    printHead("points per ring, mean of rings", paths);
    for (std::size_t first = 0; first < 64; first += kRingsPerRow) {
        printRow(
            fmt::format("{} - {}", first, first + kRingsPerRow - 1),
            sets,
            [&](const auto& set) {
                double sum = 0.0;
                for (std::size_t ring = first; ring < first + kRingsPerRow; ++ring) {
                    sum += set.perRing[ring];
                }
                return fmt::format("{:.0f}", sum / kRingsPerRow / static_cast<double>(set.frames));
            }
        );
    }
    printHead("range, metres", paths);
    for (std::size_t i = 0; i < kRanges.size(); ++i) {
        printRow(
            fmt::format("{} - {}", i == 0 ? 0.0 : kRanges[i - 1], kRanges[i]),
            sets,
            [&](const auto& set) {
                return fmt::format("{:.2f} %", 100.0 * set.perRange[i] / set.points);
            }
        );
    }
    printHead("class: share, mean intensity, frames with it", paths);
    for (std::size_t id = 0; id <= map.size(); ++id) {
        printRow(id < map.size() ? map.classes()[id].name : "ignored", sets, [&](const auto& set) {
            const double count = set.perClass[id];
            return fmt::format(
                "{:.3f} %, {:.2f}, {:.0f} %",
                100.0 * count / set.points,
                count > 0.0 ? set.intensity[id] / count : 0.0,
                100.0 * set.framesWith[id] / static_cast<double>(set.frames)
            );
        });
    }
}

} // namespace
} // namespace siskin

int main(int count, char** words) {
    using namespace siskin;
    const std::vector<std::string> paths(words + 1, words + count);
    if (paths.empty()) {
        std::puts("usage: scan_statistics SEMANTICKITTI_FOLDER...");
        return 2;
    }
    try {
        const auto map = std::make_shared<const ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
        );
        std::vector<Statistics> sets;
        for (const auto& path : paths) {
            sets.push_back(statisticsOf(path, map));
        }
        print(paths, sets, *map);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "scan_statistics: %s\n", error.what());
        return 1;
    }
    return 0;
}
