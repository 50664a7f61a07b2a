// SPDX-License-Identifier: MIT
#include "core/base/resources.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace siskin {

std::filesystem::path resourcePath(const std::filesystem::path& relative) {
    std::vector<std::filesystem::path> places;
    if (const char* chosen = std::getenv("SISKIN_RESOURCES")) {
        places.emplace_back(chosen);
    }
    std::error_code status;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", status);
    if (!status) {
        places.push_back(program.parent_path().parent_path() / "share" / "siskin");
    }
    places.emplace_back(SISKIN_SOURCE_RESOURCES);
    for (const auto& place : places) {
        if (std::filesystem::exists(place / relative, status)) {
            return place / relative;
        }
    }
    throw ConfigError(
        fmt::format("resource '{}' not found", relative.string()),
        "set SISKIN_RESOURCES to the repository's resources folder"
    );
}

std::vector<std::filesystem::path> demoWeights() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(resourcePath("demo"))) {
        if (entry.path().extension() == ".safetensors") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string demoName(const std::filesystem::path& weights) {
    const auto files = demoWeights();
    const bool ours = std::find(files.begin(), files.end(), weights) != files.end();
    return ours ? fmt::format("demo:{}", weights.stem().string()) : std::string();
}

} // namespace siskin
