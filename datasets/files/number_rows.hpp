// SPDX-License-Identifier: MIT
// The rows of numbers that text files of points hold.
#pragma once

#include "datasets/files/records.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace siskin {

/// Where rows begin, and for messages where that is.
struct NumberRows {
    std::filesystem::path path;
    std::string_view rest; ///< the text from the first row on
    std::size_t line = 0;  ///< lines before it
    std::string_view separators = " \t\r";
    bool more = false; ///< other lines may follow the rows

    /// Reads `count` lines (all there are without one) of `columns` numbers each into records of
    /// `fields`; blank lines do not count. "nan" and "inf" are numbers here. Throws `DatasetError`
    /// with file and line at the first line that is anything else, and when there are fewer lines,
    /// or more without `more`.
    Records
    read(std::size_t columns, std::optional<std::size_t> count, std::vector<RecordField> fields);

    /// The next line that is not blank, `line` being its number; empty at the end.
    std::string_view next();
    /// Throws `DatasetError` about the current line.
    [[noreturn]] void fail(std::string_view why) const;
    /// The number that `word` of the current line is, or an error.
    double number(std::string_view word) const;
};

} // namespace siskin
