// SPDX-License-Identifier: MIT
#include "tests/support/shared_data.hpp"

#include <cstdlib>
#include <stdexcept>

namespace siskin::test {

std::filesystem::path sharedRoot() {
    if (const char* chosen = std::getenv("SISKIN_SHARED")) {
        return chosen;
    }
    return std::filesystem::path(SISKIN_SOURCE_ROOT).parent_path() / "shared";
}

bool hasSharedData() {
    return std::filesystem::is_directory(sharedRoot() / "data") &&
           std::filesystem::is_directory(sharedRoot() / "golden");
}

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "siskin-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot create a temporary folder");
    }
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace siskin::test
