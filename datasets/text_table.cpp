// SPDX-License-Identifier: MIT
#include "datasets/text_table.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
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

/// What can be shown of a damaged word: short, and free of control characters.
std::string printable(std::string_view word) {
    constexpr std::size_t kShown = 24;
    std::string text(word.substr(0, kShown));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return word.size() > kShown ? text + "..." : text;
}

/// Takes the next word off the front of `rest`; empty at the end of the line.
std::string_view nextWord(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kSeparators), rest.size()));
    const auto word = rest.substr(0, rest.find_first_of(kSeparators));
    rest.remove_prefix(word.size());
    return word;
}

void parseRow(std::string_view rest, const Place& place, std::vector<float>& row) {
    std::size_t words = 0;
    for (auto word = nextWord(rest); !word.empty(); word = nextWord(rest), ++words) {
        if (words >= row.size()) {
            continue;
        }
        float& value = row[words];
        const char* last = word.data() + word.size();
        const auto [end, status] = std::from_chars(word.data(), last, value);
        if (status != std::errc() || end != last || !std::isfinite(value)) {
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
    const std::function<void(std::span<const float>, std::size_t)>& visit
) {
    const std::string text = readTextFile(path, kMaxBytes);
    std::vector<float> row(columns.size());
    Place place{path, columns};
    bool any = false;
    for (std::string_view rest = text; !rest.empty();) {
        ++place.line;
        const std::size_t length = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, length);
        rest.remove_prefix(std::min(length + 1, rest.size()));
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
