// SPDX-License-Identifier: MIT
// Questions about paths that readers ask before they open anything. Nothing here throws.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

bool isFolder(const std::filesystem::path& path);
bool isFile(const std::filesystem::path& path);

/// Absolute, without "." and without a slash at the end, so that `filename` is the last name.
std::filesystem::path cleanPath(const std::filesystem::path& path);

/// What a folder holds, sorted by name; empty for what cannot be listed.
std::vector<std::filesystem::path> sortedEntries(const std::filesystem::path& folder);

} // namespace siskin
