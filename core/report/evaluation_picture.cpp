// SPDX-License-Identifier: MIT
#include "core/report/comparison.hpp"
#include "core/report/evaluation_report.hpp"
#include "core/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

std::string scoreText(const ModelRun& run) {
    return run.scores ? fmt::format(
                            "mIoU {}   accuracy {}",
                            formatPercent(run.scores->miou()),
                            formatPercent(run.scores->presentClasses.accuracy)
                        )
                      : std::string("no labels");
}

} // namespace

std::vector<std::byte> errorPicture(const FrameReport& frame) {
    auto panes = comparisonPanes(frame);
    const std::size_t first = frame.scan->groundTruth ? 1 : 0;
    const auto runs = shownRuns(frame);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        panes[first + i].detail = scoreText(*runs[i]);
    }
    return encodePng(pictureOf(frame, std::move(panes), {.width = 1280, .camera = std::nullopt}));
}

} // namespace siskin
