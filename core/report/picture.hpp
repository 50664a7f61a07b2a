// SPDX-License-Identifier: MIT
// Lays out one to four views of the same points, each with a title strip, over a class legend.
#pragma once

#include "core/report/image.hpp"
#include "core/report/point_raster.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// A colour and what it means.
struct KeyEntry {
    Colour colour{};
    std::string text;
};

/// One view of the points.
struct Pane {
    std::string title;           ///< e.g. the model's name
    std::string detail;          ///< second line: milliseconds, joules ...
    std::string warning;         ///< beside the title, in a warning colour; may be empty
    std::vector<Colour> colours; ///< one per point
    std::vector<KeyEntry> key;   ///< drawn over the view's bottom left corner; may be empty
};

/// The legend is a table: a colour and a name, then right-aligned columns.
struct LegendRow {
    Colour colour{};
    std::string name;
    std::vector<std::string> cells;
};

struct Legend {
    std::vector<std::string> columns;
    std::vector<LegendRow> rows;
};

struct PictureOptions {
    int width = 1920;       ///< pixels; at least 640
    float pointSize = 2.0F; ///< pixels
    float edlStrength = 1.0F;
    std::optional<Camera> camera = std::nullopt; ///< empty = `cameraBehindSensor`
};

/// Rectangle of a pane's view (without its title strip), in pixels.
struct PaneRectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// Where `composePicture` puts the views of that many panes (1 to 4): side by side up to three,
/// then two by two. Throws `ConfigError` for other counts.
std::vector<PaneRectangle> paneRectangles(std::size_t panes, int width);

/// Throws `ConfigError` unless there are 1 to 4 panes with one colour per point each.
Image composePicture(
    std::span<const Vec3f> positions,
    const std::vector<Pane>& panes,
    const Legend& legend,
    const PictureOptions& options = {}
);

} // namespace siskin
