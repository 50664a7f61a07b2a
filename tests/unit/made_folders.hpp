// SPDX-License-Identifier: MIT
// Questions about folders that the generators wrote.
#pragma once

#include "core/base/file.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace siskin::test {

/// Every file below `folder`: relative name -> content.
inline std::map<std::string, std::string> contentOf(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            const auto name = entry.path().lexically_relative(folder).string();
            files[name] = readTextFile(entry.path());
        }
    }
    return files;
}

inline bool isEmptyFolder(const std::filesystem::path& folder) {
    return std::filesystem::directory_iterator(folder) == std::filesystem::directory_iterator();
}

} // namespace siskin::test
