// SPDX-License-Identifier: MIT
#include "datasets/point_records.hpp"

#include <algorithm>
#include <cmath>

namespace siskin {

void requireFinitePoints(
    const std::filesystem::path& path,
    std::span<const float> values,
    std::span<const std::string_view> columns
) {
    const auto isFinite = [](float value) { return std::isfinite(value); };
    const auto bad = std::find_if_not(values.begin(), values.end(), isFinite);
    if (bad == values.end()) {
        return;
    }
    const auto first = static_cast<std::size_t>(bad - values.begin());
    const std::size_t points = values.size() / columns.size();
    std::size_t badPoints = 0;
    for (std::size_t point = first / columns.size(); point < points; ++point) {
        const auto row = values.subspan(point * columns.size(), columns.size());
        badPoints += std::all_of(row.begin(), row.end(), isFinite) ? 0 : 1;
    }
    throw DatasetError(
        fmt::format(
            "{}: {} of {} points hold a value that is not finite; first: {} = {} of point {}, byte "
            "{}",
            path.string(),
            badPoints,
            points,
            columns[first % columns.size()],
            *bad,
            first / columns.size(),
            first * sizeof(float)
        ),
        "remove these points (and their labels), or export the scan again"
    );
}

} // namespace siskin
