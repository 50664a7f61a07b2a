// SPDX-License-Identifier: MIT
#include "core/report/picture.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace siskin {

namespace {

constexpr int kSmallestWidth = 640;
constexpr int kGap = 6;          ///< between panes
constexpr int kTitleHeight = 54; ///< strip above each view
constexpr int kPadding = 10;
constexpr int kLegendLine = 22;
constexpr int kSamples = 2; ///< per pixel and axis, averaged against jagged edges

constexpr Colour kPage{11, 13, 17};
constexpr Colour kStrip{31, 36, 45};
constexpr Colour kSkyTop{24, 28, 36};
constexpr Colour kSkyBottom{9, 11, 14};
constexpr TextStyle kTitle{.colour = {245, 247, 250}, .scale = 2, .bold = true};
constexpr TextStyle kWarning{.colour = {255, 190, 60}, .scale = 2, .bold = true};
constexpr TextStyle kDetail{.colour = {176, 186, 200}, .scale = 2, .bold = false};
constexpr TextStyle kSmall{.colour = {224, 228, 234}, .scale = 2, .bold = false};
constexpr TextStyle kSmallDim{.colour = {140, 150, 164}, .scale = 2, .bold = false};

Colour mix(Colour a, Colour b, float share) {
    Colour result{};
    for (std::size_t i = 0; i < 3; ++i) {
        const float value =
            (1.0F - share) * static_cast<float>(a[i]) + share * static_cast<float>(b[i]);
        result[i] = static_cast<std::uint8_t>(std::lround(value));
    }
    return result;
}

/// Average of the samples of one pixel: shaded point colours over the background.
Colour resolvePixel(
    const PointRaster& raster, const std::vector<Colour>& colours, int x, int y, Colour background
) {
    std::array<float, 3> sum{};
    for (int sample = 0; sample < kSamples * kSamples; ++sample) {
        const int row = y * kSamples + sample / kSamples;
        const int column = x * kSamples + sample % kSamples;
        const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(raster.width) +
                        static_cast<std::size_t>(column);
        const bool empty = raster.point[at] == kNoPoint;
        const Colour& colour =
            empty ? background : colours[static_cast<std::size_t>(raster.point[at])];
        for (std::size_t i = 0; i < 3; ++i) {
            sum[i] += static_cast<float>(colour[i]) * (empty ? 1.0F : raster.shade[at]);
        }
    }
    Colour result{};
    for (std::size_t i = 0; i < 3; ++i) {
        result[i] = static_cast<std::uint8_t>(std::lround(sum[i] / (kSamples * kSamples)));
    }
    return result;
}

void paintView(
    Image& image, const PaneRectangle& view, const PointRaster& raster, const Pane& pane
) {
    parallelFor(view.height, 16, [&](std::int64_t begin, std::int64_t end) {
        for (int y = static_cast<int>(begin); y < static_cast<int>(end); ++y) {
            const Colour background =
                mix(kSkyTop, kSkyBottom, static_cast<float>(y) / static_cast<float>(view.height));
            for (int x = 0; x < view.width; ++x) {
                image.setPixel(
                    view.x + x, view.y + y, resolvePixel(raster, pane.colours, x, y, background)
                );
            }
        }
    });
}

void paintTitle(Image& image, const PaneRectangle& view, const Pane& pane) {
    const int top = view.y - kTitleHeight;
    const int room = view.width - 2 * kPadding;
    image.fillRectangle(view.x, top, view.width, kTitleHeight, kStrip);
    const int warningWidth =
        pane.warning.empty() ? 0 : textWidth(pane.warning, kWarning) + 2 * kPadding;
    const std::string title = fitText(pane.title, std::max(0, room - warningWidth), kTitle);
    drawText(image, view.x + kPadding, top + 8, title, kTitle);
    drawText(
        image, view.x + 3 * kPadding + textWidth(title, kTitle), top + 8, pane.warning, kWarning
    );
    drawText(image, view.x + kPadding, top + 32, fitText(pane.detail, room, kDetail), kDetail);
}

void paintKey(Image& image, const PaneRectangle& view, const Pane& pane) {
    if (pane.key.empty()) {
        return;
    }
    const int lines = static_cast<int>(pane.key.size());
    int widest = 0;
    for (const auto& entry : pane.key) {
        widest = std::max(widest, textWidth(entry.text, kSmall));
    }
    const int width = std::min(view.width, widest + 2 * kPadding + 26);
    const int height = lines * kLegendLine + kPadding;
    int y = view.y + view.height - height;
    image.fillRectangle(view.x, y, width, height, kPage);
    y += kPadding / 2;
    for (const auto& entry : pane.key) {
        image.fillRectangle(view.x + kPadding, y + 2, 16, 16, entry.colour);
        drawText(
            image,
            view.x + kPadding + 26,
            y + 2,
            fitText(entry.text, width - 2 * kPadding - 26, kSmall),
            kSmall
        );
        y += kLegendLine;
    }
}

/// Widths of the legend's columns and how its rows are spread over the picture.
struct LegendLayout {
    int nameWidth = 0;
    std::vector<int> cellWidths;
    int blockWidth = 0;
    int blocks = 1;
    int rowsPerBlock = 0;
    int height = 0;
};

LegendLayout layOutLegend(const Legend& legend, int width) {
    constexpr int kCellGap = 18;
    LegendLayout layout;
    layout.cellWidths.assign(legend.columns.size(), 0);
    for (std::size_t i = 0; i < legend.columns.size(); ++i) {
        layout.cellWidths[i] = textWidth(legend.columns[i], kSmallDim) + kCellGap;
    }
    for (const auto& row : legend.rows) {
        layout.nameWidth = std::max(layout.nameWidth, textWidth(row.name, kSmall) + 26);
        for (std::size_t i = 0; i < std::min(row.cells.size(), layout.cellWidths.size()); ++i) {
            layout.cellWidths[i] =
                std::max(layout.cellWidths[i], textWidth(row.cells[i], kSmall) + kCellGap);
        }
    }
    layout.blockWidth = std::accumulate(
        layout.cellWidths.begin(), layout.cellWidths.end(), layout.nameWidth + 4 * kPadding
    );
    const int rows = static_cast<int>(legend.rows.size());
    layout.blocks =
        std::clamp((width - 2 * kPadding) / std::max(1, layout.blockWidth), 1, std::max(1, rows));
    layout.rowsPerBlock = (rows + layout.blocks - 1) / layout.blocks;
    layout.blocks = rows == 0 ? 0 : (rows + layout.rowsPerBlock - 1) / layout.rowsPerBlock;
    layout.height = rows == 0 ? 0 : (layout.rowsPerBlock + 1) * kLegendLine + 2 * kPadding;
    return layout;
}

void paintLegendCells(
    Image& image,
    int x,
    int y,
    const std::vector<std::string>& cells,
    const LegendLayout& layout,
    const TextStyle& style
) {
    int right = x + layout.nameWidth;
    for (std::size_t i = 0; i < std::min(cells.size(), layout.cellWidths.size()); ++i) {
        right += layout.cellWidths[i];
        drawText(image, right - textWidth(cells[i], style), y, cells[i], style);
    }
}

void paintLegend(Image& image, int top, const Legend& legend, const LegendLayout& layout) {
    for (int block = 0; block < layout.blocks; ++block) {
        const int x = kPadding + block * ((image.width() - kPadding) / layout.blocks);
        int y = top + kPadding;
        paintLegendCells(image, x, y, legend.columns, layout, kSmallDim);
        const int first = block * layout.rowsPerBlock;
        const int last =
            std::min(first + layout.rowsPerBlock, static_cast<int>(legend.rows.size()));
        for (int index = first; index < last; ++index) {
            const auto& row = legend.rows[static_cast<std::size_t>(index)];
            y += kLegendLine;
            image.fillRectangle(x, y, 16, 16, row.colour);
            drawText(image, x + 26, y, row.name, kSmall);
            paintLegendCells(image, x, y, row.cells, layout, kSmall);
        }
    }
}

void check(std::span<const Vec3f> positions, const std::vector<Pane>& panes, int width) {
    if (width < kSmallestWidth) {
        throw ConfigError(fmt::format("a picture must be at least {} pixels wide", kSmallestWidth));
    }
    for (const auto& pane : panes) {
        if (pane.colours.size() != positions.size()) {
            throw ConfigError(fmt::format(
                "pane '{}' has {} colours for {} points",
                pane.title,
                pane.colours.size(),
                positions.size()
            ));
        }
    }
}

} // namespace

