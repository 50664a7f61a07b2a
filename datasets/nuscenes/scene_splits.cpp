// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/scene_splits.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace siskin {

namespace {

/// "scene-0061" -> 61
std::optional<std::uint32_t> sceneNumber(std::string_view scene) {
    constexpr std::string_view kPrefix = "scene-";
    if (!scene.starts_with(kPrefix)) {
        return std::nullopt;
    }
    scene.remove_prefix(kPrefix.size());
    std::uint32_t number = 0;
    const auto [end, status] = std::from_chars(scene.data(), scene.data() + scene.size(), number);
    return status == std::errc() && end == scene.data() + scene.size() ? std::optional(number)
                                                                       : std::nullopt;
}

} // namespace

SceneSplits SceneSplits::official() {
    return fromJsonFile(resourcePath("splits/nuscenes.json"));
}

SceneSplits SceneSplits::fromJsonFile(const std::filesystem::path& path) {
    SceneSplits result;
    try {
        const auto file = nlohmann::ordered_json::parse(readTextFile(path));
        if (file.at("format") != "siskin-splits-1") {
            throw ConfigError(fmt::format("{}: 'format' is not siskin-splits-1", path.string()));
        }
        for (const auto& [name, ranges] : file.at("splits").items()) {
            result.splits_.push_back({name, ranges.get<decltype(Split::ranges)>()});
        }
    } catch (const nlohmann::json::exception& error) {
        throw ConfigError(
            fmt::format("{}: not a list of splits: {}", path.string(), error.what()),
            "the format is described in resources/README.md"
        );
    }
    return result;
}

std::vector<std::string> SceneSplits::of(std::string_view scene) const {
    std::vector<std::string> names;
    if (const auto number = sceneNumber(scene)) {
        for (const Split& split : splits_) {
            if (std::any_of(split.ranges.begin(), split.ranges.end(), [&](const auto& range) {
                    return range.first <= *number && *number <= range.second;
                })) {
                names.push_back(split.name);
            }
        }
        return names;
    }
    for (const char* split : {"train", "val", "test"}) {
        if (scene.find(fmt::format("-{}-", split)) != std::string_view::npos) {
            names.emplace_back(split);
        }
    }
    return names;
}

} // namespace siskin
