// SPDX-License-Identifier: MIT
// The header of a PLY file (Greg Turk, The PLY Polygon File Format, 1994).
#pragma once

#include "datasets/files/records.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

enum class PlyEncoding { Ascii, LittleEndian, BigEndian };

struct PlyProperty {
    std::string name;
    NumberType type{};
    bool isList = false;
    NumberType countType{}; ///< of a list: how its length is stored
};

struct PlyElement {
    std::string name; ///< "vertex", "face"
    std::size_t count = 0;
    std::vector<PlyProperty> properties;

    bool hasLists() const noexcept;
    /// Bytes of one row in a binary file, of its numbers that are no lists.
    std::size_t rowBytes() const noexcept;
};

struct PlyHeader {
    PlyEncoding encoding{};
    std::vector<PlyElement> elements; ///< in the order of the file
    std::size_t lines = 0;            ///< of the header
};

/// Takes the header off the front of `rest`. Throws `DatasetError` with file and line.
PlyHeader readPlyHeader(const std::filesystem::path& path, std::string_view& rest);

} // namespace siskin
