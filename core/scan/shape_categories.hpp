// SPDX-License-Identifier: MIT
// The sixteen categories of ShapeNetPart and their parts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace siskin {

struct ShapeCategory {
    std::string_view name;   ///< as in synsetoffset2category.txt, e.g. "Chair"
    std::string_view synset; ///< name of its folder, e.g. "03001627"
    std::uint32_t firstPart; ///< global id of its first part
    std::uint32_t partCount;

    bool hasPart(std::uint32_t part) const noexcept {
        return part >= firstPart && part < firstPart + partCount;
    }
};

inline constexpr std::uint32_t kShapePartCount = 50;

/// In the order of the category ids 0-15 (alphabetical). Source: the data set's
/// synsetoffset2category.txt and the part ids that occur in its files.
inline constexpr std::array<ShapeCategory, 16> kShapeCategories = {{
    {"Airplane", "02691156", 0, 4},
    {"Bag", "02773838", 4, 2},
    {"Cap", "02954340", 6, 2},
    {"Car", "02958343", 8, 4},
    {"Chair", "03001627", 12, 4},
    {"Earphone", "03261776", 16, 3},
    {"Guitar", "03467517", 19, 3},
    {"Knife", "03624134", 22, 2},
    {"Lamp", "03636649", 24, 4},
    {"Laptop", "03642806", 28, 2},
    {"Motorbike", "03790512", 30, 6},
    {"Mug", "03797390", 36, 2},
    {"Pistol", "03948459", 38, 3},
    {"Rocket", "04099429", 41, 3},
    {"Skateboard", "04225987", 44, 3},
    {"Table", "04379243", 47, 3},
}};

/// Index (0-15) of the category whose folder has that name.
constexpr std::optional<std::size_t> shapeCategoryOfSynset(std::string_view synset) noexcept {
    for (std::size_t i = 0; i < kShapeCategories.size(); ++i) {
        if (kShapeCategories[i].synset == synset) {
            return i;
        }
    }
    return std::nullopt;
}

/// Index (0-15) of the category of that name, as in `ShapeCategory::name`.
constexpr std::optional<std::size_t> shapeCategoryOfName(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kShapeCategories.size(); ++i) {
        if (kShapeCategories[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace siskin
