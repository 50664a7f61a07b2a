// SPDX-License-Identifier: MIT
// Integer columns packed small: differences, byte planes, zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// One whole number per point.
using IntColumn = std::vector<std::int32_t>;

/// Packs columns of `rows` values each. Every value is replaced by its difference to the one before
/// it, folded so that small ones of either sign are small (0, -1, 1, -2 ... -> 0, 1, 2, 3 ...), and
/// split into four planes: all lowest bytes of the column, then all second ones ... The planes of
/// all columns together are one zlib stream. Throws `DatasetError` when zlib fails.
std::vector<std::byte> packColumns(std::span<const IntColumn> columns);

/// The inverse. Throws `DatasetError` starting with `origin` when the bytes are not a whole zlib
/// stream of exactly `columns` x `rows` values.
std::vector<IntColumn> unpackColumns(
    std::span<const std::byte> packed,
    std::size_t columns,
    std::size_t rows,
    const std::string& origin
);

/// CRC-32 of zlib.
std::uint32_t checksum(std::span<const std::byte> bytes);

} // namespace siskin
