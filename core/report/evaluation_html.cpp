// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"

#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

std::string chip(std::string_view name, std::string_view value) {
    return fmt::format("<span class=chip>{} <b>{}</b></span>", escapeHtml(name), escapeHtml(value));
}

std::string count(std::size_t value) {
    return formatCount(static_cast<std::int64_t>(value));
}

std::string pageHead(const EvaluationReport& report) {
    const auto& summary = report.summary;
    const auto& plan = summary.plan();
    std::string html = fmt::format(
        "<p class=kicker>Siskin evaluation</p><h1>{}</h1><p class=chips>",
        escapeHtml(plan.dataset.empty() ? plan.benchmark : plan.dataset)
    );
    html += chip("split", plan.split.empty() ? "every frame" : plan.split);
    html +=
        chip("frames", fmt::format("{} of {}", count(summary.rows().size()), count(plan.frames)));
    html += chip("with labels", count(summary.labelledFrames()));
    if (plan.earlierScans > 0) {
        html += chip("earlier scans in each frame", fmt::format("{}", plan.earlierScans));
    }
    html += chip("failed", count(summary.failures().size()));
    const std::string hash = summary.dataSha256();
    html += chip("data", hash.empty() ? "incomplete" : hash.substr(0, 12));
    html += "</p>\n";
    if (!report.complete) {
        html += "<p class=warn>Not complete: it was interrupted, and everything below is about the "
                "frames so far.</p>\n";
    }
    for (const auto& model : plan.models) {
        if (!model.trained) {
            html += fmt::format(
                "<p class=warn>{} is untrained ({}): its times are real, its labels mean "
                "nothing.</p>\n",
                escapeHtml(model.label),
                escapeHtml(model.weights)
            );
        }
    }
    return html;
}

constexpr auto kNotMeasured = "<span class=missing>not measured</span>";

std::string energyText(const ModelFigures& model) {
    return model.joules ? fmt::format(
                              "{} <span class=badge title=\"{}\">{}</span>",
                              formatSignificant(model.joules->value),
                              escapeHtml(badgeInWords(model.energyMethod)),
                              escapeHtml(model.energyMethod)
                          )
                        : std::string(kNotMeasured);
}

/// The one thing to read from across the room.
std::string heroCard(const ModelFigures& model, std::size_t index) {
    std::string html = fmt::format(
        "<div class=\"hero {}\"><h3>{}</h3>", seriesClass(index), modelTag(model, index)
    );
    if (model.headline) {
        html += fmt::format(
            "<div class=big>{:.1f}<small> % {}</small></div>",
            100.0 * model.headline->value,
            escapeHtml(model.headline->title)
        );
    } else {
        html += "<div class=big>-<small> no labels</small></div>";
    }
    const bool timed = !model.seconds.empty();
    html += fmt::format(
        "<dl class=kpi><div><dt>p50</dt><dd>{}</dd></div><div><dt>p99</dt><dd>{}</dd></div>"
        "<div><dt>J per frame</dt><dd>{}</dd></div><div><dt>gCO2e per "
        "1000</dt><dd>{}</dd></div></dl>"
        "</div>\n",
        timed ? formatMilliseconds(model.latency.p50) + " ms" : "-",
        timed ? formatMilliseconds(model.latency.p99) + " ms" : "-",
        energyText(model),
        model.gramsPer1000 ? formatSignificant(model.gramsPer1000->value) : kNotMeasured
    );
    return html;
}

/// How far from the first model; nothing in its own row. Differences that people call better are
/// marked by a word for screen readers, and by colour for the others.
std::string delta(double difference, std::string text, bool smallerIsBetter) {
    if (difference == 0.0) {
        return "<span class=delta>same</span>";
    }
    const bool better = (difference < 0.0) == smallerIsBetter;
    return fmt::format(
        "<span class=\"delta {}\" title=\"{} than the first model\">{}</span>",
        better ? "good" : "bad",
        better ? "better" : "worse",
        text
    );
}

std::string pointsDelta(double value, double base) {
    const double points = 100.0 * (value - base);
    return delta(points, fmt::format("{:+.1f} pp", points), false);
}

std::string relativeDelta(double value, double base) {
    return base > 0.0
               ? delta(value - base, fmt::format("{:+.0f} %", 100.0 * (value / base - 1.0)), true)
               : std::string();
}

std::string scoreCells(const ModelFigures& model, const ModelFigures& base) {
    std::string html = "<td>";
    if (model.headline) {
        html += fmt::format("<b>{}</b>", formatPercent(model.headline->value));
        html += &model != &base && base.headline
                    ? pointsDelta(model.headline->value, base.headline->value)
                    : "";
    } else {
        html += "no labels";
    }
    return html + "</td>";
}

