// SPDX-License-Identifier: MIT
#include "core/run/model_loader.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/resources.hpp"
#include "core/models/model_metadata.hpp"
#include "core/models/object_network_kind.hpp"
#include "core/run/model_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace siskin {

namespace {

struct NetConfigText {
    std::string text;
    std::string origin;
};

/// The one given, else the one inside the weight file.
std::optional<NetConfigText>
readNetConfig(const ModelSpec& spec, const std::optional<ModelMetadata>& metadata) {
    const bool stored = metadata && !metadata->netConfig.empty();
    if (!spec.config) {
        return stored ? std::optional<NetConfigText>({metadata->netConfig, spec.weights.string()})
                      : std::nullopt;
    }
    NetConfigText given{readTextFile(*spec.config), spec.config->string()};
    const auto parse = [](const std::string& text) {
        return nlohmann::json::parse(text, nullptr, false);
    };
    if (stored && parse(given.text) != parse(metadata->netConfig)) {
        throw ConfigError(
            fmt::format("{} is not the architecture of {}", given.origin, spec.weights.string()),
            "the weight file holds its own; leave --config out"
        );
    }
    return given;
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

std::unique_ptr<Network> buildNetwork(
    const ModelSpec& spec,
    const std::optional<ModelMetadata>& metadata,
    Parameters& parameters,
    const SparseOps& ops
) {
    const auto config = readNetConfig(spec, metadata);
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
    auto resolution = resolutionOf(config);
    if (metadata) {
        resolution.points = static_cast<float>(metadata->voxelSize);
        resolution.voxels = resolution.points;
    }
    return spec.kind == ModelKind::MinkUNet ? makeMinkUNet(plan, parameters, ops)
                                            : makeSpvcnn(plan, parameters, ops, resolution);
}

std::string labelOf(const ModelSpec& spec, std::int64_t parameters) {
    const auto plain = defaultLabel(spec.kind, parameters);
    const auto named = spec.precision == Precision::Float32
                           ? plain
                           : fmt::format("{} {}", plain, toString(spec.precision));
    return spec.weights.empty() ? named + " (untrained)" : named;
}

std::vector<std::string> classNames(const ClassMap& map) {
    std::vector<std::string> names;
    for (const auto& info : map.classes()) {
        names.push_back(info.name);
    }
    return names;
}

/// Two maps may give raw ids to classes in different ways (the official one and SPVNAS's do), but
/// the classes themselves must be those that the network learnt.
void requireClasses(const ModelSpec& spec, const std::string& trainedOn) {
    std::filesystem::path file;
    try {
        file = resourcePath("classmaps") / (trainedOn + ".json");
    } catch (const ConfigError&) {
        return;
    }
    const bool known = trainedOn != spec.classMap->name() && std::filesystem::exists(file);
    if (known && classNames(ClassMap::fromJsonFile(file)) != classNames(*spec.classMap)) {
        throw ConfigError(
            fmt::format(
                "{} was trained on the classes of '{}', not of '{}'",
                spec.weights.string(),
                trainedOn,
                spec.classMap->name()
            ),
            fmt::format("use --class-map {}", trainedOn)
        );
    }
}

void requireAgreement(const ModelSpec& spec, const ModelMetadata& metadata) {
    if (metadata.kind != spec.kind) {
        throw ConfigError(
            fmt::format(
                "{} holds a {}, not a {}",
                spec.weights.string(),
                titleOf(metadata.kind),
                titleOf(spec.kind)
            ),
            fmt::format("write --model {}:{}", toString(metadata.kind), spec.weights.string())
        );
    }
    requireClasses(spec, metadata.classMap);
}

} // namespace

std::shared_ptr<const ClassMap> classMapNamed(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

ModelWeights openWeights(ModelSpec& spec) {
    if (spec.weights.empty()) {
        if (!(spec.randomWidth >= 0.05 && spec.randomWidth <= 4.0)) {
            throw ConfigError(
                fmt::format("width {} of the random network is outside 0.05 .. 4", spec.randomWidth)
            );
        }
        return {Parameters::random(spec.randomSeed), std::nullopt};
    }
    auto checkpoint = readCheckpoint(spec.weights);
    auto metadata = metadataFromMap(checkpoint.metadata, spec.weights.string());
    if (checkpoint.metadata.contains(std::string(kObjectModelKey))) {
        throw ConfigError(
            fmt::format("{} is a network for single objects", spec.weights.string()),
            "run it with 'siskin cones'"
        );
    }
    if (metadata && !spec.classMap) {
        spec.classMap = classMapNamed(metadata->classMap);
    }
    if (metadata) {
        requireAgreement(spec, *metadata);
    }
    return {
        Parameters::fromCheckpoint(std::move(checkpoint), spec.weights.string()),
        std::move(metadata)};
}

void requireClassMap(const ModelSpec& spec) {
    if (!spec.classMap) {
        throw ConfigError("a model needs a class map", "the weights do not say theirs");
    }
}

ModelInfo
describeModel(const ModelSpec& spec, const ModelWeights& weights, std::int64_t networkClasses) {
    if (networkClasses != static_cast<std::int64_t>(spec.classMap->size())) {
        throw ConfigError(
            fmt::format(
                "the network has {} classes, class map '{}' has {}",
                networkClasses,
                spec.classMap->name(),
                spec.classMap->size()
            ),
            "choose another --class-map"
        );
    }
    ModelInfo info;
    info.kind = spec.kind;
    info.parameters = weights.parameters.trainableCount();
    info.precision = spec.precision;
    info.label = spec.label.empty() ? labelOf(spec, info.parameters) : spec.label;
    info.voxelSize = weights.metadata ? weights.metadata->voxelSize : info.voxelSize;
    info.trained = !spec.weights.empty();
    info.weightsSource =
        info.trained ? spec.weights.string() : fmt::format("random (seed {})", spec.randomSeed);
    info.classMap = spec.classMap;
    return info;
}

LoadedNetwork loadNetwork(const ModelSpec& asked, const SparseOps& ops) {
    ModelSpec spec = asked;
    auto weights = openWeights(spec);
    requireClassMap(spec);
    LoadedNetwork loaded;
    loaded.network = buildNetwork(spec, weights.metadata, weights.parameters, ops);
    loaded.info = describeModel(spec, weights, loaded.network->classes());
    return loaded;
}

std::optional<ModelDescription> describeModelFile(const std::filesystem::path& path) {
    const auto metadata = metadataFromMap(readMetadata(path), path.string());
    if (!metadata) {
        return std::nullopt;
    }
    return ModelDescription{
        metadata->kind,
        metadata->classMap,
        metadata->voxelSize,
        defaultLabel(metadata->kind, metadata->parameters),
        metadata->width};
}

bool isObjectModelFile(const std::filesystem::path& path) {
    return readMetadata(path).contains(std::string(kObjectModelKey));
}

} // namespace siskin
