// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/scan_files.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

namespace siskin {

namespace {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

using Record = std::array<float, 4>;
constexpr std::array<std::string_view, 4> kColumns = {"x", "y", "z", "remission"};

/// The file as a list of `T`. Throws when it is not a whole number of them.
template <typename T>
std::vector<T> readRecords(const std::filesystem::path& path, std::string_view recordName) {
    const std::vector<std::byte> bytes = readFile(path);
    const std::size_t remaining = bytes.size() % sizeof(T);
    if (remaining != 0) {
        throw DatasetError(
            fmt::format(
                "{}: {} bytes are not a whole number of {}-byte {}s: {} left over after byte {}",
                path.string(),
                bytes.size(),
                sizeof(T),
                recordName,
                remaining,
                bytes.size() - remaining
            ),
            "the file is cut short, or of another format"
        );
    }
    std::vector<T> records(bytes.size() / sizeof(T));
    if (!bytes.empty()) {
        std::memcpy(records.data(), bytes.data(), bytes.size());
    }
    return records;
}

bool isFinite(const Record& record) {
    return std::all_of(record.begin(), record.end(), [](float value) {
        return std::isfinite(value);
    });
}

void refuseNonFinite(const std::filesystem::path& path, const std::vector<Record>& records) {
    const auto bad = std::find_if_not(records.begin(), records.end(), isFinite);
    if (bad == records.end()) {
        return;
    }
    const auto count =
        std::count_if(bad, records.end(), [](const Record& record) { return !isFinite(record); });
    const auto row = static_cast<std::size_t>(bad - records.begin());
    std::size_t column = 0;
    while (std::isfinite((*bad)[column])) {
        ++column;
    }
    throw DatasetError(
        fmt::format(
            "{}: {} of {} points hold a value that is not finite; first: {} = {} of point {}, byte "
            "{}",
            path.string(),
            count,
            records.size(),
            kColumns[column],
            (*bad)[column],
            row,
            row * sizeof(Record) + column * sizeof(float)
        ),
        "remove these points (and their labels), or export the scan again"
    );
}

} // namespace

VelodynePoints readVelodyneFile(const std::filesystem::path& path) {
    const auto records = readRecords<Record>(path, "point");
    if (records.empty()) {
        throw DatasetError(fmt::format("{}: the scan is empty (0 bytes)", path.string()));
    }
    refuseNonFinite(path, records);
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
