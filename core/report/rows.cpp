// SPDX-License-Identifier: MIT
#include "core/report/rows.hpp"

#include "core/report/format.hpp"
#include "core/report/precision_cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace siskin {

namespace {

using Cell = std::function<std::string(const ModelRun&)>;

class RowBuilder {
  public:
    explicit RowBuilder(const FrameReport& frame) : frame_(frame) {}

    void add(std::string name, const Cell& cell, bool rule = false) {
        ReportRow row{.name = std::move(name), .cells = {}, .rule = rule};
        for (const auto& run : frame_.runs) {
            row.cells.push_back(cell(run));
        }
        rows_.push_back(std::move(row));
    }

    std::vector<ReportRow> take() { return std::move(rows_); }

  private:
    const FrameReport& frame_;
    std::vector<ReportRow> rows_;
};

/// "-" for predictions from files, which no network made here.
template <typename Text>
Cell ofNetwork(Text text) {
    return [text](const ModelRun& run) {
        return run.result.model.kind ? text(run) : std::string("-");
    };
}

std::string energyCell(const ModelRun& run) {
    const auto total = run.result.energy.total();
    return total ? fmt::format("{} {}", formatEstimate(*total), badge(run.result.energy.method()))
                 : "-";
}

std::string carbonCell(const ModelRun& run) {
    return run.gramsPer1000Frames ? formatEstimate(*run.gramsPer1000Frames) : "-";
}

void addTimes(RowBuilder& rows, const FrameReport& frame) {
    bool first = true;
    for (const auto& name : stageNames(frame)) {
        rows.add(
            fmt::format("{} ms", stageTitle(name)),
            [&name](const ModelRun& run) {
                const Span* stage = run.result.trace.stage(name);
                return stage == nullptr ? "-" : formatMilliseconds(stage->duration);
            },
            first
        );
        first = false;
    }
    const bool repeated =
        std::any_of(frame.runs.begin(), frame.runs.end(), [](const ModelRun& run) {
            return run.repeatSeconds.size() > 1;
        });
    const bool sideBySide =
        std::any_of(frame.runs.begin(), frame.runs.end(), [](const ModelRun& run) {
            return run.result.trace.framesSideBySide > 1;
        });
    const auto* total = repeated     ? "total ms (median run)"
                        : sideBySide ? "total ms (on 1 thread, others beside)"
                                     : "total ms";
    rows.add(total, [](const ModelRun& run) {
        return formatMilliseconds(run.result.trace.totalSeconds());
    });
    if (repeated) {
        rows.add("fastest - slowest ms", [](const ModelRun& run) {
            const auto& all = run.repeatSeconds;
            const auto [low, high] = std::minmax_element(all.begin(), all.end());
            return fmt::format("{} - {}", formatMilliseconds(*low), formatMilliseconds(*high));
        });
    }
}

void addScores(RowBuilder& rows, const FrameReport& frame) {
    if (!frame.scan->groundTruth) {
        return;
    }
    rows.add(
        std::string(miouTitle(*frame.scan)),
        [](const ModelRun& run) { return run.scores ? formatPercent(run.scores->miou()) : "-"; },
        true
    );
    rows.add("accuracy", [](const ModelRun& run) {
        return run.scores ? formatPercent(run.scores->presentClasses.accuracy) : "-";
    });
}

/// What went into the networks: voxels, or points of clouds, of which one may come several times.
void addInputs(RowBuilder& rows, const FrameReport& frame) {
    for (const bool clouds : {false, true}) {
        const auto fits = [clouds](const ModelRun& run) {
            const auto& kind = run.result.model.kind;
            return kind && isPointModel(*kind) == clouds;
        };
        if (std::any_of(frame.runs.begin(), frame.runs.end(), fits)) {
            rows.add(clouds ? "points in clouds" : "voxels", [&fits](const ModelRun& run) {
                return fits(run) ? formatCount(run.result.voxels) : std::string("-");
            });
        }
    }
}

/// Only where it was measured.
void addTensorMemory(RowBuilder& rows, const FrameReport& frame) {
    const auto measured = [](const ModelRun& run) { return run.result.peakTensorBytes > 0; };
    if (std::any_of(frame.runs.begin(), frame.runs.end(), measured)) {
        rows.add("tensors at most MB", [&measured](const ModelRun& run) {
            return measured(run) ? formatMegabytes(run.result.peakTensorBytes) : std::string("-");
        });
    }
}

/// Only where a reduced precision stands beside the same weights in fp32.
void addPrecisionCosts(RowBuilder& rows, const FrameReport& frame) {
    const auto cost = [&frame](const ModelRun& run) { return precisionCost(frame, run); };
    if (!std::any_of(frame.runs.begin(), frame.runs.end(), [&cost](const ModelRun& run) {
            return cost(run).has_value();
        })) {
        return;
    }
    rows.add(
        "speed over fp32",
        [cost](const ModelRun& run) {
            const auto found = cost(run);
            return found ? fmt::format("{:.2f}x", found->speedup) : std::string("-");
        },
        true
    );
    rows.add("labels as in fp32", [cost](const ModelRun& run) {
        const auto found = cost(run);
        return found ? fmt::format("{:.2f} %", 100.0 * found->equalLabels) : std::string("-");
    });
}

} // namespace

std::vector<std::string> stageNames(const FrameReport& frame) {
    std::vector<std::string> names;
    for (const auto& run : frame.runs) {
        for (const auto& stage : run.result.trace.root.children) {
            if (std::find(names.begin(), names.end(), stage.name) == names.end()) {
                names.push_back(stage.name);
            }
        }
    }
    return names;
}

std::string stageTitle(const std::string& stage) {
    return stage == "points" ? "back to points" : stage;
}

std::vector<const Span*> leafSpans(const Span& span) {
    if (span.children.empty()) {
        return {&span};
    }
    std::vector<const Span*> leaves;
    for (const auto& child : span.children) {
        const auto below = leafSpans(child);
        leaves.insert(leaves.end(), below.begin(), below.end());
    }
    return leaves;
}

std::vector<ReportRow> reportRows(const FrameReport& frame) {
    RowBuilder rows(frame);
    rows.add("points", [](const ModelRun& run) { return formatCount(run.result.points); });
    addInputs(rows, frame);
    addTimes(rows, frame);
    rows.add(
        "GMAC",
        ofNetwork([](const ModelRun& run) {
            return formatSignificant(static_cast<double>(run.result.trace.totalMacs()) * 1e-9);
        }),
        true
    );
    rows.add("kernel-map pairs", ofNetwork([](const ModelRun& run) {
                 return formatCount(sumPairs(run.result.trace.root));
             }));
    rows.add("parameters", ofNetwork([](const ModelRun& run) {
                 return formatCount(run.result.model.parameters);
             }));
    addTensorMemory(rows, frame);
    rows.add("peak memory MB", [](const ModelRun& run) {
        return formatCount(run.result.trace.peakMemoryBytes / 1'000'000);
    });
    addPrecisionCosts(rows, frame);
    rows.add("J/frame", energyCell, true);
    rows.add(fmt::format("gCO2e/1000 frames, {}", frame.grid.code), carbonCell);
    addScores(rows, frame);
    return rows.take();
}

} // namespace siskin
