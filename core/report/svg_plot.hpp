// SPDX-License-Identifier: MIT
// A small chart as SVG text for HTML pages: axes with units, lines, marks. Colours come from the
// page's style sheet (`.m0`, `.m1` ... set --c), so that one chart serves light and dark.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siskin {

/// A range of values and what they are.
struct PlotAxis {
    double low = 0.0;
    double high = 1.0;
    std::string title; ///< with its unit
    /// Values that get a line and a text, ascending.
    std::vector<std::pair<double, std::string>> ticks;
};

/// About `count` round values from `low` to `high` with as many decimals as they need.
std::vector<std::pair<double, std::string>> roundTicks(double low, double high, int count = 5);

/// An axis from 0 to a round value at or above `largest` (1 when that is not positive).
PlotAxis axisFromZero(double largest, std::string title, int ticks = 5);

/// Shapes that tell series apart without colour: circle, square, triangle, diamond.
std::string svgMark(double x, double y, std::size_t series, double radius = 5.0);

/// "m0" .. "m5": the style of a series.
std::string seriesClass(std::size_t series);

class SvgPlot {
  public:
    /// `description` is read to people who do not see the chart. Both texts are escaped.
    SvgPlot(int width, int height, PlotAxis x, PlotAxis y, std::string description);

    double x(double value) const; ///< pixel
    double y(double value) const; ///< pixel

    double left() const { return kLeft; }

    double right() const { return width_ - kRight; }

    double top() const { return kTop; }

    double bottom() const { return height_ - kBottom; }

    /// A rectangle between two corners in values.
    void
    bar(double x0, double x1, double y0, double y1, std::string_view style, std::string_view hover);
    /// A polyline with marks.
    void line(const std::vector<std::pair<double, double>>& points, std::size_t series);
    void mark(double x, double y, std::size_t series, std::string_view hover);
    /// Straight, in values.
    void segment(double x0, double y0, double x1, double y1, std::string_view style);
    /// At a pixel; `anchor`: start, middle or end.
    void text(
        double px,
        double py,
        std::string_view text,
        std::string_view anchor,
        std::string_view style = ""
    );

    std::string svg() const;

  private:
    static constexpr double kLeft = 52;
    static constexpr double kRight = 18;
    static constexpr double kTop = 14;
    static constexpr double kBottom = 46;

    double width_;
    double height_;
    PlotAxis x_;
    PlotAxis y_;
    std::string description_;
    std::string content_;
};

} // namespace siskin
