// SPDX-License-Identifier: MIT
#include "core/report/svg_plot.hpp"

#include "core/report/html_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin {

namespace {

constexpr std::size_t kSeriesStyles = 6;

/// 1, 2 or 5 times a power of ten, at least `value`.
double roundStep(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * (1.0 - 1e-9)) {
            return factor * power;
        }
    }
    return 10.0 * power;
}

} // namespace

std::vector<std::pair<double, std::string>> roundTicks(double low, double high, int count) {
    const double step = roundStep((high - low) / count);
    const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 9);
    const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
    const auto last = static_cast<long long>(std::floor(high / step + 1e-9));
    std::vector<std::pair<double, std::string>> ticks;
    for (long long i = first; i <= last; ++i) {
        const double value = static_cast<double>(i) * step;
        ticks.emplace_back(value, fmt::format("{:.{}f}", value, decimals));
    }
    return ticks;
}

PlotAxis axisFromZero(double largest, std::string title, int ticks) {
    const double reach = largest > 0.0 ? largest : 1.0;
    const double step = roundStep(reach / ticks);
    const double high = step * std::ceil(reach / step - 1e-9);
    return {
        .low = 0.0, .high = high, .title = std::move(title), .ticks = roundTicks(0.0, high, ticks)};
}

std::string seriesClass(std::size_t series) {
    return fmt::format("m{}", series % kSeriesStyles);
}

std::string svgMark(double x, double y, std::size_t series, double radius) {
    const std::string style = seriesClass(series);
    const double r = radius;
    switch (series % 4) {
    case 0:
        return fmt::format(
            "<circle class=\"mark {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>", style, x, y, r
        );
    case 1:
        return fmt::format(
            "<rect class=\"mark {}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{:.1f}\"/>",
            style,
            x - 0.9 * r,
            y - 0.9 * r,
            1.8 * r,
            1.8 * r
        );
    case 2:
        return fmt::format(
            "<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}h{:.1f}z\"/>",
            style,
            x,
            y - 1.15 * r,
            1.15 * r,
            2.1 * r,
            -2.3 * r
        );
    default:
        return fmt::format(
            "<path class=\"mark {}\" d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} "
            "{:.1f}z\"/>",
            style,
            x,
            y - 1.3 * r,
            1.3 * r,
            1.3 * r,
            -1.3 * r,
            1.3 * r,
            -1.3 * r,
            -1.3 * r
        );
    }
}

SvgPlot::SvgPlot(int width, int height, PlotAxis x, PlotAxis y, std::string description)
    : width_(width), height_(height), x_(std::move(x)), y_(std::move(y)),
      description_(std::move(description)) {}

double SvgPlot::x(double value) const {
    return left() + (right() - left()) * (value - x_.low) / (x_.high - x_.low);
}

double SvgPlot::y(double value) const {
    return bottom() - (bottom() - top()) * (value - y_.low) / (y_.high - y_.low);
}

void SvgPlot::bar(
    double x0, double x1, double y0, double y1, std::string_view style, std::string_view hover
) {
    content_ += fmt::format(
        "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}"
        "</title></rect>\n",
        style,
        x(x0),
        y(y1),
        std::max(x(x1) - x(x0), 0.5),
        std::max(y(y0) - y(y1), 0.0),
        escapeHtml(hover)
    );
}

void SvgPlot::line(const std::vector<std::pair<double, double>>& points, std::size_t series) {
    std::string path;
    for (const auto& [px, py] : points) {
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(px), y(py));
    }
    content_ += fmt::format(
        "<path class=\"curve d{} {}\" d=\"{}\"/>\n", series % 4, seriesClass(series), path
    );
}

void SvgPlot::mark(double px, double py, std::size_t series, std::string_view hover) {
    content_ += fmt::format(
        "<g><title>{}</title>{}</g>\n", escapeHtml(hover), svgMark(x(px), y(py), series)
    );
}

void SvgPlot::segment(double x0, double y0, double x1, double y1, std::string_view style) {
    content_ += fmt::format(
        "<path class=\"{}\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n",
        style,
        x(x0),
        y(y0),
        x(x1),
        y(y1)
    );
}

void SvgPlot::text(
    double px, double py, std::string_view text, std::string_view anchor, std::string_view style
) {
    content_ += fmt::format(
        "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
        style,
        px,
        py,
        anchor,
        escapeHtml(text)
    );
}

std::string SvgPlot::svg() const {
    std::string svg = fmt::format(
        "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=img aria-label=\"{}\">\n",
        width_,
        height_,
        escapeHtml(description_)
    );
    for (const auto& [value, label] : x_.ticks) {
        svg += fmt::format(
            "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=middle>{}</text>\n",
            x(value),
            bottom() + 17,
            escapeHtml(label)
        );
    }
    for (const auto& [value, label] : y_.ticks) {
        svg += fmt::format(
            "<path class=grid d=\"M{:.1f} {:.1f}H{:.1f}\"/><text x=\"{:.1f}\" y=\"{:.1f}\" "
            "text-anchor=end>{}</text>\n",
            left(),
            y(value),
            right(),
            left() - 7,
            y(value) + 4,
            escapeHtml(label)
        );
    }
    svg += content_;
    svg += fmt::format(
        "<path class=axis d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>\n", left(), top(), bottom(), right()
    );
    svg += fmt::format(
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=middle>{}</text>\n",
        (left() + right()) / 2,
        height_ - 8,
        escapeHtml(x_.title)
    );
    svg += fmt::format(
        "<text transform=\"translate(13 {:.1f}) rotate(-90)\" text-anchor=middle>{}</text>\n",
        (top() + bottom()) / 2,
        escapeHtml(y_.title)
    );
    return svg + "</svg>";
}

} // namespace siskin
