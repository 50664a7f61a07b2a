// SPDX-License-Identifier: MIT
#include "core/submission/description.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

const std::set<std::string> kKeys = {
    "use_camera", "use_lidar", "use_radar", "use_map", "use_external"};

} // namespace

std::string lidarOnlyDescription() {
    Json meta = Json::object();
    for (const auto& key : kKeys) {
        meta[key] = key == "use_lidar";
    }
    return Json{{"meta", std::move(meta)}}.dump() + "\n";
}

std::vector<std::string> problemsOfDescription(std::span<const std::byte> content) {
    const auto* text = reinterpret_cast<const char*>(content.data());
    const auto document = Json::parse(text, text + content.size(), nullptr, false);
    if (document.is_discarded()) {
        return {"is not valid JSON"};
    }
    if (!document.is_object() || !document.contains("meta") || !document["meta"].is_object()) {
        return {"has no \"meta\""};
    }
    std::vector<std::string> problems;
    auto missing = kKeys;
    for (const auto& [key, value] : document["meta"].items()) {
        if (missing.erase(key) == 0) {
            problems.push_back(fmt::format("has the unknown key \"{}\"", key));
        } else if (!value.is_boolean()) {
            problems.push_back(fmt::format("\"{}\" is not true or false", key));
        }
    }
    for (const auto& key : missing) {
        problems.push_back(fmt::format("lacks \"{}\"", key));
    }
    return problems;
}

} // namespace siskin
