// SPDX-License-Identifier: MIT
#include "core/base/resources.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

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

} // namespace siskin
