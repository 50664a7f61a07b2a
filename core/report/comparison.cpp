// SPDX-License-Identifier: MIT
#include "core/report/comparison.hpp"

#include "core/base/error.hpp"
#include "core/eval/score_rule.hpp"
#include "core/report/format.hpp"
#include "core/report/scan_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin {

namespace {

constexpr std::size_t kMostPanes = 4;

/// Dark colours of a palette, brightened until they show on the dark background; hue stays.
Colour visibleOnDark(Colour colour) {
    constexpr int kSmallestPeak = 130;
    const int peak = std::max({1, int{colour[0]}, int{colour[1]}, int{colour[2]}});
    if (peak < kSmallestPeak) {
        for (auto& channel : colour) {
            channel = static_cast<std::uint8_t>(channel * kSmallestPeak / peak);
        }
    }
    return colour;
}

std::vector<Colour> classColours(const std::vector<ClassId>& ids, const ClassMap& classMap) {
    std::array<Colour, 256> palette{};
    for (std::size_t id = 0; id < palette.size(); ++id) {
        palette[id] = visibleOnDark(classMap.info(static_cast<ClassId>(id)).colour);
    }
    std::vector<Colour> colours(ids.size());
    std::transform(ids.begin(), ids.end(), colours.begin(), [&palette](ClassId id) {
        return palette[id];
    });
    return colours;
}

const ClassMap& firstClassMap(const FrameReport& frame) {
    return *frame.runs.front().result.prediction.classMap;
}

Pane truthPane(const FrameReport& frame) {
    const auto& truth = *frame.scan->groundTruth;
    const auto translated = groundTruthIn(*frame.scan, firstClassMap(frame));
    const auto& ids = translated ? *translated : truth.classIds;
    const auto& classMap = translated ? firstClassMap(frame) : *truth.classMap;
    const auto labelled =
        std::count_if(ids.begin(), ids.end(), [](ClassId id) { return id != kIgnored; });
    return {
        .title = "ground truth",
        .detail = fmt::format(
            "{}   {} points, {} labelled",
            frame.scan->id,
            formatCount(static_cast<std::int64_t>(ids.size())),
            formatCount(labelled)
        ),
        .warning = {},
        .colours = classColours(ids, classMap),
        .key = {}};
}

/// Short enough for three panes side by side.
std::string modelDetail(const ModelRun& run) {
    auto text = formatLatency(run.result.trace.totalSeconds());
    if (const auto joules = run.result.energy.total()) {
        text += fmt::format(
            "  {} J/frame {}", formatSignificant(joules->value), badge(run.result.energy.method())
        );
    }
    if (run.gramsPer1000Frames) {
        text += fmt::format("  {} gCO2e/1000", formatSignificant(run.gramsPer1000Frames->value));
    }
    if (run.scores) {
        text += fmt::format("  mIoU {}", formatPercent(run.scores->miou()));
    }
    return text;
}

/// The label; without the remark that the title strip makes in colour.
std::string paneTitle(const ModelRun& run) {
    constexpr std::string_view kRemark = " (untrained)";
    std::string title = run.result.model.label;
    const auto at = run.result.model.trained ? std::string::npos : title.find(kRemark);
    return at == std::string::npos ? title : title.erase(at, kRemark.size());
}

Pane modelPane(const ModelRun& run) {
    const auto& prediction = run.result.prediction;
    return {
        .title = paneTitle(run),
        .detail = modelDetail(run),
        .warning = run.result.model.trained ? "" : "UNTRAINED",
        .colours = classColours(prediction.classIds, *prediction.classMap),
        .key = {}};
}

/// One of a few meanings per point.
struct Meaning {
    Colour colour;
    std::string text;
};

template <typename MeaningOf>
Pane meaningPane(
    std::string title,
    std::string detail,
    const std::vector<Meaning>& meanings,
    std::size_t points,
    const MeaningOf& meaningOf
) {
    Pane pane{
        .title = std::move(title),
        .detail = std::move(detail),
        .warning = {},
        .colours = {},
        .key = {}};
    std::vector<std::int64_t> counts(meanings.size(), 0);
    pane.colours.reserve(points);
    for (std::size_t i = 0; i < points; ++i) {
        const std::size_t meaning = meaningOf(i);
        ++counts[meaning];
        pane.colours.push_back(meanings[meaning].colour);
    }
    for (std::size_t i = 0; i < meanings.size(); ++i) {
        pane.key.push_back(
            {meanings[i].colour, fmt::format("{}  {}", meanings[i].text, formatCount(counts[i]))}
        );
    }
    return pane;
}

Pane rightWrongPane(const Scan& scan, const ModelRun& run) {
    const auto& prediction = run.result.prediction;
    const auto truth = groundTruthIn(scan, *prediction.classMap).value();
    return meaningPane(
        "right or wrong",
        fmt::format(
            "{}   accuracy {}",
            run.result.model.label,
            formatPercent(run.scores->presentClasses.accuracy)
        ),
        {{kRightColour, "right"}, {kWrongColour, "wrong"}, {kIgnoredColour, "not labelled"}},
        truth.size(),
        [&](std::size_t i) -> std::size_t {
            if (truth[i] == kIgnored) {
                return 2;
            }
            return truth[i] == prediction.classIds[i] ? 0 : 1;
        }
    );
}

Pane whoIsRightPane(const Scan& scan, const ModelRun& first, const ModelRun& second) {
    const auto& a = first.result.prediction;
    const auto& b = second.result.prediction;
    const auto truth = groundTruthIn(scan, *a.classMap).value();
    return meaningPane(
        "who is right",
        fmt::format("{}  against  {}", paneTitle(first), paneTitle(second)),
        {{kRightColour, "both right"},
         {kOnlyFirstColour, fmt::format("only {}", paneTitle(first))},
         {kOnlySecondColour, fmt::format("only {}", paneTitle(second))},
         {kWrongColour, "both wrong"},
         {kIgnoredColour, "not labelled"}},
        truth.size(),
        [&](std::size_t i) -> std::size_t {
            if (truth[i] == kIgnored) {
                return 4;
            }
            const bool aRight = a.classIds[i] == truth[i];
            const bool bRight = b.classIds[i] == truth[i];
            if (aRight) {
                return bRight ? 0 : 1;
            }
            return bRight ? 2 : 3;
        }
    );
}

Pane disagreementPane(const ModelRun& first, const ModelRun& second) {
    const auto& a = first.result.prediction.classIds;
    const auto& b = second.result.prediction.classIds;
    return meaningPane(
        "agreement",
        fmt::format("{}  against  {}", paneTitle(first), paneTitle(second)),
        {{kRightColour, "same class"}, {kWrongColour, "different"}},
        a.size(),
        [&](std::size_t i) -> std::size_t { return a[i] == b[i] ? 0 : 1; }
    );
}

std::vector<std::int64_t> countClasses(const std::vector<ClassId>& ids) {
    std::vector<std::int64_t> counts(256, 0);
    for (const ClassId id : ids) {
        ++counts[id];
    }
    return counts;
}

/// Points per class, one list per column of the legend.
struct ClassCounts {
    std::optional<std::vector<std::int64_t>> truth;
    std::vector<std::vector<std::int64_t>> models;

