// SPDX-License-Identifier: MIT
// Files that are nothing but equal records of little-endian numbers.
#pragma once

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace siskin {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

/// The file as a list of `T`; `recordName` is for messages. Throws `DatasetError` naming the file
/// and the byte when it cannot be read or is not a whole number of records.
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

/// `values`: points x columns, row by row, as read from `path`. Throws `DatasetError` naming the
/// first NaN or infinite value, its byte and the number of such points (voxels and network features
/// have no answer for those).
void requireFinitePoints(
    const std::filesystem::path& path,
    std::span<const float> values,
    std::span<const std::string_view> columns
);

/// A file of float32 points with these columns. Throws as the two above do, and when there is no
/// point.
template <std::size_t N>
std::vector<std::array<float, N>>
readPoints(const std::filesystem::path& path, const std::array<std::string_view, N>& columns) {
    auto points = readRecords<std::array<float, N>>(path, "point");
    if (points.empty()) {
        throw DatasetError(fmt::format("{}: the scan is empty (0 bytes)", path.string()));
    }
    requireFinitePoints(path, {points.front().data(), points.size() * N}, columns);
    return points;
}

} // namespace siskin
