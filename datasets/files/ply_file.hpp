// SPDX-License-Identifier: MIT
// PLY: the `vertex` element of a polygon file.
#pragma once

#include "datasets/files/records.hpp"

#include <filesystem>

namespace siskin {

/// Reads every property of the vertices, in all three encodings; lists per vertex are left out with
/// a warning, other elements (faces) are skipped. Throws `DatasetError` with file and line (or
/// vertex) when the header is malformed or the data are shorter than it promises; never allocates
/// for points that the file cannot hold.
Records readPly(const std::filesystem::path& path);

} // namespace siskin