    bool any(std::size_t id) const {
        return (truth && (*truth)[id] > 0) ||
               std::any_of(models.begin(), models.end(), [id](const auto& counts) {
                   return counts[id] > 0;
               });
    }
};

std::vector<std::string>
legendCells(const FrameReport& frame, const ClassCounts& counts, std::size_t id) {
    std::vector<std::string> cells;
    if (counts.truth) {
        cells.push_back(formatCount((*counts.truth)[id]));
    }
    for (std::size_t model = 0; model < counts.models.size(); ++model) {
        cells.push_back(formatCount(counts.models[model][id]));
        if (frame.runs[model].scores) {
            const auto iou =
                iouOf(frame.runs[model], firstClassMap(frame), static_cast<ClassId>(id));
            cells.push_back(iou ? formatPercent(*iou) : "-");
        }
    }
    return cells;
}

/// Head of a model's column: the beginning of its label, or its number where beginnings coincide.
std::string shortLabel(const FrameReport& frame, std::size_t model) {
    constexpr std::size_t kLongest = 14;
    const auto beginning = [&frame](std::size_t i) {
        return paneTitle(frame.runs[i]).substr(0, kLongest);
    };
    for (std::size_t other = 0; other < frame.runs.size(); ++other) {
        if (other != model && beginning(other) == beginning(model)) {
            return fmt::format("model {}", model + 1);
        }
    }
    return beginning(model);
}

/// Large enough that surfaces look closed: about twice as large as the points are apart when they
/// fill a third of the view.
float pointSizeFor(const ScanView& view, const PaneRectangle& pane) {
    constexpr float kFilled = 0.33F;
    constexpr float kLargest = 9.0F;
    const float pixels = kFilled * static_cast<float>(pane.width) * static_cast<float>(pane.height);
    const auto points = static_cast<float>(std::max<std::size_t>(1, view.points.size()));
    return std::min(kLargest, 2.2F * std::sqrt(pixels / points));
}

} // namespace

