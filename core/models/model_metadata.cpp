// SPDX-License-Identifier: MIT
#include "core/models/model_metadata.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <charconv>

namespace siskin {

namespace {

using Map = std::map<std::string, std::string>;

std::string textOf(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

template <typename T>
T numberOf(const Map& map, const std::string& key, const std::string& origin) {
    const auto text = textOf(map, key);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) {
        throw CheckpointError(
            fmt::format("{}: metadata '{}' is '{}', not a number", origin, key, text),
            "the file is damaged; copy or train it again"
        );
    }
    return value;
}

} // namespace

Map toMap(const ModelMetadata& metadata) {
    Map map{
        {"siskin.model", std::string(toString(metadata.kind))},
        {"siskin.class_map", metadata.classMap},
        {"siskin.voxel_size",
         isPointModel(metadata.kind) ? std::string() : fmt::format("{}", metadata.voxelSize)},
        {"siskin.net_config", metadata.netConfig},
        {"siskin.width", metadata.width > 0.0 ? fmt::format("{}", metadata.width) : std::string()},
        {"siskin.parameters", fmt::format("{}", metadata.parameters)},
        {"siskin.data", metadata.data},
        {"siskin.seed", fmt::format("{}", metadata.seed)},
        {"siskin.step", fmt::format("{}", metadata.step)},
        {"siskin.commit", metadata.commit},
        {"siskin.version", metadata.version},
        {"siskin.scores", metadata.scores}};
    std::erase_if(map, [](const auto& entry) { return entry.second.empty(); });
    return map;
}

ModelMetadata trainingFromMap(const Map& map, const std::string& origin) {
    ModelMetadata metadata;
    metadata.classMap = textOf(map, "siskin.class_map");
    metadata.netConfig = textOf(map, "siskin.net_config");
    metadata.width = numberOf<double>(map, "siskin.width", origin);
    metadata.parameters = numberOf<std::int64_t>(map, "siskin.parameters", origin);
    metadata.data = textOf(map, "siskin.data");
    metadata.seed = numberOf<std::uint64_t>(map, "siskin.seed", origin);
    metadata.step = numberOf<std::int64_t>(map, "siskin.step", origin);
    metadata.commit = textOf(map, "siskin.commit");
    metadata.version = textOf(map, "siskin.version");
    metadata.scores = textOf(map, "siskin.scores");
    return metadata;
}

std::optional<ModelMetadata> metadataFromMap(const Map& map, const std::string& origin) {
    if (!map.contains("siskin.model")) {
        return std::nullopt;
    }
    ModelMetadata metadata = trainingFromMap(map, origin);
    try {
        metadata.kind = modelKindFromName(map.at("siskin.model"));
    } catch (const ConfigError& error) {
        throw CheckpointError(fmt::format("{}: {}", origin, error.what()), error.hint());
    }
    if (!isPointModel(metadata.kind)) {
        metadata.voxelSize = numberOf<double>(map, "siskin.voxel_size", origin);
    }
    if (!(metadata.voxelSize > 0.0 && metadata.voxelSize < 100.0)) {
        throw CheckpointError(
            fmt::format("{}: metadata 'siskin.voxel_size' is no size in metres", origin),
            "the file is damaged; copy or train it again"
        );
    }
    return metadata;
}

std::string defaultLabel(ModelKind kind, std::int64_t parameters) {
    return parameters > 0
               ? fmt::format("{} {:.1f}M", titleOf(kind), static_cast<double>(parameters) / 1e6)
               : std::string(titleOf(kind));
}

} // namespace siskin
