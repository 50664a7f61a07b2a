// SPDX-License-Identifier: MIT
// What `siskin cones` found out: which network tells cones apart and finds them, how far away and
// how fast, beside what MIT Driverless published.
#pragma once

#include "core/objects/cone_scores.hpp"
#include "core/report/frame_report.hpp"
#include "core/report/image.hpp"
#include "core/report/paper_comparison.hpp"
#include "core/run/cone_detector.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace siskin {

inline constexpr int kConeSchemaVersion = 1;

/// What one frame cost, seconds.
struct ConeFrameTimes {
    std::size_t objects = 0;
    double ground = 0.0;   ///< finding and removing it
    double clusters = 0.0; ///< grouping the rest, dropping what is too large or small
    double clouds = 0.0;   ///< bringing candidates into frames of their own

    double preparation() const noexcept { return ground + clusters + clouds; }
};

/// One network over all frames.
struct ConeModelReport {
    ObjectModelInfo info;
    ConeScores scores{};
    std::size_t detections = 0;
    std::vector<double> seconds{};  ///< network, per frame
    std::vector<Estimate> joules{}; ///< network, per frame that has a figure
    EnergyMethod method = EnergyMethod::NotAvailable;
};

struct ConeReport {
    std::string data;         ///< title of the data set
    std::size_t labelled = 0; ///< frames whose cones are known
    std::size_t seenOnce = 0; ///< cones with a single point: fewer than a candidate needs
    bool complete = true;     ///< false: interrupted before all frames were looked at
    std::vector<ConeFrameTimes> frames{};
    std::vector<ConeModelReport> models{};
    std::vector<PublishedFigure> published{}; ///< of "cone detection"
    Environment environment{};
};

/// One figure per line of a table; empty where there is nothing to say.
struct ConeFigures {
    std::optional<double> accuracy, colourAccuracy, recall, falsePerFrame, centreError;
    std::optional<double> rangeAt95;   ///< metres; empty without labels
    double preparationPerObject = 0.0; ///< milliseconds, median over the frames with objects
    double networkPerObject = 0.0;
    double perFrame = 0.0; ///< milliseconds, median, both together
    std::optional<Estimate> joulesPerFrame;
};

ConeFigures figuresOf(const ConeReport& report, const ConeModelReport& model);

/// Tables for a terminal; ends with a newline.
std::string coneText(const ConeReport& report);

/// The document, schema "siskin.cones"; fields in core/report/README.md.
nlohmann::ordered_json coneJson(const ConeReport& report);

/// A page with charts that refers to nothing outside itself. `png`: `conePicture`, or empty.
std::string coneHtml(const ConeReport& report, std::span<const std::byte> png);

/// A frame from above, one pane per network: points grey, detections in their colour; where the
/// truth is known, a white cross on every cone that was missed and a red frame around what is none
/// or has another colour.
struct ConeView {
    std::shared_ptr<const Scan> scan;
    std::vector<Cone> cones{}; ///< empty: not known
    std::vector<std::pair<std::string, std::vector<ConeDetection>>> models{};
};

Image conePicture(const ConeView& view);

} // namespace siskin
