// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

std::string hashText(std::string_view hash) {
    return hash.empty() ? "-" : fmt::format("<code>{}</code>", escapeHtml(hash));
}

std::string weightsTable(const EvaluationPlan& plan) {
    std::string html =
        "<table class=origin><thead><tr><th>model</th><th>kind</th><th>weights</th>"
        "<th>SHA-256 of the weights</th><th>SHA-256 of net.config</th><th>voxel, m</th>"
        "<th>classes</th></tr></thead><tbody>\n";
    for (const auto& model : plan.models) {
        html += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></"
            "tr>\n",
            escapeHtml(model.label),
            escapeHtml(model.kind),
            escapeHtml(model.weights),
            hashText(model.weightsSha256),
            hashText(model.configSha256),
            model.voxelSize > 0.0 ? formatSignificant(model.voxelSize) : "-",
            escapeHtml(model.classMap->name())
        );
    }
    return html + "</tbody></table>";
}

std::string sessionTable(const std::vector<EvaluationSession>& sessions) {
    std::string html = "<table><thead><tr><th>started</th><th>host</th><th>device</th><th>shard</"
                       "th><th>frames</th>"
                       "<th>seconds</th><th>frames/s</th><th>busy</th><th>peak memory, "
                       "MB</th><th>warm-up runs</th>"
                       "<th>ended</th></tr></thead><tbody>\n";
    for (const auto& session : sessions) {
        const auto frames = static_cast<double>(session.frames);
        html += fmt::format(
            "<tr><td>{}</td><td>{}</td><td title=\"{}\">{}</td><td>{}/{}</td><td>{}</td><td>{}</td>"
            "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escapeHtml(session.started),
            escapeHtml(session.host),
            escapeHtml(session.parallel),
            escapeHtml(session.device),
            session.shard.index,
            session.shard.count,
            session.frames,
            formatSignificant(session.seconds),
            session.seconds > 0.0 ? formatSignificant(frames / session.seconds) : "-",
            formatPercent(session.busyShare),
            formatCount(session.peakMemoryBytes / 1'000'000),
            session.warmUpRuns,
            session.complete ? "complete" : "interrupted"
        );
    }
    return html + "</tbody></table>";
}

std::string factList(const EvaluationReport& report) {
    const auto& plan = report.summary.plan();
    const std::string hash = report.summary.dataSha256();
    std::string html = "<dl>";
    html += htmlFact("data set", plan.dataset);
    html += htmlFact("folder", plan.root);
    html += htmlFact("data, SHA-256", hash.empty() ? "none, frames are missing" : hash);
    html += htmlFact("frame list, SHA-256", plan.framesSha256);
    html += htmlFact("program", plan.program);
    html += htmlFact("device asked for", plan.device);
    html += htmlFact("threads", fmt::format("{}", report.environment.threads));
    for (const auto& [name, version] : report.environment.libraries) {
        html += htmlFact(name, version);
    }
    return html + "</dl>";
}

} // namespace

std::string failureSection(const EvaluationReport& report) {
    const auto& failures = report.summary.failures();
    if (failures.empty()) {
        return {};
    }
    std::string html = sectionHead("Frames that failed", "They are in none of the figures.");
    html +=
        "<div class=\"card scroll\"><table class=origin><thead><tr><th>frame</th><th>why</th></tr>"
        "</thead><tbody>\n";
    for (const auto& failure : failures) {
        html += fmt::format(
            "<tr><td>{}</td><td>{}</td></tr>\n",
            escapeHtml(failure.frame),
            escapeHtml(failure.message)
        );
    }
    return html + "</tbody></table></div>";
}

std::string originSection(const EvaluationReport& report) {
    const std::string command = "<pre>" + escapeHtml(report.environment.command) + "</pre>";
    return sectionHead("How this was made") + card("The exact command", command) + "<br>" +
           card("Data and program", factList(report)) + "<br>" +
           card("Weights", "<div class=scroll>" + weightsTable(report.summary.plan()) + "</div>") +
           "<br>" +
           card("Sessions", "<div class=scroll>" + sessionTable(report.sessions) + "</div>");
}

} // namespace siskin
