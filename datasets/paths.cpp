// SPDX-License-Identifier: MIT
#include "datasets/paths.hpp"

#include <algorithm>
#include <system_error>

namespace siskin {

namespace fs = std::filesystem;

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

fs::path cleanPath(const fs::path& path) {
    const fs::path full = fs::absolute(path).lexically_normal();
    return full.has_filename() ? full : full.parent_path();
}

std::vector<fs::path> sortedEntries(const fs::path& folder) {
    std::error_code status;
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, status), end; !status && entry != end;
         entry.increment(status)) {
        entries.push_back(entry->path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

} // namespace siskin
