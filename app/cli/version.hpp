// SPDX-License-Identifier: MIT
// What this program was built with.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace siskin::cli {

std::string programVersion();

/// Of the working tree it was built from, e.g. "6102c69efb76" or "6102c69efb76-dirty"; "unknown"
/// when that was none.
std::string programCommit();

/// Name and version of the compiler and of every library that shapes a result.
std::vector<std::pair<std::string, std::string>> libraryVersions();

/// Text of `siskin --version`: the above, and the devices or why there is no CUDA one.
std::string versionText();

} // namespace siskin::cli
