// SPDX-License-Identifier: MIT
#include "app/cli/run_outputs.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/file_name.hpp"
#include "core/report/comparison.hpp"
#include "core/report/format.hpp"
#include "core/report/html.hpp"
#include "core/report/table.hpp"
#include "core/submission/submission_format.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace siskin::cli {

namespace {

void print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
        throw DatasetError("standard output: cannot write", "is the disk full or the reader gone?");
    }
}

std::filesystem::path
pngPath(const RunRequest& request, std::size_t frames, const std::string& scanId) {
    if (!request.pngFile.empty()) {
        return request.pngFile;
    }
    const auto name = frames == 1 ? std::string("comparison.png")
                                  : fmt::format("comparison-{}.png", fileNameFrom(scanId));
    return request.out / name;
}

} // namespace

RunOutputs::RunOutputs(
    const RunRequest& request,
    std::size_t frames,
    GridIntensity grid,
    Environment environment,
    Progress& progress
)
    : request_(request), frames_(frames), grid_(std::move(grid)),
      environment_(std::move(environment)), progress_(progress) {
    if (frames > 1 && (!request.pngFile.empty() || !request.htmlFile.empty())) {
        throw ConfigError(
            fmt::format(
                "{} is one file for {} frames",
                request.htmlFile.empty() ? "--png FILE" : "--html",
                frames
            ),
            "choose one frame with --frame ID, or use --out DIR --png"
        );
    }
}

void RunOutputs::add(const FrameReport& frame, const std::optional<PaperComparison>& paper) {
    writeLabels(frame);
    writePictures(frame, paper);
    summary_.add(frame);
    frameDocuments_.push_back(frameJson(frame, {.layers = frames_ == 1 || request_.layers}));
    if (paper) {
        frameDocuments_.back()["paper"] = paperJson(*paper);
    }
    if (request_.jsonFile != "-") {
        printFrame(frame, paper);
    }
}

void RunOutputs::writeLabels(const FrameReport& frame) {
    if (request_.out.empty()) {
        return;
    }
    for (const auto& run : frame.runs) {
        const auto folder = frame.runs.size() == 1
                                ? request_.out
                                : request_.out / fileNameFrom(run.result.model.label);
        announce(SubmissionFormat("").write(folder, *frame.scan, run.result.prediction));
    }
}

void RunOutputs::writePictures(
    const FrameReport& frame, const std::optional<PaperComparison>& paper
) {
    if (!request_.png && request_.htmlFile.empty()) {
        return;
    }
    const auto png = encodePng(comparisonPicture(frame));
    if (request_.png) {
        const auto path = pngPath(request_, frames_, frame.scan->id);
        writeFileAtomically(path, png);
        announce(path);
    }
    if (!request_.htmlFile.empty()) {
        writeFileAtomically(request_.htmlFile, htmlReport(frame, environment_, png, paper));
        announce(request_.htmlFile);
    }
}

void RunOutputs::printFrame(const FrameReport& frame, const std::optional<PaperComparison>& paper)
    const {
    progress_.clear();
    print(frames_ == 1 ? textTable(frame) : frameLines(frame));
    if (paper) {
        print(paperText(*paper));
    }
    if (request_.layers) {
        for (const auto& run : frame.runs) {
            print(fmt::format("\n{}", layerTable(run)));
        }
    }
}

void RunOutputs::finish(bool complete) {
    progress_.clear();
    if (frames_ > 1 && request_.jsonFile != "-" && summary_.frames() > 0) {
        print(fmt::format("\n{}", summaryTable(summary_, grid_)));
    }
    if (request_.out.empty() && request_.jsonFile.empty()) {
        return;
    }
    const auto text =
        jsonText(runDocument(std::move(frameDocuments_), summary_, grid_, environment_, complete));
    if (!request_.out.empty()) {
        writeFileAtomically(request_.out / "run.json", text);
        announce(request_.out / "run.json");
    }
    if (request_.jsonFile == "-") {
        print(text);
    } else if (!request_.jsonFile.empty()) {
        writeFileAtomically(request_.jsonFile, text);
        announce(request_.jsonFile);
    }
}

void RunOutputs::announce(const std::filesystem::path& path) const {
    progress_.note(fmt::format("wrote {}", path.string()));
}

} // namespace siskin::cli
