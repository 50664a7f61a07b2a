// SPDX-License-Identifier: MIT
// Text files of numbers: one point per line, a fixed number of columns.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

namespace siskin {

/// Calls `visit(row, line number from 1)` for every line of a text file that is not blank; `row`
/// holds one number per name of `columns`, finite also as float32, separated by blanks, tabs or
/// commas, and dies with the call. Throws `DatasetError` with file, line and column name when the
/// file is missing, holds no row, or a line is anything else.
void forEachRow(
    const std::filesystem::path& path,
    std::span<const std::string_view> columns,
    const std::function<void(std::span<const double>, std::size_t)>& visit
);

} // namespace siskin
