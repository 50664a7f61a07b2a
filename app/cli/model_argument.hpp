// SPDX-License-Identifier: MIT
// The argument of --model: KIND, KIND:WEIGHTS, KIND:WEIGHTS:CONFIG or KIND:random:WIDTH, each
// with or without @PRECISION.
#pragma once

#include "core/run/pipeline.hpp"

#include <string>

namespace siskin::cli {

struct ModelArgument {
    ModelKind kind = ModelKind::Spvcnn;
    bool random = false; ///< untrained weights of width `randomWidth`
    double randomWidth = 0.25;
    std::filesystem::path weights; ///< empty for KIND alone: --weights says it
    std::optional<std::filesystem::path> config;
    std::optional<Precision> precision; ///< empty: what --precision says
};

/// An '@' belongs to a path unless the name of a precision follows. A ':' inside a path is kept
/// when a file of that whole name exists. Throws `ConfigError` for an unknown kind (with the
/// nearest one) or a width that is not in 0.01 .. 4.
ModelArgument parseModelArgument(const std::string& text);

} // namespace siskin::cli
