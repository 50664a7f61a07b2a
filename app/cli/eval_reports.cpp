// SPDX-License-Identifier: MIT
#include "app/cli/eval_reports.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/report/json.hpp"
#include "core/submission/submission_zip.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace siskin::cli {

namespace {

std::vector<FramePicture>
worstPictures(const EvaluationSummary& summary, const PictureFinder& find) {
    std::vector<FramePicture> pictures;
    for (const std::size_t position : summary.worstFrames(kWorstFrames)) {
        std::error_code ignored;
        const auto file = find(position);
        if (!std::filesystem::is_regular_file(file, ignored)) {
            continue;
        }
        const auto& rows = summary.rows();
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const FrameRow& one) {
            return one.position == position;
        });
        std::string caption = row->frame;
        for (std::size_t i = 0; i < row->models.size(); ++i) {
            caption += fmt::format(
                ", {} {:.1f} %",
                summary.plan().models[i].label,
                100.0 * row->models[i].meanIou.value_or(0.0)
            );
        }
        pictures.push_back({std::move(caption), readFile(file)});
    }
    return pictures;
}

} // namespace

void writeReports(
    const std::filesystem::path& folder,
    const EvaluationReport& report,
    const PictureFinder& picture,
    Progress& progress
) {
    const EvaluationSummary& summary = report.summary;
    progress.begin("writing the reports");
    writeFileAtomically(folder / "frames.csv", framesCsv(summary));
    writeFileAtomically(folder / "classes.csv", classesCsv(summary));
    writeFileAtomically(folder / "timings.csv", timingsCsv(summary));
    writeFileAtomically(folder / "scores.json", jsonText(scoresDocument(summary)));
    writeFileAtomically(folder / "report.json", jsonText(evaluationDocument(report)));
    writeFileAtomically(
        folder / "report.html", evaluationHtml(report, worstPictures(summary, picture))
    );
    progress.clear();
    fmt::print("{}", evaluationTable(report));
    std::fflush(stdout);
    progress.note(fmt::format("wrote {}", (folder / "report.html").string()));
    requireNoFailures(summary);
}

void requireNoFailures(const EvaluationSummary& summary) {
    const auto& failures = summary.failures();
    if (!failures.empty()) {
        throw DatasetError(
            fmt::format(
                "{} of {} frames could not be evaluated, the first is {}: {}",
                failures.size(),
                failures.size() + summary.rows().size(),
                failures.front().frame,
                failures.front().message
            ),
            "mend the data and run the same command again: it tries these frames only"
        );
    }
}

void zipSubmissions(
    const EvaluationPlan& plan,
    const std::function<std::filesystem::path(std::size_t model)>& submission,
    Progress& progress,
    const std::stop_token& stop
) {
    if (plan.benchmark != "semantickitti" && plan.benchmark != "nuscenes") {
        return; // no server takes the others
    }
    for (std::size_t i = 0; i < plan.models.size(); ++i) {
        const auto folder = submission(i);
        auto zip = folder;
        zip += ".zip";
        progress.begin(fmt::format("packing {}", zip.string()));
        writeSubmissionZip(
            folder, zip, [&](double fraction) { progress.update(fraction, ""); }, stop
        );
        progress.note(fmt::format("wrote {}", zip.string()));
    }
}

} // namespace siskin::cli
