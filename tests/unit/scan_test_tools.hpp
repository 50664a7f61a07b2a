// SPDX-License-Identifier: MIT
// Small helpers shared by the tests of scans and readers.
#pragma once

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/scan/class_map.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace siskin::test {

inline std::shared_ptr<const ClassMap> loadMap(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-" + name + ".json"))
    );
}

/// Writes the bytes of `values`, creating the folders above.
template <typename T>
void writeBinary(const std::filesystem::path& path, const std::vector<T>& values) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(
            reinterpret_cast<const char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(T))
        );
}

inline void writeText(const std::filesystem::path& path, const std::string& text) {
    writeBinary(path, std::vector<char>(text.begin(), text.end()));
}

/// The one line a person would see, and a failure when `action` does not throw an `E`.
template <typename E, typename Action>
std::string lineOf(Action action) {
    try {
        action();
    } catch (const E& error) {
        EXPECT_EQ(error.line().find('\n'), std::string::npos) << error.line();
        return error.line();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
}

} // namespace siskin::test
