// SPDX-License-Identifier: MIT
#include "core/report/cone_list.hpp"

#include "core/report/csv_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

/// Millimetres; no "-0.000".
std::string metres(float value) {
    const auto text = fmt::format("{:.3f}", value);
    return text == "-0.000" ? "0.000" : text;
}

} // namespace

void ConeList::add(
    const std::string& frame, const std::string& model, std::vector<ConeDetection> detections
) {
    entries_.push_back({frame, model, std::move(detections)});
}

std::string ConeList::csv() const {
    std::string text = csvLine({"frame", "model", "x", "y", "z", "colour", "confidence"});
    for (const Entry& entry : entries_) {
        for (const ConeDetection& cone : entry.detections) {
            const auto& [x, y, z] = cone.base;
            text += csvLine(
                {entry.frame,
                 entry.model,
                 metres(x),
                 metres(y),
                 metres(z),
                 std::string(toString(cone.kind)),
                 fmt::format("{:.3f}", cone.confidence)}
            );
        }
    }
    return text;
}

std::string ConeList::jsonLines() const {
    std::string text;
    for (const Entry& entry : entries_) {
        std::string cones;
        for (const ConeDetection& cone : entry.detections) {
            const auto& [x, y, z] = cone.base;
            cones += fmt::format(
                R"({}{{"x":{},"y":{},"z":{},"colour":"{}","confidence":{:.3f}}})",
                cones.empty() ? "" : ",",
                metres(x),
                metres(y),
                metres(z),
                toString(cone.kind),
                cone.confidence
            );
        }
        text += fmt::format(
            "{{\"frame\":{},\"model\":{},\"cones\":[{}]}}\n",
            nlohmann::json(entry.frame).dump(),
            nlohmann::json(entry.model).dump(),
            cones
        );
    }
    return text;
}

} // namespace siskin
