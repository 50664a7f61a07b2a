// SPDX-License-Identifier: MIT
#include "core/run/model_loader.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

struct NetConfigText {
    std::string text;
    std::string origin;
};

std::optional<NetConfigText> readNetConfig(const ModelSpec& spec) {
    if (!spec.config) {
        return std::nullopt;
    }
    return NetConfigText{readTextFile(*spec.config), spec.config->string()};
}

/// `pres` and `vres` of a net.config, 0.05 m where it does not say.
VoxelResolution resolutionOf(const std::optional<NetConfigText>& config) {
    VoxelResolution resolution;
    if (!config) {
        return resolution;
    }
    const auto json = nlohmann::json::parse(config->text, nullptr, false);
    if (!json.is_object()) {
        throw ConfigError(
            config->origin + ": not a JSON object", "give the net.config that came with the weights"
        );
    }
    const auto read = [&](const char* key, float& value) {
        if (!json.contains(key)) {
            return;
        }
        if (!json[key].is_number() || !(json[key].get<float>() > 0.0F)) {
            throw ConfigError(
                fmt::format("{}: '{}' must be a positive number of metres", config->origin, key)
            );
        }
        value = json[key].get<float>();
    };
    read("pres", resolution.points);
    read("vres", resolution.voxels);
    return resolution;
}

std::unique_ptr<Network>
buildNetwork(const ModelSpec& spec, Parameters& parameters, const SparseOps& ops) {
    const auto config = readNetConfig(spec);
    if (spec.kind == ModelKind::Spvnas) {
        if (!config) {
            throw ConfigError(
                "SPVNAS needs its architecture",
                "give --config net.config, the file beside the weights"
            );
        }
        return makeSpvnas(config->text, config->origin, parameters, ops);
    }
    const auto plan =
        spec.weights.empty()
            ? planFromWidth(spec.randomWidth, static_cast<std::int64_t>(spec.classMap->size()))
            : planFromShapes(parameters);
    const auto resolution = resolutionOf(config);
    return spec.kind == ModelKind::MinkUNet ? makeMinkUNet(plan, parameters, ops)
                                            : makeSpvcnn(plan, parameters, ops, resolution);
}

std::string titleOf(ModelKind kind) {
    switch (kind) {
    case ModelKind::MinkUNet:
        return "MinkUNet";
    case ModelKind::Spvcnn:
        return "SPVCNN";
    case ModelKind::Spvnas:
        break;
    }
    return "SPVNAS";
}

std::string defaultLabel(const ModelSpec& spec, std::int64_t parameters) {
    const auto millions =
        fmt::format("{} {:.1f}M", titleOf(spec.kind), static_cast<double>(parameters) / 1e6);
    const auto named = spec.precision == Precision::Float32
                           ? millions
                           : fmt::format("{} {}", millions, toString(spec.precision));
    return spec.weights.empty() ? named + " (untrained)" : named;
}

void requireRandomWidth(const ModelSpec& spec) {
    if (spec.weights.empty() && !(spec.randomWidth >= 0.05 && spec.randomWidth <= 4.0)) {
        throw ConfigError(
            fmt::format("width {} of the random network is outside 0.05 .. 4", spec.randomWidth)
        );
    }
}

} // namespace

LoadedNetwork loadNetwork(const ModelSpec& spec, const SparseOps& ops) {
    if (!spec.classMap) {
        throw ConfigError("a model needs a class map");
    }
    requireRandomWidth(spec);
    auto parameters =
        spec.weights.empty()
            ? Parameters::random(spec.randomSeed)
            : Parameters::fromCheckpoint(readCheckpoint(spec.weights), spec.weights.string());
    LoadedNetwork loaded;
    loaded.network = buildNetwork(spec, parameters, ops);
    if (loaded.network->classes() != static_cast<std::int64_t>(spec.classMap->size())) {
        throw ConfigError(
            fmt::format(
                "the network has {} classes, class map '{}' has {}",
                loaded.network->classes(),
                spec.classMap->name(),
                spec.classMap->size()
            ),
            "choose another --class-map"
        );
    }
    auto& info = loaded.info;
    info.kind = spec.kind;
    info.parameters = parameters.trainableCount();
    info.precision = spec.precision;
    info.label = spec.label.empty() ? defaultLabel(spec, info.parameters) : spec.label;
    info.trained = !spec.weights.empty();
    info.weightsSource =
        info.trained ? spec.weights.string() : fmt::format("random (seed {})", spec.randomSeed);
    info.classMap = spec.classMap;
    return loaded;
}

} // namespace siskin
