// SPDX-License-Identifier: MIT
// Where the data files of the program are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

/// Path of a file below `resources/`, e.g. "classmaps/semantickitti-official.json". Looks in the
/// folder named by SISKIN_RESOURCES, then beside the program (../share/siskin), then in the source
/// tree it was built from. Throws `ConfigError` when no place has it.
std::filesystem::path resourcePath(const std::filesystem::path& relative);

/// Weight files of the networks that come with the program, sorted.
std::vector<std::filesystem::path> demoWeights();

/// "demo:NAME", as the programs take one of `demoWeights()`; empty for any other file.
std::string demoName(const std::filesystem::path& weights);

} // namespace siskin
