// SPDX-License-Identifier: MIT
#include "core/report/table.hpp"

#include "core/report/format.hpp"
#include "core/report/rows.hpp"
#include "core/report/text_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace siskin {

namespace {

/// Lines below the table: every way in which an energy figure came about, once.
std::string energyNotes(const FrameReport& frame) {
    std::vector<std::string> notes;
    for (const auto& run : frame.runs) {
        for (const auto& domain : run.result.energy.domains) {
            auto note = fmt::format(
                "{} {}: {}", badge(domain.method), domain.domain, description(domain.method)
            );
            if (!domain.reason.empty()) {
                note += fmt::format("; {}", domain.reason);
            }
            if (std::find(notes.begin(), notes.end(), note) == notes.end()) {
                notes.push_back(std::move(note));
            }
        }
    }
    std::string text;
    for (const auto& note : notes) {
        text += note + "\n";
    }
    return text;
}

std::string untrainedNotes(const FrameReport& frame) {
    std::string text;
    for (const auto& run : frame.runs) {
        if (!run.result.model.trained) {
            text += fmt::format(
                "UNTRAINED {}: {}; times and work are real, its labels mean nothing\n",
                run.result.model.label,
                run.result.model.weightsSource
            );
        }
    }
    return text;
}

std::string resultNotes(const FrameReport& frame) {
    std::string text;
    for (const auto& run : frame.runs) {
        for (const auto& note : run.result.notes) {
            text += fmt::format("{}: {}\n", run.result.model.label, note);
        }
    }
    return text;
}

std::string layerRows(const Span& span) {
    return fmt::format("{} > {}", formatCount(span.rowsIn), formatCount(span.rowsOut));
}

std::string layerChannels(const Span& span) {
    return span.channelsIn == 0 && span.channelsOut == 0
               ? std::string("-")
               : fmt::format("{} > {}", span.channelsIn, span.channelsOut);
}

} // namespace

std::string textTable(const FrameReport& frame) {
    TextGrid grid(1);
    std::vector<std::string> head{frame.scan->id};
    for (const auto& run : frame.runs) {
        head.push_back(run.result.model.label);
    }
    grid.add(std::move(head));
    bool first = true;
    for (auto& row : reportRows(frame)) {
        std::vector<std::string> cells{std::move(row.name)};
        std::move(row.cells.begin(), row.cells.end(), std::back_inserter(cells));
        grid.add(std::move(cells), row.rule || first);
        first = false;
    }
    std::set<std::string> devices;
    for (const auto& run : frame.runs) {
        devices.insert(run.result.trace.device);
    }
    std::string text = grid.text();
    text += fmt::format("\ndevice: {}\n", fmt::join(devices, "; "));
    text += energyNotes(frame);
    text += fmt::format(
        "carbon: {} {}, {} gCO2e/kWh, {}\n",
        frame.grid.name,
        frame.grid.year,
        formatEstimate(frame.grid.gramsPerKwh),
        frame.grid.basis
    );
    return text + untrainedNotes(frame) + resultNotes(frame);
}

std::string layerTable(const ModelRun& run) {
    TextGrid grid(2);
    grid.add(
        {run.result.model.label,
         "kind",
         "ms",
         "share",
         "rows",
         "channels",
         "GMAC",
         "GMAC/s",
         "pairs"}
    );
    const double total = run.result.trace.totalSeconds();
    bool first = true;
    for (const Span* span : leafSpans(run.result.trace.root)) {
        const double gmac = static_cast<double>(span->macs) * 1e-9;
        grid.add(
            {span->name,
             std::string(toString(span->kind)),
             formatMilliseconds(span->duration),
             total > 0.0 ? formatPercent(span->duration / total) : "-",
             layerRows(*span),
             layerChannels(*span),
             span->macs > 0 ? formatSignificant(gmac) : "-",
             span->macs > 0 && span->duration > 0.0 ? formatSignificant(gmac / span->duration)
                                                    : "-",
             span->pairs > 0 ? formatCount(span->pairs) : "-"},
            first
        );
        first = false;
    }
    return grid.text();
}

/// "  55 611 voxels", "  4 096 in clouds": what went into the network.
std::string inputText(const RunResult& result) {
    return result.model.kind ? fmt::format(
                                   "  {} {}",
                                   formatCount(result.voxels),
                                   isPointModel(*result.model.kind) ? "in clouds" : "voxels"
                               )
                             : std::string();
}

std::string frameLines(const FrameReport& frame) {
    std::string text;
    for (const auto& run : frame.runs) {
        const auto joules = run.result.energy.total();
        const int sideBySide = run.result.trace.framesSideBySide;
        text += fmt::format(
            "{}  {}  {} points{}  {} ms{}  {} J  {} {}\n",
            frame.scan->id,
            run.result.model.label,
            formatCount(run.result.points),
            inputText(run.result),
            formatMilliseconds(run.result.trace.totalSeconds()),
            sideBySide > 1 ? fmt::format(" (1 of {} side by side)", sideBySide) : "",
            joules ? formatSignificant(joules->value) : "-",
            frame.scan->shapeCategory ? "IoU" : "mIoU",
            run.scores ? formatPercent(run.scores->miou()) : "-"
        );
    }
    return text;
}

std::string summaryTable(const RunSummary& summary, const GridIntensity& grid) {
    const auto& models = summary.models();
    const bool shapes = std::any_of(models.begin(), models.end(), [](const auto& model) {
        return !model.shapeIous.empty();
    });
    TextGrid table(1);
    table.add(
        {formatCounted(summary.frames(), "frame"),
         "median ms",
         "mean J/frame",
         fmt::format("gCO2e/1000 frames, {}", grid.code),
         shapes ? "instance mIoU" : "mIoU, classes present",
         "accuracy"}
    );
    bool first = true;
    for (const auto& model : models) {
        std::vector<std::string> cells{model.label, formatMilliseconds(model.medianSeconds())};
        const auto joules = model.meanJoules();
        cells.push_back(joules ? formatEstimate(*joules) : "-");
        cells.push_back(joules ? formatEstimate(gramsPer1000Frames(*joules, grid)) : "-");
        if (const auto miou = model.miou()) {
            const auto scores = intersectionOverUnion(*model.confusion, AbsentClass::Skipped);
            cells.push_back(formatPercent(*miou));
            cells.push_back(formatPercent(scores.accuracy));
        }
        table.add(std::move(cells), first);
        first = false;
    }
    std::string text = table.text();
    if (const auto& throughput = summary.throughput()) {
        text += fmt::format(
            "\n{:.1f} frames/s: {}\n", throughput->framesPerSecond(), describe(throughput->plan)
        );
    }
    return text;
}

} // namespace siskin
