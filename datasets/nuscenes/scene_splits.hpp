// SPDX-License-Identifier: MIT
// Which scenes of nuScenes belong to which split (resources/splits/nuscenes.json).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siskin {

class SceneSplits {
  public:
    /// The official lists. Throws `ConfigError` when the file is missing or malformed.
    static SceneSplits official();
    static SceneSplits fromJsonFile(const std::filesystem::path& path);

    /// Splits that list the scene "scene-0061", in the order of the file: here "train", the half of
    /// it that it lies in, "mini" and "mini_train". A made-up scene belongs to the split in its
    /// name: "street-val-0003" to "val". Empty for any other name.
    std::vector<std::string> of(std::string_view scene) const;

  private:
    struct Split {
        std::string name;
        std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges; ///< of scenes, both ends in
    };

    std::vector<Split> splits_;
};

} // namespace siskin
