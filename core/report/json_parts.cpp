// SPDX-License-Identifier: MIT
#include "core/report/json_parts.hpp"

#include <nlohmann/json.hpp>

namespace siskin {

using Json = nlohmann::ordered_json;

Json estimateJson(const Estimate& estimate) {
    return {{"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}};
}

Json optionalEstimate(const std::optional<Estimate>& estimate) {
    return estimate ? estimateJson(*estimate) : Json(nullptr);
}

Json optionalNumber(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json gridJson(const GridIntensity& grid) {
    return {
        {"code", grid.code},
        {"name", grid.name},
        {"year", grid.year},
        {"g_per_kwh", estimateJson(grid.gramsPerKwh)},
        {"basis", grid.basis},
        {"source", grid.source}};
}

Json environmentJson(const Environment& environment) {
    Json libraries = Json::object();
    for (const auto& [name, version] : environment.libraries) {
        libraries[name] = version;
    }
    return {
        {"program", "siskin"},
        {"version", environment.programVersion},
        {"device", environment.device},
        {"threads", environment.threads},
        {"libraries", std::move(libraries)},
        {"command", environment.command}};
}

std::string jsonText(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace siskin
