// SPDX-License-Identifier: MIT
// The picture that Siskin exists for: ground truth, models and where they are right or wrong.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/report/picture.hpp"

namespace siskin {

/// Blue and orange (after Okabe and Ito, "Color universal design", 2008): told apart with every
/// common kind of colour blindness.
inline constexpr Colour kRightColour{58, 142, 222};
inline constexpr Colour kWrongColour{240, 122, 24};
inline constexpr Colour kIgnoredColour{104, 108, 116};
inline constexpr Colour kOnlyFirstColour{240, 228, 66};
inline constexpr Colour kOnlySecondColour{204, 121, 167};

/// The runs that a picture has room for: the first ones; where there are too many, those of trained
/// models before others.
std::vector<const ModelRun*> shownRuns(const FrameReport& frame);

/// The panes for a frame, at most four. With labels: ground truth, `shownRuns`, and in what room is
/// left the right/wrong map of one model or, of two, who is right. Without: the models and, for
/// two, where they disagree.
std::vector<Pane> comparisonPanes(const FrameReport& frame);

/// Classes that occur, with points in the ground truth and per model and the IoU per model.
Legend comparisonLegend(const FrameReport& frame);

/// `composePicture` of the two. Throws `ConfigError` when the frame has no run.
Image comparisonPicture(const FrameReport& frame, const PictureOptions& options = {});

/// The same with panes that the caller changed; they have a colour for every point of the scan.
Image pictureOf(
    const FrameReport& frame, std::vector<Pane> panes, const PictureOptions& options = {}
);

} // namespace siskin
