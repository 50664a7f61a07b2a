// SPDX-License-Identifier: MIT
// PCD, the Point Cloud Library's file format, version 0.7 (and what of 0.5 and 0.6 is the same).
#pragma once

#include "datasets/files/records.hpp"

#include <filesystem>

namespace siskin {

/// Reads `DATA ascii`, `binary` and `binary_compressed`, fields of any type, size and COUNT;
/// WIDTH x HEIGHT points in file order. VIEWPOINT is not used: readers disagree on what it means.
/// Throws `DatasetError` with the file and line (or byte) when the header is incomplete or
/// contradicts itself, or when the data are shorter than it promises; never allocates for points
/// that the file cannot hold.
Records readPcd(const std::filesystem::path& path);

} // namespace siskin
