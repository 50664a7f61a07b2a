// SPDX-License-Identifier: MIT
#include "core/report/text_grid.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

void TextGrid::add(std::vector<std::string> cells, bool ruleAbove) {
    widths_.resize(std::max(widths_.size(), cells.size()), 0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], cells[i].size());
    }
    lines_.push_back({std::move(cells), ruleAbove});
}

std::string TextGrid::text() const {
    std::string result;
    for (const auto& line : lines_) {
        if (line.ruleAbove) {
            result += std::string(totalWidth(), '-') + "\n";
        }
        result += format(line.cells) + "\n";
    }
    return result;
}

std::size_t TextGrid::totalWidth() const {
    std::size_t width = widths_.empty() ? 0 : 2 * (widths_.size() - 1);
    for (const auto column : widths_) {
        width += column;
    }
    return width;
}

std::string TextGrid::format(const std::vector<std::string>& cells) const {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += i == 0 ? "" : "  ";
        line += i < leftColumns_ ? fmt::format("{:<{}}", cells[i], widths_[i])
                                 : fmt::format("{:>{}}", cells[i], widths_[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

} // namespace siskin