std::vector<const ModelRun*> shownRuns(const FrameReport& frame) {
    const std::size_t most = kMostPanes - (frame.scan->groundTruth ? 1 : 0);
    std::vector<const ModelRun*> shown;
    for (const auto& run : frame.runs) {
        shown.push_back(&run);
    }
    if (shown.size() > most) {
        std::stable_partition(shown.begin(), shown.end(), [](const ModelRun* run) {
            return run->result.model.trained;
        });
        shown.resize(most);
    }
    return shown;
}

std::vector<Pane> comparisonPanes(const FrameReport& frame) {
    if (frame.runs.empty()) {
        throw ConfigError("a comparison needs at least one model");
    }
    const auto& runs = frame.runs;
    const bool labelled = groundTruthIn(*frame.scan, firstClassMap(frame)).has_value();
    std::vector<Pane> panes;
    if (frame.scan->groundTruth) {
        panes.push_back(truthPane(frame));
    }
    for (const ModelRun* run : shownRuns(frame)) {
        panes.push_back(modelPane(*run));
    }
    const bool sameClasses = runs.size() == 2 && runs[0].result.prediction.classMap->name() ==
                                                     runs[1].result.prediction.classMap->name();
    if (labelled && runs.size() == 1) {
        panes.push_back(rightWrongPane(*frame.scan, runs[0]));
    } else if (labelled && sameClasses) {
        panes.push_back(whoIsRightPane(*frame.scan, runs[0], runs[1]));
    } else if (sameClasses) {
        panes.push_back(disagreementPane(runs[0], runs[1]));
    }
    return panes;
}

Legend comparisonLegend(const FrameReport& frame) {
    const auto& classMap = firstClassMap(frame);
    Legend legend;
    ClassCounts counts;
    if (const auto truth = groundTruthIn(*frame.scan, classMap)) {
        counts.truth = countClasses(*truth);
        legend.columns.emplace_back("truth");
    }
    for (std::size_t i = 0; i < frame.runs.size(); ++i) {
        const auto& prediction = frame.runs[i].result.prediction;
        counts.models.push_back(countClasses(
            prediction.classMap->name() == classMap.name()
                ? prediction.classIds
                : predictedClasses(prediction.classIds, *prediction.classMap, classMap)
        ));
        legend.columns.push_back(shortLabel(frame, i));
        if (frame.runs[i].scores) {
            legend.columns.emplace_back("IoU");
        }
    }
    for (std::size_t id = 0; id < counts.models.front().size(); ++id) {
        if (counts.any(id)) {
            const auto& info = classMap.info(static_cast<ClassId>(id));
            legend.rows.push_back(
                {visibleOnDark(info.colour), info.name, legendCells(frame, counts, id)}
            );
        }
    }
    return legend;
}

Image comparisonPicture(const FrameReport& frame, const PictureOptions& options) {
    return pictureOf(frame, comparisonPanes(frame), options);
}

Image pictureOf(const FrameReport& frame, std::vector<Pane> panes, const PictureOptions& options) {
    ModelTask task = ModelTask::LidarScene;
    for (const auto& run : frame.runs) {
        task = run.result.model.kind ? run.result.model.task : task;
    }
    const auto rectangle = paneRectangles(panes.size(), options.width).front();
    const float aspect = static_cast<float>(rectangle.width) / static_cast<float>(rectangle.height);
    const auto view = viewOf(*frame.scan, taskOf(*frame.scan, task), aspect);
    for (auto& pane : panes) {
        std::vector<Colour> colours;
        colours.reserve(view.points.size());
        for (const std::uint32_t point : view.points) {
            colours.push_back(pane.colours[point]);
        }
        pane.colours = std::move(colours);
    }
    PictureOptions seen = options;
    seen.camera = options.camera.value_or(view.camera);
    if (task != ModelTask::LidarScene) {
        seen.pointSize = std::max(seen.pointSize, pointSizeFor(view, rectangle));
    }
    return composePicture(view.positions, panes, comparisonLegend(frame), seen);
}

} // namespace siskin
