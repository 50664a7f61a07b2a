// SPDX-License-Identifier: MIT
// Strict reader for comma-separated tables (RFC 4180: quotes, doubled quotes, line breaks in
// quotes).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// A table with a header line; every row has as many fields as the header.
struct CsvTable {
    struct Row {
        std::size_t line = 0; ///< line of the file on which the row starts, from 1
        std::vector<std::string> fields;
    };

    std::vector<std::string> header;
    std::vector<Row> rows;

    /// Position of a column. Throws `EnergyError` when the header lacks it.
    std::size_t column(std::string_view name, const std::filesystem::path& path) const;
};

/// Reads a table. Empty lines are skipped. Throws `EnergyError` with file and line for an
/// unfinished or misplaced quote, a row whose length differs from the header's, or a file without a
/// header; `DatasetError` when the file cannot be read.
CsvTable readCsvFile(const std::filesystem::path& path);

} // namespace siskin
