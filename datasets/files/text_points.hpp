// SPDX-License-Identifier: MIT
// Text files with one point per line: .xyz and its relatives, .pts.
#pragma once

#include "datasets/files/records.hpp"

#include <filesystem>

namespace siskin {

/// Reads a text file of points; its extension names the columns:
///   .xyz x y z    .xyzn x y z nx ny nz    .xyzrgb x y z r g b    .xyzi x y z intensity
///   .pts x y z [intensity] [r g b], by the number of columns (3, 4, 6, 7)
/// Further columns are kept as "column7" and so on. Separators: blanks, tabs, commas, semicolons.
/// Lines that begin with '#' or "//" are comments; one that names as many columns as there are,
/// "x y z" first, names them (CloudCompare writes such a line). One whole number alone on the first
/// line is the number of points and must be right. Throws `DatasetError` with file and line.
Records readTextPoints(const std::filesystem::path& path);

} // namespace siskin
