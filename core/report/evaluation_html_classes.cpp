// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/svg_plot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace siskin {

namespace {

std::string iouBar(const std::optional<double>& iou, std::string_view label, std::size_t series) {
    return fmt::format(
        "<div class=\"iou {}\" title=\"{}: {}\"><div class=track><i "
        "style=\"width:{:.1f}%\"></i></div>"
        "<span>{}</span></div>",
        seriesClass(series),
        escapeHtml(label),
        iou ? formatPercent(*iou) : "does not count",
        iou ? 100.0 * *iou : 0.0,
        iou ? formatPercent(*iou) : "-"
    );
}

std::string
classBars(const std::vector<ModelFigures>& models, const std::vector<std::size_t>& shown) {
    const auto& first = models[shown.front()].totals.rules.front();
    std::string html = "<div class=card><p class=key>";
    for (const std::size_t i : shown) {
        html += modelTag(models[i], i);
    }
    html += "<span class=dim>Bars: IoU from 0 to 100 %. Below the name: labelled points.</span></p>"
            "<div class=classes>\n";
    for (std::size_t c = 0; c < first.confusion.classes(); ++c) {
        const auto id = static_cast<ClassId>(c);
        const auto& info = first.rule.classMap->info(id);
        html += fmt::format(
            "<div class=klass><div><span class=swatch "
            "style=\"background:{}\"></span>{}<small>{}</small>"
            "</div><div class=ious>",
            cssColour(info.colour),
            escapeHtml(info.name),
            formatCount(first.confusion.seen(id))
        );
        for (const std::size_t i : shown) {
            html += iouBar(
                models[i].totals.rules.front().iou.perClass.at(c), models[i].planned->label, i
            );
        }
        html += "</div></div>\n";
    }
    return html + "</div></div>\n";
}

/// A figure of a rule, with one value per model.
struct RuleRow {
    std::string rule;
    std::string title;
    std::vector<std::optional<double>> values;
};

std::vector<RuleRow> ruleRows(const std::vector<ModelFigures>& models) {
    std::vector<RuleRow> rows;
    for (std::size_t i = 0; i < models.size(); ++i) {
        for (const auto& scores : models[i].totals.rules) {
            for (const auto& figure : scores.figures) {
                auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& other) {
                    return other.rule == scores.rule.title && other.title == figure.title;
                });
                if (row == rows.end()) {
                    rows.push_back({scores.rule.title, figure.title, {}});
                    row = rows.end() - 1;
                }
                row->values.resize(models.size());
                row->values[i] = figure.value;
            }
        }
    }
    return rows;
}

/// The rules in words, each once.
std::string ruleNotes(const std::vector<ModelFigures>& models) {
    std::vector<std::string> notes;
    for (const auto& model : models) {
        for (const auto& scores : model.totals.rules) {
            const auto note = fmt::format(
                "<p class=note><b>{}</b>: {}</p>",
                escapeHtml(scores.rule.title),
                absentInWords(scores.rule)
            );
            if (std::find(notes.begin(), notes.end(), note) == notes.end()) {
                notes.push_back(note);
            }
        }
    }
    return fmt::format("{}", fmt::join(notes, "\n"));
}

/// Every figure by every rule, and what the rules do with absent classes.
std::string ruleTable(const std::vector<ModelFigures>& models) {
    std::string html = "<table class=rules><thead><tr><th>rule</th><th>figure</th>";
    for (std::size_t i = 0; i < models.size(); ++i) {
        html += fmt::format("<th>{}</th>", modelTag(models[i], i));
    }
    html += "</tr></thead><tbody>\n";
    std::string_view previous;
    const auto rows = ruleRows(models);
    for (const auto& row : rows) {
        const bool again = row.rule == previous;
        html += fmt::format(
            "<tr{}><td>{}</td><td>{}</td>",
            again ? "" : " class=rule",
            again ? "" : escapeHtml(row.rule),
            escapeHtml(row.title)
        );
        for (std::size_t i = 0; i < models.size(); ++i) {
            const bool has = i < row.values.size() && row.values[i];
            html += has ? fmt::format("<td>{:.2f} %</td>", 100.0 * *row.values[i]) : "<td>-</td>";
        }
        html += "</tr>\n";
        previous = row.rule;
    }
    return card(
        "By every rule", "<div class=scroll>" + html + "</tbody></table></div>" + ruleNotes(models)
    );
}

std::string categoryTable(const std::vector<ModelFigures>& models) {
    std::string html;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const auto& shapes = models[i].totals.shapes;
        if (!shapes) {
            continue;
        }
        std::string rows =
            "<table><thead><tr><th>category</th><th>shapes</th><th>mIoU</th></tr></thead><tbody>";
        for (const auto& category : shapes->categories) {
            rows += fmt::format(
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escapeHtml(category.name),
                formatCount(static_cast<std::int64_t>(category.shapes)),
                formatPercent(category.meanIou)
            );
        }
        html += card(modelTag(models[i], i), rows + "</tbody></table>");
    }
    return html.empty() ? html : "<div class=grid3>" + html + "</div>";
}

} // namespace

std::vector<std::size_t> comparableModels(const std::vector<ModelFigures>& models) {
    std::vector<std::size_t> same;
    for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].totals.rules.empty()) {
            continue;
        }
        const auto& first = models[same.empty() ? i : same.front()].totals.rules.front();
        const auto& own = models[i].totals.rules.front();
        if (own.rule.classMap->name() == first.rule.classMap->name() &&
            own.rule.name == first.rule.name) {
            same.push_back(i);
        }
    }
    return same;
}

std::string classSection(const std::vector<ModelFigures>& models) {
    const auto shown = comparableModels(models);
    if (shown.empty()) {
        return sectionHead("Scores", "No frame has labels, so there is nothing to score.");
    }
    std::string note = models[shown.front()].totals.rules.front().rule.title;
    if (shown.size() < models.size()) {
        note += "; models of other classes are in the table below only";
    }
    return sectionHead("IoU per class", note) + classBars(models, shown) + "<br>" +
           ruleTable(models) + categoryTable(models);
}

} // namespace siskin
