// SPDX-License-Identifier: MIT
#include "datasets/text_table.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace siskin {

namespace {

constexpr std::string_view kSeparators = " \t\r,";
constexpr std::size_t kMaxBytes = std::size_t{1} << 32U; // the largest room of S3DIS: about 0.4 GB

/// Where we are, for messages.
struct Place {
    const std::filesystem::path& path;
    std::span<const std::string_view> columns;
    std::size_t line = 0;

    [[noreturn]] void fail(std::string_view why) const {
        throw DatasetError(
            fmt::format("{}: line {}: {}", path.string(), line, why),
            "repair the line or fetch the file again"
        );
    }
};

void parseRow(std::string_view rest, const Place& place, std::vector<double>& row) {
    std::size_t words = 0;
    for (auto word = nextWord(rest, kSeparators); !word.empty();
         word = nextWord(rest, kSeparators), ++words) {
        if (words >= row.size()) {
            continue;
        }
        double& value = row[words];
        if (!parseNumber(word, value) || !(std::abs(value) <= std::numeric_limits<float>::max())) {
            place.fail(fmt::format(
                "{} = '{}' is not a finite number", place.columns[words], printable(word)
            ));
        }
    }
    if (words != row.size()) {
        place.fail(fmt::format(
            "{} values were expected ({}), found {}",
            row.size(),
            fmt::join(place.columns, " "),
            words
        ));
    }
}

} // namespace

void forEachRow(
    const std::filesystem::path& path,
    std::span<const std::string_view> columns,
    const std::function<void(std::span<const double>, std::size_t)>& visit
) {
    const std::string text = readTextFile(path, kMaxBytes);
    std::vector<double> row(columns.size());
    Place place{path, columns};
    bool any = false;
    for (std::string_view rest = text; !rest.empty();) {
        ++place.line;
        const std::string_view line = nextLine(rest);
        if (line.find_first_not_of(kSeparators) == std::string_view::npos) {
            continue;
        }
        parseRow(line, place, row);
        visit(row, place.line);
        any = true;
    }
    if (!any) {
        throw DatasetError(fmt::format("{}: the file is empty: no point in it", path.string()));
    }
}

} // namespace siskin
