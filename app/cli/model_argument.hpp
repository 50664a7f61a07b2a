// SPDX-License-Identifier: MIT
// The argument of --model: KIND, KIND:WEIGHTS, KIND:WEIGHTS:CONFIG, KIND:random:WIDTH, FILE or
// demo:NAME, each with or without @PRECISION; or predictions:FOLDER.
#pragma once

#include "core/run/pipeline.hpp"

#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

struct ModelArgument {
    std::optional<ModelKind> kind; ///< empty: what the weight file says
    bool random = false;           ///< untrained weights of width `randomWidth`
    double randomWidth = 0.25;
    std::filesystem::path weights; ///< empty for KIND alone: --weights says it
    std::optional<std::filesystem::path> config;
    std::optional<Precision> precision; ///< empty: what --precision says
    /// A folder of prediction files in place of a network; empty for networks.
    std::filesystem::path predictions;
};

/// demo:NAME is a network that comes with the program (`resources/demo/NAME.safetensors`). FILE is
/// a path that ends as weight files do. An '@' belongs to a path unless the name of a
/// precision follows. What follows "predictions:" is a path as it is. A ':' inside a path is kept
/// when a file of that whole name exists. Throws `ConfigError` for an unknown kind or name (with
/// the nearest one) or a width that is not in 0.01 .. 4.
ModelArgument parseModelArgument(const std::string& text);

/// What to load, without a class map yet. Throws `ConfigError` when neither the argument nor the
/// weight file says the kind, and `CheckpointError` when such a file is missing or damaged.
ModelSpec makeModelSpec(const ModelArgument& argument);

/// The classes that the weights of `spec` name; `usual` when they name none, or are random. Null
/// for weights of networks on clouds that name none: `openModel` knows what is usual for these.
/// Throws as above.
std::shared_ptr<const ClassMap>
classMapOf(const ModelSpec& spec, std::shared_ptr<const ClassMap> usual);

/// What the models of a command have in common.
struct ModelSetting {
    std::string benchmark;                  ///< of the data set: `DatasetReader::benchmark`
    std::shared_ptr<const ClassMap> usual;  ///< `DatasetReader::classMap`
    std::shared_ptr<const ClassMap> chosen; ///< by --class-map; null = none was
    std::shared_ptr<const SparseOps> device;
    EnergyMeterOptions energy;
    int votes = 1; ///< `ModelSpec::votes`
};

/// A network, or a folder of predictions. Where `spec` has no class map: the chosen one, else what
/// the weights name, else the usual one; for predictions on SemanticKITTI the official map in place
/// of the usual one, because it knows all raw ids that such files may hold. Throws what
/// `openModel` and `OfflineModel` throw.
std::unique_ptr<ScanModel> loadModel(ModelSpec spec, const ModelSetting& setting);

/// The same from the command line; `precision` is of those that name none.
std::unique_ptr<ScanModel>
loadModel(const ModelArgument& argument, Precision precision, const ModelSetting& setting);

/// `label`, or "label #2", "label #3" ... when it is taken.
std::string uniqueLabel(const std::string& label, const std::vector<std::string>& taken);

} // namespace siskin::cli
