// SPDX-License-Identifier: MIT
// NumPy's .npy files, format version 1.0.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace siskin {

/// Writes an array of little-endian numbers, rows x `columns` (`columns` = 0: one-dimensional).
/// `type` is NumPy's, "<f8" or "<i4". Throws `DatasetError` when the file cannot be written.
void writeNpy(
    const std::filesystem::path& path,
    std::string_view type,
    std::size_t rows,
    std::size_t columns,
    std::span<const std::byte> values
);

} // namespace siskin
