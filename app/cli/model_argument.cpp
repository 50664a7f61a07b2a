// SPDX-License-Identifier: MIT
#include "app/cli/model_argument.hpp"

#include "app/cli/frame_list.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/run/model_file.hpp"
#include "core/run/offline_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace siskin::cli {

namespace {

ModelKind parseKind(const std::string& name) {
    std::vector<std::string> known;
    for (const ModelKind kind : kModelKinds) {
        known.emplace_back(toString(kind));
        if (known.back() == name) {
            return kind;
        }
    }
    throw ConfigError(
        fmt::format("unknown model '{}'", name),
        didYouMean(name, known, fmt::format("known models: {}", fmt::join(known, ", ")))
    );
}

double parseWidth(const std::string& text) {
    double width = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    const bool isNumber = error == std::errc() && end == text.data() + text.size();
    if (!isNumber || !(width >= 0.01 && width <= 4.0)) { // "nan" is a number to from_chars
        throw ConfigError(
            fmt::format("'{}' is not a network width", text),
            "write KIND:random:CR with CR between 0.01 and 4, e.g. spvcnn:random:0.5"
        );
    }
    return width;
}

std::optional<Precision> precisionSuffix(const std::string& text) {
    const auto at = text.rfind('@');
    if (at != std::string::npos) {
        for (const auto precision :
             {Precision::Float32,
              Precision::TensorFloat32,
              Precision::Float16,
              Precision::BFloat16,
              Precision::Int8}) {
            if (text.substr(at + 1) == toString(precision)) {
                return precision;
            }
        }
    }
    return std::nullopt;
}

constexpr std::string_view kPredictions = "predictions:";
constexpr std::string_view kDemo = "demo:";

std::filesystem::path demoFile(const std::string& text) {
    std::vector<std::string> known;
    for (const auto& file : demoWeights()) {
        known.push_back(demoName(file));
        if (known.back() == text) {
            return file;
        }
    }
    throw ConfigError(
        fmt::format("no network '{}' comes with the program", text),
        known.empty() ? "none does in this copy"
                      : didYouMean(text, known, fmt::format("there are {}", fmt::join(known, ", ")))
    );
}

/// Whether `text` is a path and no kind: it ends as weight files do, and no kind can stand before
/// a ':' in it unless the whole is a file.
bool isWeightFile(const std::string& text) {
    std::error_code ignored;
    constexpr std::array kEndings = {".safetensors", ".pt", ".pth", ".tar", ".t7"};
    return (text.find(':') == std::string::npos || std::filesystem::is_regular_file(text, ignored)
           ) &&
           std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) {
               return text.ends_with(ending);
           });
}

} // namespace

ModelArgument parseModelArgument(const std::string& whole) {
    ModelArgument argument;
    if (whole.starts_with(kPredictions)) {
        argument.predictions = whole.substr(kPredictions.size());
        if (argument.predictions.empty()) {
            throw ConfigError(
                fmt::format("--model {}: no folder after ':'", whole), "write predictions:FOLDER"
            );
        }
        return argument;
    }
    argument.precision = precisionSuffix(whole);
    const std::string text = argument.precision ? whole.substr(0, whole.rfind('@')) : whole;
    if (text.starts_with(kDemo) || isWeightFile(text)) {
        argument.weights = text.starts_with(kDemo) ? demoFile(text) : std::filesystem::path(text);
        return argument;
    }
    const auto colon = text.find(':');
    argument.kind = parseKind(text.substr(0, colon));
    if (colon == std::string::npos) {
        return argument;
    }
    const std::string rest = text.substr(colon + 1);
    if (rest == "random" || rest.starts_with("random:")) {
        argument.random = true;
        argument.randomWidth = rest == "random" ? 0.25 : parseWidth(rest.substr(7));
        return argument;
    }
    if (rest.empty()) {
        throw ConfigError(
            fmt::format("--model {}: no weight file after ':'", text),
            "write KIND:FILE or KIND:random:CR"
        );
    }
    std::error_code ignored;
    const auto last = rest.rfind(':');
    if (last == std::string::npos || std::filesystem::exists(rest, ignored)) {
        argument.weights = rest;
        return argument;
    }
    argument.weights = rest.substr(0, last);
    argument.config = rest.substr(last + 1);
    return argument;
}

ModelSpec makeModelSpec(const ModelArgument& argument) {
    ModelSpec spec;
    spec.weights = argument.weights;
    spec.config = argument.config;
    spec.randomWidth = argument.randomWidth;
    spec.precision = argument.precision.value_or(Precision::Float32);
    spec.predictions = argument.predictions;
    if (argument.kind || !argument.predictions.empty()) {
        spec.kind = argument.kind.value_or(spec.kind);
        return spec;
    }
    const auto described = describeModelFile(argument.weights);
    if (!described && isObjectModelFile(argument.weights)) {
        throw ConfigError(
            fmt::format("{} is a network for single objects", argument.weights.string()),
            "run it with 'siskin cones'"
        );
    }
    if (!described) {
        throw ConfigError(
            fmt::format("{} does not say which network it is of", argument.weights.string()),
            fmt::format("write --model KIND:{}", argument.weights.string())
        );
    }
    spec.kind = described->kind;
    return spec;
}

std::shared_ptr<const ClassMap>
classMapOf(const ModelSpec& spec, std::shared_ptr<const ClassMap> usual) {
    const auto described = spec.weights.empty() ? std::nullopt : describeModelFile(spec.weights);
    if (described && !described->classMap.empty()) {
        return loadClassMap(described->classMap);
    }
    const bool ofItself = isPointModel(spec.kind) && !spec.weights.empty();
    return ofItself ? nullptr : std::move(usual);
}

std::unique_ptr<ScanModel> loadModel(ModelSpec spec, const ModelSetting& setting) {
    if (!spec.classMap) {
        spec.classMap = setting.chosen;
    }
    if (spec.predictions.empty()) {
        spec.classMap = spec.classMap ? spec.classMap : classMapOf(spec, setting.usual);
        return openModel(spec, setting.device, setting.energy);
    }
    if (!spec.classMap) {
        const bool partial = setting.usual && setting.usual->name() == "semantickitti-spvnas";
        spec.classMap = partial ? loadClassMap("semantickitti-official") : setting.usual;
    }
    return std::make_unique<OfflineModel>(OfflineModelSpec{
        .folder = spec.predictions,
        .benchmark = setting.benchmark,
        .classMap = spec.classMap,
        .label = spec.label});
}

std::unique_ptr<ScanModel>
loadModel(const ModelArgument& argument, Precision precision, const ModelSetting& setting) {
    ModelSpec spec = makeModelSpec(argument);
    spec.precision = argument.precision.value_or(precision);
    spec.votes = setting.votes;
    return loadModel(std::move(spec), setting);
}

std::string uniqueLabel(const std::string& label, const std::vector<std::string>& taken) {
    std::string unique = label;
    for (int number = 2; std::find(taken.begin(), taken.end(), unique) != taken.end(); ++number) {
        unique = fmt::format("{} #{}", label, number);
    }
    return unique;
}

} // namespace siskin::cli
