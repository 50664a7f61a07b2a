// SPDX-License-Identifier: MIT
#include "core/report/html.hpp"

#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace siskin {

namespace {

/// Okabe and Ito's palette, for stages.
constexpr std::array<std::string_view, 8> kStageColours{
    "#56b4e9", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#d55e00", "#f0e442", "#888888"};

std::string tableHead(const FrameReport& frame, std::string_view firstColumn) {
    std::string html = fmt::format("<thead><tr><th>{}</th>", escapeHtml(firstColumn));
    for (const auto& run : frame.runs) {
        html += fmt::format("<th>{}</th>", escapeHtml(run.result.model.label));
    }
    return html + "</tr></thead>";
}

std::string resultTable(const FrameReport& frame) {
    std::string html = fmt::format("<div class=scroll><table>{}<tbody>", tableHead(frame, ""));
    for (const auto& row : reportRows(frame)) {
        html +=
            fmt::format("<tr{}><td>{}</td>", row.rule ? " class=rule" : "", escapeHtml(row.name));
        for (const auto& cell : row.cells) {
            html += fmt::format("<td>{}</td>", escapeHtml(cell));
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>";
}

/// One stacked bar per model, all on the scale of the slowest.
std::string stageBars(const FrameReport& frame) {
    const auto names = stageNames(frame);
    double longest = 1e-12;
    for (const auto& run : frame.runs) {
        longest = std::max(longest, run.result.trace.totalSeconds());
    }
    std::string html = "<h2>Where the time goes</h2>";
    for (const auto& run : frame.runs) {
        html += fmt::format(
            "<div class=bar-row><div>{}</div><div class=bar>", escapeHtml(run.result.model.label)
        );
        for (std::size_t i = 0; i < names.size(); ++i) {
            const Span* stage = run.result.trace.stage(names[i]);
            const double seconds = stage == nullptr ? 0.0 : stage->duration;
            html += fmt::format(
                "<span style=\"width:{:.3f}%;background:{}\" title=\"{}: {} ms\"></span>",
                100.0 * seconds / longest,
                kStageColours[i % kStageColours.size()],
                escapeHtml(stageTitle(names[i])),
                formatMilliseconds(seconds)
            );
        }
        html += fmt::format(
            "</div><div class=ms>{} ms</div></div>\n",
            formatMilliseconds(run.result.trace.totalSeconds())
        );
    }
    html += "<div class=key>";
    for (std::size_t i = 0; i < names.size(); ++i) {
        html += fmt::format(
            "<span><span class=swatch style=\"background:{}\"></span>{}</span>",
            kStageColours[i % kStageColours.size()],
            escapeHtml(stageTitle(names[i]))
        );
    }
    return html + "</div>";
}

std::string iouCell(const std::optional<double>& iou) {
    if (!iou) {
        return "<td>-</td>";
    }
    return fmt::format(
        "<td>{}<span class=meter><i style=\"width:{:.1f}%\"></i></span></td>",
        formatPercent(*iou),
        100.0 * *iou
    );
}

std::string meanRow(
    const FrameReport& frame, std::string_view name, IouScores Scores::*rule, bool ruleAbove = false
) {
    std::string html =
        fmt::format("<tr{}><td>{}</td><td></td>", ruleAbove ? " class=rule" : "", name);
    for (const auto& run : frame.runs) {
        html += iouCell(run.scores ? std::optional(((*run.scores).*rule).mean) : std::nullopt);
    }
    return html + "</tr>\n";
}

std::string classTable(const FrameReport& frame) {
    if (!frame.scan->groundTruth || frame.runs.empty() || !frame.runs.front().scores) {
        return {};
    }
    const auto& classMap = *frame.runs.front().result.model.classMap;
    std::string head = tableHead(frame, "class");
    head.insert(head.find("</th>") + 5, "<th>labelled points</th>");
    std::string html =
        fmt::format("<h2>IoU per class</h2><div class=scroll><table>{}<tbody>", head);
    for (std::size_t i = 0; i < classMap.size(); ++i) {
        const auto id = static_cast<ClassId>(i);
        html += fmt::format(
            "<tr><td><span class=swatch style=\"background:{}\"></span>{}</td><td>{}</td>",
            cssColour(classMap.info(id).colour),
            escapeHtml(classMap.info(id).name),
            formatCount(frame.runs.front().scores->confusion.seen(id))
        );
        for (const auto& run : frame.runs) {
            html += iouCell(iouOf(run, classMap, id));
        }
        html += "</tr>\n";
    }
    html += meanRow(frame, "mean, classes present", &Scores::presentClasses, true);
    html += meanRow(frame, "mean, absent counts as 1 (SPVNAS)", &Scores::absentIsOne);
    html += meanRow(frame, "mean, absent counts as 0 (official)", &Scores::absentIsZero);
    return html + "</tbody></table></div>";
}

std::string energyNotes(const FrameReport& frame) {
    std::string html = "<h2>Energy and carbon</h2>";
    for (const auto& run : frame.runs) {
        for (const auto& domain : run.result.energy.domains) {
            html += fmt::format(
                "<p class=note><b>{}</b>, {}: {} J/frame, method {} ({}). {}</p>\n",
                escapeHtml(run.result.model.label),
                escapeHtml(domain.domain),
                domain.joules ? formatEstimate(*domain.joules) : "-",
                badge(domain.method),
                escapeHtml(description(domain.method)),
                escapeHtml(domain.reason)
            );
        }
    }
    return html +
           fmt::format(
               "<p class=note>Electricity: {} {}, {} gCO2e/kWh, {}. Source: {}. Values in brackets "
               "are 95 % intervals.</p>\n",
               escapeHtml(frame.grid.name),
               frame.grid.year,
               formatEstimate(frame.grid.gramsPerKwh),
               escapeHtml(frame.grid.basis),
               escapeHtml(frame.grid.source)
           );
}

std::string facts(const FrameReport& frame, const Environment& environment) {
    std::string html = "<h2>How this was made</h2><dl>";
    html +=
        htmlFact("scan", frame.scan->source.empty() ? frame.scan->id : frame.scan->source.string());
    for (const auto& run : frame.runs) {
        const auto& model = run.result.model;
        html += htmlFact(
            model.label,
            model.kind
                ? fmt::format(
                      "{}, {} parameters{}, classes {}",
                      model.weightsSource,
                      formatCount(model.parameters),
                      model.voxelSize > 0.0
                          ? fmt::format(", voxels of {} m", formatSignificant(model.voxelSize))
                          : "",
                      model.classMap->name()
                  )
                : fmt::format(
                      "predictions from {}, classes {}", model.weightsSource, model.classMap->name()
                  )
        );
        html += htmlFact(model.label + " ran on", run.result.trace.device);
    }
    html += htmlFact("siskin", environment.programVersion);
    html += htmlFact("threads", fmt::format("{}", environment.threads));
    for (const auto& [name, version] : environment.libraries) {
        html += htmlFact(name, version);
    }
    return html + "</dl><pre>" + escapeHtml(environment.command) + "</pre>";
}

std::string header(const FrameReport& frame) {
    std::string html = fmt::format(
        "<h1>Siskin on {}</h1><p class=sub>{} points</p>\n",
        escapeHtml(frame.scan->id),
        formatCount(static_cast<std::int64_t>(frame.scan->pointCount()))
    );
    for (const auto& run : frame.runs) {
        if (!run.result.model.trained) {
            html += fmt::format(
                "<p class=warn>{} is untrained ({}): its times are real, its labels mean "
                "nothing.</p>\n",
                escapeHtml(run.result.model.label),
                escapeHtml(run.result.model.weightsSource)
            );
        }
    }
    for (const auto& warning : frame.scan->warnings) {
        html += fmt::format("<p class=warn>{}</p>\n", escapeHtml(warning));
    }
    for (const auto& run : frame.runs) {
        for (const auto& note : run.result.notes) {
            html += fmt::format(
                "<p class=note>{}: {}.</p>\n", escapeHtml(run.result.model.label), escapeHtml(note)
            );
        }
    }
    return html;
}

} // namespace

std::string htmlReport(
    const FrameReport& frame,
    const Environment& environment,
    std::span<const std::byte> png,
    const std::optional<PaperComparison>& paper
) {
    std::string html = "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
                       "<meta name=viewport content=\"width=device-width\">";
    html += fmt::format(
        "<title>{} - Siskin</title><style>{}</style></head><body>\n",
        escapeHtml(frame.scan->id),
        kHtmlStyle
    );
    html += header(frame);
    if (!png.empty()) {
        html += "<img alt=\"The scan as each model sees it, side by side\" "
                "src=\"data:image/png;base64,";
        html += base64(png) + "\">\n";
    }
    if (paper) {
        html += paperHtml(*paper);
    }
    html += fmt::format(
        "<h2>Result</h2>{}{}{}", resultTable(frame), stageBars(frame), classTable(frame)
    );
    html += energyNotes(frame) + facts(frame, environment);
    return html + "</body></html>\n";
}

} // namespace siskin
