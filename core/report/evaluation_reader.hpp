// SPDX-License-Identifier: MIT
// Reads "siskin.eval" reports back: what a comparison of two of them needs.
#pragma once

#include "core/benchmark/summary.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace siskin {

struct ReportedClass {
    std::string name;
    std::int64_t seen = 0;
    std::optional<double> iou; ///< 0..1; empty where it does not count
};

struct ReportedModel {
    std::string label;
    std::optional<Figure> headline; ///< empty without labels
    std::string rule;               ///< of the headline, e.g. "official"
    std::vector<Figure> figures;    ///< by the first rule
    std::vector<ReportedClass> classes;
    std::optional<double> calibrationError;
    std::optional<Latency> latency; ///< seconds
    int framesSideBySide = 1;
    std::optional<Estimate> joules; ///< per frame
    std::string energyMethod;
    std::optional<Estimate> gramsPer1000;
};

struct ReportedEvaluation {
    std::string origin; ///< file name, for messages
    bool complete = true;
    std::string benchmark;
    std::string split;
    std::string framesSha256;
    std::optional<std::string> dataSha256;
    std::vector<std::string> failedFrames;
    std::int64_t frames = 0;
    nlohmann::ordered_json plan;       ///< identity
    std::vector<std::string> machines; ///< "host, device" of the sessions; sorted, each once
    int threads = 0;
    std::string region; ///< code of the grid
    std::vector<ReportedModel> models;
};

/// `origin` stands for the file in messages. Throws `DatasetError` that names it and the byte (not
/// JSON) or the key (missing, of the wrong type, out of range), or says that it is something else.
ReportedEvaluation readEvaluation(const std::string& text, const std::string& origin);

} // namespace siskin
