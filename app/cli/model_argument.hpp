// SPDX-License-Identifier: MIT
// The argument of --model: KIND, KIND:WEIGHTS, KIND:WEIGHTS:CONFIG, KIND:random:WIDTH, FILE or
// demo:NAME, each with or without @PRECISION.
#pragma once

#include "core/run/pipeline.hpp"

#include <optional>
#include <string>

namespace siskin::cli {

struct ModelArgument {
    std::optional<ModelKind> kind; ///< empty: what the weight file says
    bool random = false;           ///< untrained weights of width `randomWidth`
    double randomWidth = 0.25;
    std::filesystem::path weights; ///< empty for KIND alone: --weights says it
    std::optional<std::filesystem::path> config;
    std::optional<Precision> precision; ///< empty: what --precision says
};

/// demo:NAME is a network that comes with the program (`resources/demo/NAME.safetensors`). FILE is
/// a path that ends as weight files do. An '@' belongs to a path unless the name of a
/// precision follows. A ':' inside a path is kept when a file of that whole name exists. Throws
/// `ConfigError` for an unknown kind or name (with the nearest one) or a width that is not in
/// 0.01 .. 4.
ModelArgument parseModelArgument(const std::string& text);

/// What to load, without a class map yet. Throws `ConfigError` when neither the argument nor the
/// weight file says the kind, and `CheckpointError` when such a file is missing or damaged.
ModelSpec makeModelSpec(const ModelArgument& argument);

/// The classes that the weights of `spec` name; `usual` when they name none, or are random. Throws
/// as above.
std::shared_ptr<const ClassMap>
classMapOf(const ModelSpec& spec, std::shared_ptr<const ClassMap> usual);

} // namespace siskin::cli