std::vector<PaneRectangle> paneRectangles(std::size_t panes, int width) {
    if (panes < 1 || panes > 4) {
        throw ConfigError(fmt::format("{} panes; a picture has one to four", panes));
    }
    const int columns = panes == 4 ? 2 : static_cast<int>(panes);
    const int paneWidth = (width - (columns - 1) * kGap) / columns;
    // Wide panes are 16:9; three in a row are taller so that they still show the street.
    const int paneHeight = panes == 3 ? paneWidth : paneWidth * 9 / 16;
    std::vector<PaneRectangle> rectangles;
    for (int i = 0; i < static_cast<int>(panes); ++i) {
        rectangles.push_back(
            {.x = (i % columns) * (paneWidth + kGap),
             .y = kTitleHeight + (i / columns) * (paneHeight + kTitleHeight + kGap),
             .width = paneWidth,
             .height = paneHeight}
        );
    }
    return rectangles;
}

Image composePicture(
    std::span<const Vec3f> positions,
    const std::vector<Pane>& panes,
    const Legend& legend,
    const PictureOptions& options
) {
    check(positions, panes, options.width);
    const auto views = paneRectangles(panes.size(), options.width);
    const int viewsBottom = views.back().y + views.back().height;
    const auto layout = layOutLegend(legend, options.width);
    Image image(options.width, viewsBottom + layout.height, kPage);
    const auto raster = rasterise(
        positions,
        options.camera.value_or(cameraBehindSensor(positions)),
        {.width = views.front().width * kSamples,
         .height = views.front().height * kSamples,
         .pointSize = options.pointSize * kSamples,
         .edlRadius = 1.5F * kSamples,
         .edlStrength = options.edlStrength}
    );
    for (std::size_t i = 0; i < panes.size(); ++i) {
        paintView(image, views[i], raster, panes[i]);
        paintTitle(image, views[i], panes[i]);
        paintKey(image, views[i], panes[i]);
    }
    paintLegend(image, viewsBottom, legend, layout);
    return image;
}

} // namespace siskin