std::string costCells(const ModelFigures& model, const ModelFigures& base) {
    const bool other = &model != &base;
    const bool timed = !model.seconds.empty() && !base.seconds.empty();
    std::string html;
    for (const auto percentile : {&Latency::p50, &Latency::p90, &Latency::p99}) {
        const double value = model.latency.*percentile;
        html += model.seconds.empty()
                    ? "<td>-</td>"
                    : fmt::format(
                          "<td>{}{}</td>",
                          formatMilliseconds(value),
                          other && timed ? relativeDelta(value, base.latency.*percentile) : ""
                      );
    }
    html += fmt::format(
        "<td>{}{}</td>",
        energyText(model),
        other && model.joules && base.joules
            ? relativeDelta(model.joules->value, base.joules->value)
            : ""
    );
    return html + fmt::format(
                      "<td>{}</td>",
                      model.gramsPer1000 ? formatEstimate(*model.gramsPer1000) : kNotMeasured
                  );
}

std::string headlineTable(const EvaluationReport& report, const std::vector<ModelFigures>& models) {
    std::string html = sectionHead("Models side by side") +
                       "<div class=\"card scroll\"><table><thead><tr><th>model</th>";
    const auto named = std::find_if(models.begin(), models.end(), [](const auto& model) {
        return model.headline.has_value();
    });
    html += fmt::format(
        "<th>{}</th><th>p50, ms</th><th>p90, ms</th><th>p99, ms</th><th>J per frame</th>"
        "<th>gCO2e per 1000 frames</th><th>parameters</th><th>precision</th></tr></thead><tbody>\n",
        named == models.end() ? std::string("score") : escapeHtml(named->headline->title)
    );
    for (std::size_t i = 0; i < models.size(); ++i) {
        const auto& model = models[i];
        html += fmt::format("<tr><td>{}</td>", modelTag(model, i));
        html += scoreCells(model, models.front()) + costCells(model, models.front());
        html += fmt::format(
            "<td>{}</td><td>{}</td></tr>\n",
            model.planned->parameters > 0 ? formatCount(model.planned->parameters) : "-",
            escapeHtml(model.planned->precision)
        );
    }
    return html +
           fmt::format(
               "</tbody></table><p class=note>{}Latency is one frame from read to labels, "
               "batch size 1, after {} warm-up run(s) per session. Carbon is for {} {}. Brackets "
               "hold 95 % intervals.</p></div>\n",
               models.size() > 1 ? "Small figures: difference to the first model. " : "",
               warmUpInWords(report.sessions),
               escapeHtml(report.grid.name),
               report.grid.year
           );
}

std::string pictureSection(std::span<const FramePicture> pictures) {
    if (pictures.empty()) {
        return {};
    }
    std::string html =
        sectionHead("Worst frames", "Lowest mean IoU first, averaged over the models.");
    for (const auto& picture : pictures) {
        const auto caption = escapeHtml(picture.caption);
        html += fmt::format(
            "<figure class=card><img alt=\"{}\" src=\"data:image/png;base64,{}\"><figcaption>{}"
            "</figcaption></figure>\n",
            caption,
            base64(picture.png),
            caption
        );
    }
    return html;
}

} // namespace

std::string sectionHead(std::string_view title, std::string_view note) {
    return fmt::format(
        "<h2>{}</h2>{}\n",
        escapeHtml(title),
        note.empty() ? "" : fmt::format("<p class=\"note lead\">{}</p>", escapeHtml(note))
    );
}

std::string modelTag(const ModelFigures& model, std::size_t index) {
    return fmt::format(
        "<span class=tag><svg class=dot viewBox=\"0 0 16 16\" aria-hidden=true>{}</svg>{}</span>",
        svgMark(8, 8, index),
        escapeHtml(model.planned->label)
    );
}

std::string card(std::string_view heading, std::string_view content) {
    return fmt::format("<div class=card><h3>{}</h3>{}</div>\n", heading, content);
}

std::string evaluationHtml(const EvaluationReport& report, std::span<const FramePicture> pictures) {
    const auto models = modelFigures(report);
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content=\"width=device-width\"><title>{} - Siskin evaluation</title>"
        "<style>{}{}</style></head><body>\n",
        escapeHtml(report.summary.plan().dataset),
        kHtmlStyle,
        kEvaluationStyle
    );
    html += pageHead(report) + "<div class=heroes>";
    for (std::size_t i = 0; i < models.size(); ++i) {
        html += heroCard(models[i], i);
    }
    html += "</div>\n" + tradeOffSection(models) + headlineTable(report, models);
    html += classSection(models) + pictureSection(pictures);
    html += confusionSection(models) + strataSection(models) + calibrationSection(models);
    html += latencySection(report, models) + energySection(report, models);
    html += failureSection(report) + originSection(report);
    return html + "</body></html>\n";
}

} // namespace siskin
