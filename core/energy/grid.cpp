// SPDX-License-Identifier: MIT
// The table of carbon intensities.
#include "core/base/error.hpp"
#include "core/energy/csv.hpp"
#include "core/energy/energy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <numeric>
#include <set>
#include <utility>

namespace siskin {

namespace {

/// No grid on Earth is above this; lignite alone reaches it (energy.md 3.8, test 14).
constexpr double kMaxGramsPerKwh = 1200.0;

std::string upperCase(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return upper;
}

/// One row of the table, with the place to name when something is wrong with it.
class RowReader {
  public:
    RowReader(const std::filesystem::path& path, const CsvTable& table, const CsvTable::Row& row)
        : path_(path), table_(table), row_(row) {}

    const std::string& text(std::string_view column) const {
        return row_.fields[table_.column(column, path_)];
    }

    const std::string& required(std::string_view column) const {
        const std::string& value = text(column);
        if (value.empty()) {
            fail(fmt::format("'{}' is empty", column));
        }
        return value;
    }

    template <typename Number>
    Number number(std::string_view column, Number low, Number high) const {
        const std::string& value = required(column);
        Number result{};
        const char* end = value.data() + value.size();
        const auto [stopped, status] = std::from_chars(value.data(), end, result);
        // Written so that a NaN fails as well.
        if (status != std::errc{} || stopped != end || !(result >= low && result <= high)) {
            fail(fmt::format("'{}' is '{}', expected {} to {}", column, value, low, high));
        }
        return result;
    }

    [[noreturn]] void fail(std::string_view what) const {
        throw EnergyError(
            fmt::format("{}:{}: {}", path_.string(), row_.line, what),
            "correct the row or restore the table"
        );
    }

  private:
    const std::filesystem::path& path_;
    const CsvTable& table_;
    const CsvTable::Row& row_;
};

/// Relative borders of the interval, by how well two publishers agree on the row (energy.md 2.6).
Estimate intervalOf(const RowReader& row, bool region) {
    const std::string& agreement = row.text("agreement_class");
    if (region) {
        return {1.0, 0.90, 1.10};
    }
    if (agreement.empty()) {
        return {1.0, 0.70, 1.30};
    }
    if (agreement == "A") {
        return {1.0, 0.90, 1.10};
    }
    if (agreement == "B") {
        return {1.0, 0.80, 1.20};
    }
    if (agreement == "C") {
        return {1.0, 0.65, 1.35};
    }
    if (agreement == "D") {
        return {1.0, 0.50, 2.00};
    }
    row.fail(fmt::format("'agreement_class' is '{}', expected A, B, C, D or nothing", agreement));
}

GridIntensity readRow(const RowReader& row) {
    GridIntensity grid;
    const std::string& kind = row.required("kind");
    if (kind != "region" && kind != "country") {
        row.fail(fmt::format("'kind' is '{}', expected region or country", kind));
    }
    grid.region = kind == "region";
    grid.code = row.required("code");
    grid.iso2 = grid.region ? row.text("iso2") : row.required("iso2");
    grid.name = row.required("name");
    grid.year = row.number<int>("year", 1990, 2100);
    const double smallest = 0.1; // zero would be "unknown" in disguise
    grid.gramsPerKwh = scaled(
        intervalOf(row, grid.region), row.number<double>("gco2e_per_kwh", smallest, kMaxGramsPerKwh)
    );
    grid.basis = row.required("basis");
    grid.source = row.required("source");
    grid.licence = row.required("licence");
    return grid;
}

/// Number of single-letter edits between two words (Levenshtein).
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string nearestCodes(const std::vector<GridIntensity>& rows, const std::string& wanted) {
    std::vector<std::pair<std::size_t, std::string>> candidates;
    for (const auto& row : rows) {
        std::size_t distance =
            std::min(editDistance(wanted, row.code), editDistance(wanted, upperCase(row.name)));
        if (!row.iso2.empty()) {
            distance = std::min(distance, editDistance(wanted, row.iso2));
        }
        candidates.emplace_back(distance, fmt::format("{} ({})", row.code, row.name));
    }
    std::ranges::stable_sort(candidates, {}, &std::pair<std::size_t, std::string>::first);
    candidates.resize(std::min<std::size_t>(candidates.size(), 3));
    std::vector<std::string> names;
    for (const auto& candidate : candidates) {
        names.push_back(candidate.second);
    }
    return fmt::format("nearest: {}; WORLD is the default", fmt::join(names, ", "));
}

} // namespace

GridTable GridTable::fromCsvFile(const std::filesystem::path& path) {
    const CsvTable csv = readCsvFile(path);
    GridTable table;
    std::set<std::string> seen;
    for (const auto& csvRow : csv.rows) {
        const RowReader row(path, csv, csvRow);
        GridIntensity grid = readRow(row);
        for (const auto& code : {upperCase(grid.code), upperCase(grid.iso2)}) {
            if (!code.empty() && !seen.insert(code).second) {
                row.fail(fmt::format("the code '{}' appears twice", code));
            }
        }
        table.rows_.push_back(std::move(grid));
    }
    if (!seen.contains("WORLD")) {
        throw EnergyError(
            fmt::format("{}: the default row WORLD is missing", path.string()), "restore the table"
        );
    }
    return table;
}

const GridIntensity& GridTable::find(std::string_view code) const {
    const std::string wanted = upperCase(code);
    const auto found = std::ranges::find_if(rows_, [&](const GridIntensity& row) {
        return !wanted.empty() && (upperCase(row.code) == wanted || upperCase(row.iso2) == wanted);
    });
    if (found == rows_.end()) {
        throw EnergyError(
            fmt::format("no electricity figure for region '{}'", code), nearestCodes(rows_, wanted)
        );
    }
    return *found;
}

} // namespace siskin
