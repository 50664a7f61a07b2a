// SPDX-License-Identifier: MIT
#include "core/report/html.hpp"

#include "core/report/format.hpp"
#include "core/report/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace siskin {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1b2027; --dim: #5c6672; --page: #fbfbfa; --line: #dcdfe3; --card: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebef; --dim: #9aa5b1; --page: #12151a; --line: #2d333b; --card: #1a1e25; } }
body { margin: 0 auto; max-width: 1240px; padding: 28px 24px 60px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 34px 0 10px; }
p.sub, .note { color: var(--dim); margin: 4px 0 18px; } .note { margin: 6px 0; font-size: 13px; }
img { width: 100%; border-radius: 6px; display: block; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { border-bottom: 2px solid var(--line); } tr.rule td { border-top: 1px solid var(--line); }
tbody td:first-child { color: var(--dim); }
.scroll { overflow-x: auto; }
.bar { display: flex; height: 26px; border-radius: 4px; overflow: hidden; background: var(--line); }
.bar span { display: block; min-width: 1px; }
.bar-row { display: grid; grid-template-columns: 220px 1fr 90px; gap: 12px; align-items: center; margin: 6px 0; }
.bar-row .ms { text-align: right; font-variant-numeric: tabular-nums; }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 8px; font-size: 13px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 7px;
  vertical-align: -1px; box-shadow: 0 0 0 1px #8886; }
.meter { display: inline-block; width: 90px; height: 9px; margin-left: 10px; border-radius: 2px;
  background: var(--line); overflow: hidden; }
.meter i { display: block; height: 100%; background: #3a8ede; }
.warn { color: #a85b00; font-weight: 600; } @media (prefers-color-scheme: dark) { .warn { color: #ffbe3c; } }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 20px; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
)css";

/// Okabe and Ito's palette, for stages.
constexpr std::array<std::string_view, 8> kStageColours{
    "#56b4e9", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#d55e00", "#f0e442", "#888888"};

std::string cssColour(Colour colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

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
            const bool scored = run.scores && i < run.scores->presentClasses.perClass.size();
            html += iouCell(scored ? run.scores->presentClasses.perClass[i] : std::nullopt);
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

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("<dt>{}</dt><dd>{}</dd>", escapeHtml(name), escapeHtml(value));
}

std::string facts(const FrameReport& frame, const Environment& environment) {
    std::string html = "<h2>How this was made</h2><dl>";
    html += fact("scan", frame.scan->source.empty() ? frame.scan->id : frame.scan->source.string());
    for (const auto& run : frame.runs) {
        const auto& model = run.result.model;
        html += fact(
            model.label,
            fmt::format(
                "{}, {} parameters, voxels of {} m, classes {}",
                model.weightsSource,
                formatCount(model.parameters),
                formatSignificant(model.voxelSize),
                model.classMap->name()
            )
        );
        html += fact(model.label + " ran on", run.result.trace.device);
    }
    html += fact("siskin", environment.programVersion);
    html += fact("threads", fmt::format("{}", environment.threads));
    for (const auto& [name, version] : environment.libraries) {
        html += fact(name, version);
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
    return html;
}

} // namespace

std::string escapeHtml(std::string_view text) {
    std::string result;
    for (const char character : text) {
        switch (character) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&#39;";
            break;
        default:
            result += character;
        }
    }
    return result;
}

std::string base64(std::span<const std::byte> bytes) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t word = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            word = (word << 8U) | (i < count ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        }
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += digit <= count ? kDigits[(word >> (18U - 6U * digit)) & 63U] : '=';
        }
    }
    return text;
}

std::string htmlReport(
    const FrameReport& frame, const Environment& environment, std::span<const std::byte> png
) {
    std::string html = "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
                       "<meta name=viewport content=\"width=device-width\">";
    html += fmt::format(
        "<title>{} - Siskin</title><style>{}</style></head><body>\n",
        escapeHtml(frame.scan->id),
        kStyle
    );
    html += header(frame);
    if (!png.empty()) {
        html += "<img alt=\"The scan as each model sees it, side by side\" "
                "src=\"data:image/png;base64,";
        html += base64(png) + "\">\n";
    }
    html += fmt::format(
        "<h2>Result</h2>{}{}{}", resultTable(frame), stageBars(frame), classTable(frame)
    );
    html += energyNotes(frame) + facts(frame, environment);
    return html + "</body></html>\n";
}

} // namespace siskin
