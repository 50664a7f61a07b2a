// SPDX-License-Identifier: MIT
// Small point files, byte by byte.
#pragma once

#include "datasets/files/plain_file_reader.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>

namespace siskin::test {

/// The bytes of numbers, one after the other.
template <typename... T>
std::string bytesOf(T... values) {
    std::string bytes;
    (bytes.append(reinterpret_cast<const char*>(&values), sizeof(values)), ...);
    return bytes;
}

/// A PCD file of `points` points; `layout`: its FIELDS, SIZE, TYPE and COUNT lines.
inline std::string pcdOf(
    const std::string& layout, std::size_t points, const std::string& data, const std::string& body
) {
    const auto count = std::to_string(points);
    return "# .PCD v0.7\nVERSION 0.7\n" + layout + "\nWIDTH " + count +
           "\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS " + count + "\nDATA " + data + "\n" + body;
}

inline const std::string kXyzLayout = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1";

/// A PLY file; `properties`: the lines after "element vertex N".
inline std::string plyOf(
    const std::string& format,
    std::size_t points,
    const std::string& properties,
    const std::string& body
) {
    return "ply\nformat " + format + " 1.0\ncomment made up\nelement vertex " +
           std::to_string(points) + "\n" + properties + "end_header\n" + body;
}

inline const std::string kXyzProperties = "property float x\nproperty float y\nproperty float z\n";

struct PointFiles : testing::Test {
    std::filesystem::path file(const std::string& name, const std::string& content) const {
        writeText(folder.path() / name, content);
        return folder.path() / name;
    }

    std::shared_ptr<const Scan> read(const std::string& name, const std::string& content) const {
        static const auto kMap = loadMap("spvnas");
        return PlainFileReader(file(name, content), kMap).read(0);
    }

    std::string refusal(const std::string& name, const std::string& content) const {
        return lineOf<DatasetError>([&] { read(name, content); });
    }

    TemporaryFolder folder;
};

} // namespace siskin::test
