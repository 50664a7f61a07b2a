// SPDX-License-Identifier: MIT
// What a folder that cannot be opened looks like, and what it lacks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

struct FolderReport {
    std::string looksLike; ///< name of the data set; empty when nothing of one is here
    std::vector<std::string> found;
    std::vector<std::string> missing; ///< with what it is for
    bool complete = true;             ///< nothing is missing that is always needed
    std::string advice;               ///< what to do, e.g. which folder to open; may be empty
};

/// Looks at names only, two levels down and three up, and never throws for what it finds.
FolderReport reportFolder(const std::filesystem::path& folder);

} // namespace siskin
