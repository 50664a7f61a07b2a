// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/scan_files.hpp"

#include "datasets/point_records.hpp"

#include <array>
#include <string_view>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 4> kColumns = {"x", "y", "z", "remission"};

} // namespace

VelodynePoints readVelodyneFile(const std::filesystem::path& path) {
    const auto records = readPoints(path, kColumns);
    VelodynePoints points;
    points.positions.reserve(records.size());
    points.remission.reserve(records.size());
    for (const auto& [x, y, z, remission] : records) {
        points.positions.push_back({x, y, z});
        points.remission.push_back(remission);
    }
    return points;
}

std::vector<std::uint32_t> readLabelFile(const std::filesystem::path& path) {
    auto labels = readRecords<std::uint32_t>(path, "label");
    constexpr std::uint32_t kClassBits = 0xFFFF;
    for (std::uint32_t& label : labels) {
        label &= kClassBits;
    }
    return labels;
}

} // namespace siskin
