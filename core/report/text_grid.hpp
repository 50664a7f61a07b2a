// SPDX-License-Identifier: MIT
// Aligned columns for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace siskin {

/// Columns separated by two blanks: the first `leftColumns` to the left, the others to the right.
class TextGrid {
  public:
    explicit TextGrid(std::size_t leftColumns) : leftColumns_(leftColumns) {}

    void add(std::vector<std::string> cells, bool ruleAbove = false);
    std::string text() const;

  private:
    struct Line {
        std::vector<std::string> cells;
        bool ruleAbove;
    };

    std::size_t totalWidth() const;
    std::string format(const std::vector<std::string>& cells) const;

    std::size_t leftColumns_;
    std::vector<std::size_t> widths_;
    std::vector<Line> lines_;
};

} // namespace siskin
